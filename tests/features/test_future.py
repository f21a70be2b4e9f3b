"""A feature as of T rests on nothing that became known after T."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.prices import Prices
from supervision.arrays import NEVER, Columns

World = Any

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None, max_examples=100)
@given(seed=seeds)
def test_what_became_known_later_changes_no_value(
    seed: int, make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = make_world(seed)
    until = _time(world, seed)
    spine = _points_until(world, until)
    expected = evaluate(facts_of(world), spine).values
    # The later rows dropped from the engine's tables; and a world that never had them, where
    # nobody is yet known to hold what he came to hold later.
    for facts in (_known(facts_of(world), world, until), facts_of(world.known(until))):
        found = evaluate(facts, spine).values
        np.testing.assert_array_equal(found.view(np.int64), expected.view(np.int64))


def test_what_became_known_later_does_change_later_values(
    make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    world = make_world(0)
    facts, until = facts_of(world), int(np.median(world.spine.as_of))
    whole = evaluate(facts, world.spine).values
    cut = evaluate(_known(facts, world, until), world.spine).values
    changed = np.any((whole != cut) & ~(np.isnan(whole) & np.isnan(cut)), axis=1)
    assert np.any(changed)
    assert np.min(world.spine.as_of[changed]) > until


def _time(world: World, seed: int) -> int:
    """A time at which something is asked, becomes known or is reversed, or a moment beside it."""
    rng = np.random.default_rng(seed)
    times = [world.spine.as_of]
    for rows in world.streams.values():
        times += [rows["known_at"], rows["reversed_at"][rows["reversed_at"] != NEVER]]
    drawn = rng.choice(rng.choice(np.array(times, dtype=object)))
    return int(drawn) + int(rng.integers(-1, 2))


def _points_until(world: World, until: int) -> Spine:
    """The spine's points not after a time, and that time itself for everyone."""
    early = world.spine.as_of <= until
    everyone = world.enterprises
    return Spine(
        np.concatenate([world.spine.enterprise[early], everyone]),
        np.concatenate([world.spine.as_of[early], np.full(len(everyone), until)]),
    )


def _known(facts: Facts, world: World, until: int) -> Facts:
    return replace(
        facts,
        tables=_each(facts.tables, until),
        prices=Prices.of(_each({"market": world.market}, until)["market"]),
    )


def _each(tables: Mapping[str, Columns], until: int) -> dict[str, Columns]:
    known = {}
    for name, rows in tables.items():
        kept = {column: values[rows["known_at"] <= until] for column, values in rows.items()}
        reversed_at = np.where(kept["reversed_at"] > until, NEVER, kept["reversed_at"])
        known[name] = {**kept, "reversed_at": reversed_at}
    return known
