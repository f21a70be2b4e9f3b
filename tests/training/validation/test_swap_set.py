import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.model.scale import Floats
from training.validation.errors import EvidenceError
from training.validation.swap_set import approval_curve, segment, swap_set

Applicants = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.sampled_from([0.0, 1.0, 2.0, np.nan])),
    min_size=1,
    max_size=40,
)


def columns(rows: list[tuple[bool, int, float]]) -> tuple[Floats, Floats, Floats]:
    bad, ours, theirs = np.array(rows, dtype=np.float64).T
    return bad, ours, theirs


def loosest(bad: Floats, rank: Floats, bad_rate: float) -> Floats:
    """Try every cut and keep the decision that approves most."""
    best = np.zeros(len(rank), dtype=bool)
    for at in rank:
        approved = rank <= at
        if approved.any() and bad[approved].mean() <= bad_rate and approved.sum() > best.sum():
            best = approved
    return best


@settings(deadline=None)
@given(Applicants, st.floats(0, 1))
def test_decisions_are_the_loosest_at_the_bad_rate(
    rows: list[tuple[bool, int, float]], bad_rate: float
) -> None:
    bad, ours, theirs = columns(rows)
    found = swap_set(bad, ours, theirs, bad_rate)
    mine, others = loosest(bad, ours, bad_rate), loosest(bad, theirs, bad_rate)
    assert (found.swapped_in == (mine & ~others)).all()
    assert (found.swapped_out == (others & ~mine)).all()
    assert (found.both == (mine & others)).all()
    assert (found.neither == ~(mine | others)).all()
    assert found.ours.approved == mine.sum()
    for cut, approved in ((found.ours, mine), (found.theirs, others)):
        assert cut.bad_rate <= bad_rate
        assert cut.bad_rate == pytest.approx(bad[approved].mean() if approved.any() else 0)


@settings(deadline=None)
@given(Applicants, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_the_curve_of_approvals_rises_and_agrees_with_its_cuts(
    rows: list[tuple[bool, int, float]], bad_rates: list[float]
) -> None:
    bad, _, theirs = columns(rows)
    curve = approval_curve(bad, theirs)
    found = curve.approvals(sorted(bad_rates))
    assert found.tolist() == [curve.cut(rate).approved for rate in sorted(bad_rates)]
    assert (np.diff(found) >= 0).all()
    assert curve.approvals(1.0) == (~np.isnan(theirs)).sum()


@settings(deadline=None)
@given(Applicants)
def test_a_ranking_swaps_nobody_with_itself(rows: list[tuple[bool, int, float]]) -> None:
    bad, ours, _ = columns(rows)
    found = swap_set(bad, ours, np.exp(ours), 0.3)
    assert not (found.swapped_in | found.swapped_out).any()


@settings(deadline=None)
@given(Applicants, st.floats(0, 1))
def test_weights_count_as_copies(rows: list[tuple[bool, int, float]], bad_rate: float) -> None:
    bad, ours, theirs = columns(rows)
    times = np.random.default_rng(len(rows)).integers(0, 4, len(bad))
    weighted = swap_set(bad, ours, theirs, bad_rate, times.astype(np.float64))
    copied = swap_set(*(np.repeat(side, times) for side in (bad, ours, theirs)), bad_rate)
    assert weighted.ours == copied.ours
    assert weighted.theirs == copied.theirs
    assert (np.repeat(weighted.swapped_in, times) == copied.swapped_in).all()
    part = segment(bad, weighted.both, times.astype(np.float64))
    again = segment(np.repeat(bad, times), copied.both)
    assert part.applicants == again.applicants
    assert part.bad_rate == pytest.approx(again.bad_rate, nan_ok=True)


def test_a_better_ranking_approves_those_whom_a_rule_cannot_see() -> None:
    """Half of the applicants have no core enterprise; the rule never approves them."""
    chance = np.random.default_rng(7)
    risk = chance.normal(size=20_000)
    true_pd = 1 / (1 + np.exp(3 - risk))
    linked = chance.random(20_000) < 0.5
    rule = np.where(linked, np.clip(np.rint(risk + chance.normal(size=20_000)), -2, 2), np.nan)
    level = approval_curve(true_pd, rule).bad_rate[2]
    found = swap_set(true_pd, risk, rule, level)
    assert found.theirs.bad_rate == level
    assert found.ours.bad_rate <= level
    assert found.ours.approved > 1.5 * found.theirs.approved
    unlinked = segment(true_pd, found.swapped_in & ~linked)
    assert unlinked.applicants > 0.4 * found.ours.approved
    assert segment(true_pd, found.swapped_out).bad_rate > unlinked.bad_rate
    assert segment(true_pd, found.swapped_out & ~linked).applicants == 0
    assert np.isnan(segment(true_pd, found.swapped_out & ~linked).bad_rate)


def test_a_level_that_nobody_meets_approves_nobody() -> None:
    found = swap_set([1, 1, 0], np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0]), 0.0)
    assert (found.ours.approved, found.ours.rank) == (0, -np.inf)
    assert found.swapped_out.tolist() == [False, False, True]
    assert approval_curve([0, 1], np.array([np.nan, np.nan])).approvals(1.0) == 0


def test_unknown_outcomes_are_refused() -> None:
    with pytest.raises(EvidenceError, match="leave out"):
        approval_curve([0, np.nan], np.array([1.0, 2.0]))
    with pytest.raises(EvidenceError, match="weights"):
        approval_curve([0, 1], np.array([1.0, 2.0]), np.array([1.0, -1.0]))
