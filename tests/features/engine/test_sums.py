import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.engine.kernels import latest
from features.engine.sums import Overflow, add_at, parts_per_million, steps, worth

COMPILED = settings(deadline=None)
"""The first call of a loop compiles it."""


@COMPILED
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


@COMPILED
@given(st.data())
def test_latest_is_the_last_of_those_that_cover_each_place(data: st.DataObject) -> None:
    """The one that occurred last, and among those of one moment the one of greatest position."""
    size = data.draw(st.integers(1, 12))
    ends = data.draw(
        st.lists(st.tuples(st.integers(0, size), st.integers(0, size)), min_size=1, max_size=15)
    )
    spans = [(min(a, b), max(a, b)) for a, b in ends if a != b]
    if not spans:
        return
    first = np.array([a for a, _ in spans])
    end = np.array([b for _, b in spans])
    when = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=len(spans)))[: len(spans)])
    position = np.array(data.draw(st.permutations(range(len(spans)))))
    found = latest(size, first, end, np.full(len(spans), size), when, position)
    for place in range(size):
        covering = [i for i, (a, b) in enumerate(spans) if a <= place < b]
        expected = max(covering, key=lambda i: (when[i], position[i]), default=-1)
        assert found[place] == expected


def test_sums_that_would_overflow_are_refused() -> None:
    large = np.array([2**61, 2**61], np.int64)
    with pytest.raises(Overflow, match="unit mistake"):
        steps(3, np.array([0, 0]), np.array([3, 3]), large)
    with pytest.raises(Overflow):
        add_at(2, np.array([1, 1]), -large)
    with pytest.raises(Overflow):
        worth(np.array([2**50]), np.array([2**40]))


def test_amounts_of_different_places_do_not_overflow_together() -> None:
    """Or another enterprise's goods would decide whether one's own can be evaluated."""
    large = np.array([2**61, 2**61, 2**61], np.int64)
    line = steps(6, np.array([0, 2, 4]), np.array([2, 4, 6]), large)
    assert line.tolist() == [2**61] * 6
    assert add_at(3, np.array([0, 1, 2]), large).tolist() == large.tolist()
    values = worth(np.array([10**10, 10**3]), np.array([10**3, 10**9]))
    assert values.tolist() == [10**10, 10**9]


@COMPILED
@given(st.integers(0, 10**12), st.integers(0, 10**9))
def test_worth_is_the_exact_floor(quantity: int, price: int) -> None:
    if quantity * price // 1_000 < 2**61:
        found = worth(np.array([quantity]), np.array([price]))
        assert int(found[0]) == quantity * price // 1_000


@COMPILED
@given(st.integers(1, 4 * 10**17), st.floats(0, 1))
def test_parts_per_million_are_the_exact_floor(whole: int, share: float) -> None:
    part = min(int(whole * share), whole)
    found = parts_per_million(np.array([part]), np.array([whole]))
    assert int(found[0]) == part * 1_000_000 // whole
