import numpy as np

from training.config import BoostingSettings
from training.estimator import Recipe
from training.model.scale import Floats
from training.sample import Labels, Names
from training.split_comparison import compare_splits

RECIPE = Recipe(("who", "risk"), (0, 0), 1, BoostingSettings(min_data_in_leaf=3, learning_rate=0.2))


def rows(recognisable: bool) -> tuple[Floats, Labels, Names]:
    """Six months of 200 enterprises whose outcome is theirs; the first column may tell whose."""
    chance = np.random.default_rng(2)
    risk, who = chance.normal(size=200), chance.normal(size=200)
    bad = (chance.uniform(size=200) < 1 / (1 + np.exp(1.5 - risk))).astype(np.int8)
    firm = np.repeat(np.arange(200), 6)
    noise = chance.normal(size=(2, 1200))
    first = who[firm] if recognisable else noise[0]
    values = np.column_stack([first, risk[firm] + 2.0 * noise[1]])
    return values, bad[firm], firm.astype(str)


def test_a_split_by_row_flatters_where_enterprises_are_recognised() -> None:
    found = compare_splits(*rows(recognisable=True), RECIPE, rounds=60, resamples=30)
    assert found is not None
    assert found.by_row > found.by_enterprise + 0.15
    assert 0 < found.low < found.flattered < found.high
    assert (found.rows, found.enterprises, found.rounds) == (1200, 200, 60)


def test_it_does_not_where_nothing_tells_who_it_is() -> None:
    found = compare_splits(*rows(recognisable=False), RECIPE, rounds=20, resamples=30)
    assert found is not None
    assert abs(found.flattered) < 0.05


def test_too_few_defaults_give_nothing() -> None:
    values, target, firm = rows(recognisable=True)
    target[:] = 0
    target[0] = 1
    assert compare_splits(values, target, firm, RECIPE, rounds=5) is None
