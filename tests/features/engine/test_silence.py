"""What silent tables decide, against the same reckoned."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from features.calendar import midnights
from features.catalogue import CATALOGUE
from features.engine.evaluation import swept
from features.engine.silence import is_decided, nothing_known, silent_tables
from features.engine.sweep import Spine, Sweep
from features.facts import Facts, table_names
from features.nodes.arithmetic import Ago, Plus, Ratio
from features.nodes.network import OfOthers
from features.nodes.standing import MonthsKnown
from features.nodes.windows import Count
from features.recipe import Rows
from features.snapshots.asked import asked
from features.snapshots.making import (
    snapshot_of_all,
    snapshot_of_range,
    snapshot_of_warehouses,
    together,
)
from features.snapshots.snapshot import Edition
from supervision.arrays import Integers

World = Any
EDITION = Edition("", 0, "")


def without(facts: Facts, tables: frozenset[str]) -> Facts:
    silenced = {
        name: {column: values[:0] if name in tables else values for column, values in of.items()}
        for name, of in facts.tables.items()
    }
    return replace(facts, tables=silenced)


def with_published(facts: Facts, as_of: Integers) -> Facts:
    """The same facts, with what would be published of everyone at the midnights before points."""
    times = np.unique(midnights(as_of))
    everyone = np.unique(np.concatenate([t["enterprise_id"] for t in facts.tables.values()]))
    custody = [facts.tables["custody"]]
    of_warehouses = [
        snapshot_of_warehouses(custody, times, EDITION, of) for of in asked().of_warehouses
    ]
    parts = [snapshot_of_range(facts, everyone, times, EDITION), *of_warehouses]
    return replace(facts, others=snapshot_of_all([together(parts)]))


@pytest.mark.parametrize("seed", range(100, 106))
@pytest.mark.parametrize("others", ["published", "reckoned"])
def test_what_is_given_has_the_bits_of_what_is_reckoned(
    seed: int, others: str, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world, rng = make_world(seed), np.random.default_rng(seed)
    facts, spine = facts_of(world), world.spine
    if others == "published":
        facts = with_published(facts, spine.as_of)
    names, recipes = table_names(), tuple(feature.recipe for feature in CATALOGUE.features)
    for row in rng.permutation(len(spine))[:12].tolist():
        silent = frozenset(name for name in names if rng.random() < 0.5)
        own = without(facts, silent)
        # Two points that are the same one: of two points nothing is given.
        twice = [Spine(spine.enterprise[[row] * n], spine.as_of[[row] * n]) for n in (1, 2)]
        one, two = (swept(own, points, recipes) for points in twice)
        assert one.tobytes() == two[:1].tobytes()
        assert two[:1].tobytes() == two[1:].tobytes()


def test_only_silent_tables_that_are_all_it_reads_decide_a_node() -> None:
    pledges, sales = Count(Rows("pledge")), Count(Rows("title"))
    silent = frozenset(("pledge", "outcome"))
    assert is_decided(pledges, silent)
    assert is_decided(Ago(pledges, 90), silent)
    assert not is_decided(sales, silent)
    assert not is_decided(Ratio(pledges, sales), silent)


def test_no_table_decides_what_rests_on_more_than_rows() -> None:
    everything = frozenset(table_names())
    assert not is_decided(MonthsKnown(), everything)
    assert not is_decided(Plus(MonthsKnown(), Count(Rows("pledge"))), everything)
    others = [f for f in CATALOGUE.features if isinstance(f.recipe, OfOthers)]
    assert others
    assert not any(is_decided(feature.recipe, everything) for feature in others)


def test_of_more_than_one_point_no_table_is_called_silent() -> None:
    one, two = (Spine(np.full(n, 1), np.arange(n)) for n in (1, 2))
    assert silent_tables(Sweep(nothing_known(), one)) == frozenset(table_names())
    assert silent_tables(Sweep(nothing_known(), two)) == frozenset()
