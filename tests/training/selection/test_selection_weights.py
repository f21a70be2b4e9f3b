from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from training.baselines import CORE_RATING
from training.config import BoostingSettings
from training.errors import TrainingError
from training.labels import Status
from training.sample import Sample
from training.selection.financed import Financed, chances, evidence, was_financed
from training.selection.overlap import imbalance, overlap
from training.selection.weights import effective_size, inverse_chance

SETTINGS = BoostingSettings(min_data_in_leaf=40, max_rounds=120, patience=10, learning_rate=0.1)
NAMES = ("size", "noise")


@dataclass(frozen=True)
class Lent:
    """Enterprises of whom the large were financed, and the small default."""

    rows: Sample
    financed: np.ndarray
    true_chance: np.ndarray
    defaulted: np.ndarray


def lent(rows: int = 6000, by_link: float = 0.0) -> Lent:
    chance = np.random.default_rng(17)
    size, noise = chance.normal(size=(2, rows))
    linked = chance.uniform(size=rows) < 0.3
    true = 1 / (1 + np.exp(1.0 - 1.2 * size - by_link * linked))
    rate = 1 / (1 + np.exp(2.0 + 1.0 * size))
    rating = np.where(linked, 3.0, np.nan)
    firm = np.array([f"firm-{number:05d}" for number in range(rows)])
    sample = Sample(
        (*NAMES, CORE_RATING),
        firm,
        np.zeros(rows, np.int64),
        np.column_stack([size, noise, rating]),
        np.zeros(rows, np.int8),
    )
    return Lent(sample, chance.uniform(size=rows) < true, true, chance.uniform(size=rows) < rate)


def test_the_chance_is_the_true_one_nearly() -> None:
    world = lent()
    found = chances(world.rows, world.financed, NAMES, seed=1, settings=SETTINGS)
    assert np.abs(found.chance - world.true_chance).mean() < 0.04
    assert 0.70 < found.auc < 0.85


def test_weights_give_the_default_rate_of_everybody() -> None:
    world = lent()
    found = chances(world.rows, world.financed, NAMES, seed=1, settings=SETTINGS)
    weights = inverse_chance(found, 0.995)
    everybody = world.defaulted.mean()
    unweighted = world.defaulted[world.financed].mean()
    weighted = np.average(world.defaulted, weights=weights.of_row)
    assert unweighted < 0.75 * everybody
    assert weighted == pytest.approx(everybody, rel=0.1)


def test_weights_balance_what_they_are_made_from() -> None:
    world = lent()
    found = chances(world.rows, world.financed, NAMES, seed=1, settings=SETTINGS)
    told = overlap(found, inverse_chance(found, 0.995), world.rows.choose(found.names))
    assert told.worst_before > 0.4
    assert told.worst_after < 0.1
    assert told.financed == world.financed.sum()
    assert told.financed + told.others == 6000
    assert told.rare < 0.2
    assert list(told.chance_others) == sorted(told.chance_others)


def test_a_row_is_told_by_a_model_of_other_enterprises() -> None:
    chance = np.random.default_rng(4)
    firm = np.repeat(np.arange(150), 12)
    financed = (chance.uniform(size=150) < 0.5)[firm]
    rows = Sample(
        NAMES,
        np.array([f"firm-{number}" for number in firm]),
        np.tile(np.arange(12), 150),
        chance.normal(size=(150, 2))[firm],
        np.zeros(1800, np.int8),
    )
    settings = SETTINGS.model_copy(update={"min_data_in_leaf": 5, "num_leaves": 31})
    assert chances(rows, financed, NAMES, seed=1, settings=settings).auc < 0.62


def test_the_core_link_is_seen_only_where_asked_for() -> None:
    world = lent(by_link=4.0)
    without, seen = (
        chances(
            world.rows, world.financed, NAMES, seed=1, settings=SETTINGS, with_core_link=with_link
        )
        for with_link in (False, True)
    )
    assert CORE_RATING not in without.names
    assert seen.auc > without.auc + 0.05
    # The link parts who was financed further and so costs rows.
    sizes = [inverse_chance(one, 1.0).effective_size for one in (seen, without)]
    assert sizes[0] < sizes[1]


def test_nobody_refused_is_told() -> None:
    world = lent(200)
    with pytest.raises(TrainingError, match="rows that banks could have financed"):
        chances(world.rows, np.ones(200, np.bool_), NAMES, seed=1, settings=SETTINGS)


def test_evidence_rests_on_nothing_of_credit() -> None:
    names = evidence(CATALOGUE)
    families = {CATALOGUE.feature(name).family for name in names}
    assert families.isdisjoint({"financing conduct", "pledge"})
    assert "stock_value_now" in names
    assert CORE_RATING not in names
    # It tells that a bank reported at all.
    assert "streams_present_365d" not in names


def test_financed_is_whoever_has_an_open_facility() -> None:
    found = was_financed(np.array([status.value for status in Status], np.int8))
    assert [Status(place) for place in np.flatnonzero(~found)] == [Status.NO_OPEN_FACILITY]


def test_weights_by_hand() -> None:
    was = np.array([True, True, False, True, False])
    found = inverse_chance(Financed(np.array([0.5, 0.25, 0.1, 0.05, 0.4]), was, NAMES), 0.5)
    # Stabilised 0.6 / chance: 1.2, 2.4, 12; cut at their median.
    assert found.ceiling == pytest.approx(2.4)
    assert found.truncated == 1
    assert found.of_row == pytest.approx([0.6, 1.2, 0.0, 1.2, 0.0])
    assert found.effective_size == pytest.approx(3.0**2 / (0.6**2 + 2 * 1.2**2))


@given(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=30), st.floats(0.5, 1.0))
def test_weights_are_of_mean_one_and_fall_with_the_chance(
    chance: list[float], truncate_at: float
) -> None:
    was = np.ones(len(chance), np.bool_)
    was[-1] = False
    found = inverse_chance(Financed(np.array(chance), was, NAMES), truncate_at)
    kept = found.of_row[was]
    assert kept.mean() == pytest.approx(1.0)
    assert found.of_row[-1] == 0.0
    assert 1.0 - 1e-9 <= effective_size(kept) <= was.sum() + 1e-9
    order = np.argsort(np.array(chance)[was])
    assert (np.diff(kept[order]) <= 1e-12).all()


def test_imbalance_is_of_ranks_with_missing_lowest() -> None:
    values = np.array([[np.nan, 1.0], [1.0, 1.0], [1e9, 1.0]])
    # Ranks 1, 2, 3 spread by sqrt(2 / 3); a constant column cannot differ.
    assert imbalance(values, np.ones(3)) == pytest.approx([0.0, 0.0])
    assert imbalance(values, np.array([1.0, 0, 0])) == pytest.approx([1 / np.sqrt(2 / 3), 0.0])
