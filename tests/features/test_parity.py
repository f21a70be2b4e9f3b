"""The same bits, however the work is cut and in whatever order the rows come."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from features.concerned import concerned
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import OF_OTHERS, Facts
from features.prices import Prices
from supervision.arrays import Columns
from tests.features.conftest import custody_of_all
from tests.features.test_nodes_network import among

World = Any
SEEDS = range(100, 108)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_enterprise_alone_gives_the_bits_of_the_batch(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = make_world(seed)
    facts, spine = facts_of(world), world.spine
    batch = evaluate(facts, spine).values
    for enterprise in world.enterprises:
        rows = spine.enterprise == enterprise
        own = Spine(spine.enterprise[rows], spine.as_of[rows])
        alone = evaluate(_concerning(facts, int(enterprise)), own).values
        assert _differing_cells(alone, batch[rows]) == 0


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_each_point_alone_gives_the_bits_of_the_batch(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = make_world(seed)
    facts, spine = facts_of(world), world.spine
    batch = evaluate(facts, spine).values
    for row in range(0, len(spine.as_of), 3):
        point = Spine(spine.enterprise[row : row + 1], spine.as_of[row : row + 1])
        assert _differing_cells(evaluate(facts, point).values, batch[row : row + 1]) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_no_bit(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world, rng = make_world(seed), np.random.default_rng(seed)
    facts = facts_of(world)
    shuffled = Facts(
        {name: _shuffled(rows, rng) for name, rows in facts.tables.items()},
        Prices.of(_shuffled(world.market, rng)),
        _shuffled(facts.lots, rng),
    )
    one, other = (evaluate(f, world.spine).values for f in (facts, shuffled))
    assert _differing_cells(one, other) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_points_changes_no_bit(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world, rng = make_world(seed), np.random.default_rng(seed)
    facts, spine = facts_of(world), world.spine
    order = rng.permutation(len(spine.as_of))
    shuffled = Spine(spine.enterprise[order], spine.as_of[order])
    one, other = evaluate(facts, spine), evaluate(facts, shuffled)
    assert _differing_cells(one.values[order], other.values) == 0
    np.testing.assert_array_equal(other.spine.as_of, shuffled.as_of)


def _differing_cells(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> int:
    """Cells whose bits differ; any two missing ones are equal."""
    assert one.shape == other.shape
    same = (one.view(np.int64) == other.view(np.int64)) | (np.isnan(one) & np.isnan(other))
    return int(np.count_nonzero(~same))


def _concerning(facts: Facts, enterprise: int) -> Facts:
    """The rows that concern one enterprise, and the state of those it deals with."""
    own = {n: among(rows, "enterprise_id", [enterprise]) for n, rows in facts.tables.items()}
    registry = facts.tables["enterprise"]
    read = concerned([enterprise], own["title"], lambda by, which: among(registry, by, which))
    of_others = {n: among(facts.tables[n], "enterprise_id", read.tolist()) for n in OF_OTHERS}
    return replace(facts, tables={**own, **of_others}, custody=custody_of_all(facts))


def _shuffled(rows: Columns, rng: np.random.Generator) -> Columns:
    order = rng.permutation(len(next(iter(rows.values()))))
    return {column: values[order] for column, values in rows.items()}
