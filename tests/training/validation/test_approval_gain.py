import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.validation.approval_gain import approval_gain
from training.validation.errors import EvidenceError
from training.validation.swap_set import swap_set

Applicants = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.sampled_from([0.0, 1.0, 2.0, np.nan])),
    min_size=1,
    max_size=40,
).filter(lambda rows: not all(np.isnan(rank) for _, _, rank in rows))


@settings(deadline=None)
@given(Applicants)
def test_each_cut_agrees_with_its_swap_set(rows: list[tuple[bool, int, float]]) -> None:
    bad, ours, theirs = np.array(rows, dtype=np.float64).T
    found = approval_gain(bad, ours, theirs, np.arange(len(bad)).astype(str), resamples=3)
    for place, cut in enumerate(found.cut):
        assert found.theirs[place] == (theirs <= cut).sum()
        assert found.bad_rate[place] == pytest.approx(bad[theirs <= cut].mean())
        swap = swap_set(bad, ours, theirs, found.bad_rate[place])
        assert found.ours[place] == swap.ours.approved


@settings(deadline=None)
@given(Applicants)
def test_no_ranking_gains_on_itself(rows: list[tuple[bool, int, float]]) -> None:
    bad, _, theirs = np.array(rows, dtype=np.float64).T
    found = approval_gain(bad, theirs, theirs, np.arange(len(bad)).astype(str), resamples=3)
    assert (found.ratio >= 1).all()  # a looser cut may be as good
    assert found.ratio[-1] == 1


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """True gain by a world of a million; intervals from 400 enterprises of three rows."""
    chance = np.random.default_rng(1)

    def world(enterprises: int) -> tuple[np.ndarray, ...]:
        risk = np.repeat(chance.normal(size=enterprises), 3)
        bad = chance.random(len(risk)) < 1 / (1 + np.exp(1.5 - risk))
        ours = risk + 0.3 * chance.normal(size=len(risk))
        rule = np.clip(np.rint(risk + 0.8 * chance.normal(size=len(risk))), -1, 1)
        linked = np.repeat(chance.random(enterprises) < 0.6, 3)
        firm = np.repeat(np.arange(enterprises), 3).astype(str)
        return bad, ours, np.where(linked, rule, np.nan), firm

    truth = approval_gain(*world(300_000), resamples=0)
    assert np.isnan(truth.low).all()
    covered = []
    for seed in range(60):
        found = approval_gain(*world(400), resamples=60, seed=seed)
        covered.append((found.low[1] <= truth.ratio[1]) & (truth.ratio[1] <= found.high[1]))
    assert truth.ratio[1] > 1.3
    assert np.mean(covered) > 0.85


def test_a_fine_ranking_is_cut_at_its_quantiles() -> None:
    chance = np.random.default_rng(2)
    rank = chance.normal(size=1000)
    bad = chance.random(1000) < 0.1
    found = approval_gain(bad, rank, -rank, np.arange(1000).astype(str), resamples=5)
    assert found.theirs.tolist() == [50 * step for step in range(1, 21)]
    assert (found.low <= found.high).all()


def test_the_same_seed_gives_the_same_interval() -> None:
    chance = np.random.default_rng(3)
    bad, ours, theirs = chance.integers(0, 2, 200), chance.normal(size=200), chance.normal(size=200)
    firm = np.arange(200).astype(str)
    one, again, other = (approval_gain(bad, ours, theirs, firm, 40, seed) for seed in (1, 1, 2))
    assert one.low.tolist() == again.low.tolist() != other.low.tolist()


def test_a_rule_that_ranks_nobody_is_refused() -> None:
    with pytest.raises(EvidenceError, match="not applicable"):
        approval_gain([0.0], np.array([1.0]), np.array([np.nan]), np.array(["a"]))
