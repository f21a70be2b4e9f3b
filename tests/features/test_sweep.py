import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.facts import Facts
from features.sweep import Overflow, Spine, Sweep, add_at, latest, product, steps

EMPTY = Facts({}, {}, {})


@given(st.data())
def test_steps_are_the_sum_of_what_covers_each_place(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    spans = data.draw(
        st.lists(
            st.tuples(st.integers(0, size), st.integers(0, size), st.integers(-9, 9)), max_size=20
        )
    )
    spans = [(min(a, b), max(a, b), v) for a, b, v in spans]
    first, end, values = (
        (np.array(part, np.int64) for part in zip(*spans, strict=True))
        if spans
        else (np.empty(0, np.int64),) * 3
    )
    expected = [sum(v for a, b, v in spans if a <= place < b) for place in range(size)]
    assert steps(size, first, end, values).tolist() == expected


@given(st.data())
def test_latest_is_the_highest_rank_that_covers_each_place(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    ends = data.draw(
        st.lists(st.tuples(st.integers(0, size), st.integers(0, size)), min_size=1, max_size=15)
    )
    spans = [(min(a, b), max(a, b)) for a, b in ends if a != b]
    if not spans:
        return
    first = np.array([a for a, _ in spans])
    end = np.array([b for _, b in spans])
    rank = np.arange(len(spans))
    found = latest(size, first, end, np.full(len(spans), size), rank)
    for place in range(size):
        covering = [i for i, (a, b) in enumerate(spans) if a <= place < b]
        assert found[place] == max(covering, default=-1)


@given(st.data())
def test_a_slot_is_the_first_point_not_before(data: st.DataObject) -> None:
    """Ragged spines, repeats and grids must all find the same."""
    points = data.draw(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=20)
    )
    sweep = Sweep(EMPTY, Spine(np.array([p for p, _ in points]), np.array([t for _, t in points])))
    for place, party in enumerate(sweep.parties):
        own = sorted(t for p, t in points if p == party)
        for at in range(-1, 11):
            expected = sweep.offsets[place] + sum(t < at for t in own)
            assert sweep.slot(np.array([place]), np.array([at]))[0] == expected


def test_sums_that_could_overflow_are_refused() -> None:
    large = np.array([2**61, 2**61], np.int64)
    with pytest.raises(Overflow, match="unit mistake"):
        steps(3, np.array([0, 0]), np.array([3, 3]), large)
    with pytest.raises(Overflow):
        add_at(2, np.array([0, 1]), -large)
    with pytest.raises(Overflow):
        product(np.array([2**40]), np.array([2**40]), "a value")
    assert steps(1, np.array([0]), np.array([1]), large[:1]).tolist() == [2**61]
