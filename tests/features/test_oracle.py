"""The engine against plain SQL, written from the catalogue's words and sharing no code with it."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate

World = Any
Answer = Any
Values = npt.NDArray[np.float64]
SEEDS = range(40)


@pytest.fixture(scope="session")
def answered(
    make_world: Callable[[int], World], ask_oracle: Callable[[World], Answer]
) -> Callable[[int], tuple[World, Answer]]:
    """Give the world of a seed and the oracle's answer, asked once."""

    @cache
    def answer(seed: int) -> tuple[World, Answer]:
        world = make_world(seed)
        return world, ask_oracle(world)

    return answer


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_oracle_give_the_same_values(
    seed: int,
    answered: Callable[[int], tuple[World, Answer]],
    facts_of: Callable[[World], Any],
) -> None:
    world, answer = answered(seed)
    matrix = evaluate(facts_of(world), world.spine)
    found = matrix.values[:, [matrix.names.index(name) for name in answer.names]]
    wrong = _differs(answer.values, found)
    told = [
        f"{answer.names[column]} of {world.spine.enterprise[row]} as of {world.spine.as_of[row]}: "
        f"the oracle says {answer.values[row, column]:.17g}, the engine {found[row, column]:.17g}"
        for row, column in np.argwhere(wrong)
    ]
    assert not told, "\n".join([f"{len(told)} of {found.size} cells differ", *told[:20]])


def _differs(expected: Values, found: Values) -> npt.NDArray[np.bool_]:
    """Where one alone is missing, whole numbers are not equal or others not to 12 digits."""
    whole = expected == np.floor(expected)
    tolerance = np.where(whole, 0.0, 1e-12 * np.abs(expected))
    both_missing = np.isnan(expected) & np.isnan(found)
    return ~(both_missing | (np.abs(expected - found) <= tolerance))


def test_the_oracle_restates_every_feature_of_the_catalogue(
    answered: Callable[[int], tuple[World, Answer]],
) -> None:
    _, answer = answered(0)
    assert len(answer.names) == len(set(answer.names))
    assert set(answer.names) == set(CATALOGUE.by_name)


@pytest.mark.parametrize("name", CATALOGUE.by_name)
def test_the_worlds_give_the_feature_something_to_say(
    name: str, answered: Callable[[int], tuple[World, Answer]]
) -> None:
    answers = [answered(seed)[1] for seed in SEEDS]
    values = np.concatenate([a.values[:, a.names.index(name)] for a in answers])
    stated = values[~np.isnan(values)]
    assert np.count_nonzero(stated) >= 20
    assert len(np.unique(stated)) > 1
