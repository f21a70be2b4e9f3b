from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.errors import UsageError
from training.metrics import auc
from training.selection.bounds import (
    NOTHING_SAID,
    Ratio,
    auc_range,
    pd_range,
    rate_range,
)

UNIT = st.integers(0, 20).map(lambda part: part / 20)


def pairs_auc(rank: np.ndarray, rate: np.ndarray) -> float:
    """Over all pairs, written down from the definition."""
    won = weight = 0.0
    for one, bad in zip(rank, rate, strict=True):
        for other, also in zip(rank, rate, strict=True):
            weight += bad * (1 - also)
            won += bad * (1 - also) * (1.0 if one > other else 0.5 if one == other else 0.0)
    return won / weight if weight else float("nan")


def test_pd_of_a_mixture_by_hand() -> None:
    low, high = pd_range(np.array([0.04, 0.5]), np.array([0.25, 0.0]), Ratio(0.5, 3.0))
    assert low == pytest.approx([0.25 * 0.04 + 0.75 * 0.02, 0.25])
    assert high == pytest.approx([0.25 * 0.04 + 0.75 * 0.12, 1.0])


def test_where_nothing_is_said_the_rest_may_all_default_or_none() -> None:
    low, high = pd_range(np.array([0.04, 0.0]), np.array([0.25, 0.25]), NOTHING_SAID)
    assert low == pytest.approx([0.01, 0.0])
    assert high == pytest.approx([0.76, 0.75])


def test_the_known_outcome_of_the_financed_stands() -> None:
    pd, outcome = np.array([0.1, 0.1, 0.1]), np.array([1.0, 0.0, 1.0])
    low, high = rate_range(pd, np.array([True, True, False]), outcome, Ratio(0.5, 2.0))
    assert low == pytest.approx([1.0, 0.0, 0.05])
    assert high == pytest.approx([1.0, 0.0, 0.2])


def test_a_ratio_the_wrong_way_round_is_told() -> None:
    with pytest.raises(UsageError, match="least <= most"):
        Ratio(2.0, 1.0)


def test_with_every_outcome_known_the_range_is_the_auc() -> None:
    chance = np.random.default_rng(3)
    rank = chance.integers(0, 20, 200).astype(np.float64)
    target = (chance.uniform(size=200) < 0.3).astype(np.int8)
    found = auc_range(rank, target.astype(np.float64), target.astype(np.float64))
    assert found.low == pytest.approx(auc(target, rank))
    assert found.high == pytest.approx(auc(target, rank))


@given(st.lists(st.tuples(st.integers(0, 4), UNIT, UNIT), min_size=2, max_size=7))
def test_the_range_covers_every_corner_and_its_upper_end_is_one(
    rows: list[tuple[int, float, float]],
) -> None:
    rank = np.array([float(row[0]) for row in rows])
    ends = np.array([sorted(row[1:]) for row in rows])
    found = auc_range(rank, ends[:, 0], ends[:, 1])
    corners = [
        pairs_auc(rank, np.array(corner)) for corner in product(*(tuple(pair) for pair in ends))
    ]
    known = [one for one in corners if not np.isnan(one)]
    if not known:
        assert np.isnan(found.low)
        return
    if max(known) >= 0.5:
        assert found.high == pytest.approx(max(known), abs=1e-9)
    if min(known) <= 0.5:
        assert found.low == pytest.approx(min(known), abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_rates_between_the_ends_stay_within(seed: int, share: float) -> None:
    chance = np.random.default_rng(seed)
    rank = chance.normal(size=60)
    low = chance.uniform(size=60) * 0.2
    high = low + chance.uniform(size=60) * (1 - low)
    found = auc_range(rank, low, high)
    rate = low + share * chance.uniform(size=60) * (high - low)
    area = auc_range(rank, rate, rate).high
    assert found.low - 1 / 60 <= area <= found.high + 1e-12


def test_a_wider_statement_gives_a_wider_range() -> None:
    chance = np.random.default_rng(5)
    pd = chance.uniform(0.01, 0.2, 300)
    financed = chance.uniform(size=300) < 0.3
    outcome = (chance.uniform(size=300) < pd).astype(np.float64)
    widths = []
    for ratio in (Ratio(1.0, 1.0), Ratio(0.5, 1.5), Ratio(0.5, 3.0), NOTHING_SAID):
        found = auc_range(pd, *rate_range(pd, financed, outcome, ratio))
        widths.append(found.high - found.low)
    assert widths[0] == pytest.approx(0.0)
    assert widths == sorted(widths)
    assert widths[-1] > 0.5
