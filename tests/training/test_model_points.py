import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model.points import Families, displayed, displayed_by_family, in_arrays
from training.model.scale import MICRO

parts = st.one_of(st.just(0), st.integers(-200 * MICRO, 200 * MICRO), st.integers(-9, 9))
featured = st.lists(st.tuples(parts, st.integers(0, 5)), min_size=1, max_size=40)


@given(st.integers(300 * MICRO, 900 * MICRO), featured)
def test_points_add_up_to_their_family_and_to_the_score(
    base: int, features: list[tuple[int, int]]
) -> None:
    micro, family = (np.array(column, np.int64) for column in zip(*features, strict=True))
    shown = displayed_by_family(base, np.vstack([micro, micro[::-1]]), Families.of(family))
    total = base + int(micro.sum())
    assert shown.score.tolist() == [math.floor(total / MICRO + 0.5)] * 2
    assert (shown.base + shown.features.sum(axis=1)).tolist() == shown.score.tolist()
    for number in set(family.tolist()):
        own = family == number
        assert abs(int(shown.features[0, own].sum()) - micro[own].sum() / MICRO) < 1
    for exact, points in zip(micro.tolist(), shown.features[0].tolist(), strict=True):
        assert abs(points - exact / MICRO) < 1
        if exact % MICRO == 0:
            assert points == exact // MICRO


@given(st.integers(300 * MICRO, 900 * MICRO), featured)
def test_the_score_and_base_are_those_without_families(
    base: int, features: list[tuple[int, int]]
) -> None:
    micro, family = (np.array(column, np.int64) for column in zip(*features, strict=True))
    one = displayed(base, micro[None])
    two = displayed_by_family(base, micro[None], Families.of(family))
    assert (one.base, one.score.tolist()) == (two.base, two.score.tolist())


@given(st.integers(300 * MICRO, 900 * MICRO), featured)
def test_a_row_alone_has_the_points_that_it_has_among_others(
    base: int, features: list[tuple[int, int]]
) -> None:
    micro, family = (np.array(column, np.int64) for column in zip(*features, strict=True))
    families = Families.of(family)
    alone = displayed_by_family(base, micro[None], families)
    among = displayed_by_family(base, np.vstack([micro, micro[::-1], micro]), families)
    assert alone.base == among.base
    assert alone.score.tolist() == among.score[:1].tolist()
    assert alone.features.tolist() == among.features[2:].tolist() == among.features[:1].tolist()


@given(st.integers(300 * MICRO, 900 * MICRO), featured)
def test_points_are_the_same_without_numba(base: int, features: list[tuple[int, int]]) -> None:
    micro, family = (np.array(column, np.int64) for column in zip(*features, strict=True))
    rows, families = np.vstack([micro, micro[::-1]]), Families.of(family)
    shown = displayed_by_family(base, rows, families)
    plain = in_arrays(base, rows, families)
    assert shown.base == plain[0]
    assert shown.features.tolist() == plain[1].tolist()
    assert shown.score.tolist() == plain[2].tolist()


def test_many_small_costs_of_one_family_are_not_lost() -> None:
    """Ten times -0.4 is -4, however the single features are rounded."""
    micro = np.array([[-400_000] * 10 + [300_000]])
    shown = displayed_by_family(600_000_000, micro, Families.of(np.array([0] * 10 + [1])))
    assert shown.features[0, :10].sum() == -4
    assert displayed(600_000_000, np.array([[-4_000_000, 300_000]])).features[0].tolist() == [-4, 0]


@pytest.mark.parametrize("rows", [0, 3])
def test_rows_may_be_many_or_none(rows: int) -> None:
    families = Families.of(np.array([0, 1]))
    shown = displayed_by_family(600_400_000, np.full((rows, 2), 700_000), families)
    assert shown.features.shape == (rows, 2)
    assert shown.score.tolist() == [602] * rows
