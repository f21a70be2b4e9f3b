"""Make a snapshot: range by range from each enterprise's messages, then of all together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.engine.sweep import Spine, Sweep
from features.facts import Facts
from features.nodes.balances import Balance
from features.nodes.fellows import links
from features.recipe import Values
from features.snapshots.asked import asked
from features.snapshots.snapshot import Edition, Links, Snapshot
from supervision.arrays import Integers


def snapshot_of_range(
    facts: Facts, enterprises: Integers, midnights: Integers, edition: Edition
) -> Snapshot:
    """What is known of some enterprises from their own messages; fellows are not yet counted.

    Parameters
    ----------
    facts : Facts
        Of these enterprises at least.
    enterprises, midnights : Integers
        Each rising, without repeats.
    edition : Edition
    """
    wanted = asked()
    sweep = Sweep(facts, Spine.grid(enterprises, midnights))
    return Snapshot(
        edition,
        enterprises,
        midnights,
        {state: sweep.value(state) for state in wanted.states},
        {balance: _sorted(*links(sweep, balance)) for balance in wanted.balances},
    )


def snapshot_of_all(ranges: Sequence[Snapshot]) -> Snapshot:
    """Snapshot of everyone.

    Parameters
    ----------
    ranges : sequence of Snapshot
        Of all enterprises, one range after the other; of the same edition and midnights.
    """
    wanted, first = asked(), ranges[0]
    whole = Snapshot(
        first.edition,
        np.concatenate([part.enterprises for part in ranges]),
        first.midnights,
        {state: _joined([part.states[state] for part in ranges]) for state in wanted.states},
        {balance: _held(ranges, balance) for balance in wanted.balances},
    )
    everywhere = np.ones(len(whole.midnight), bool)
    states = dict(whole.states)
    states |= {fellows: Values(fellows.count(whole), everywhere) for fellows in wanted.fellows}
    return replace(whole, states=states)


def _joined(parts: Sequence[Values]) -> Values:
    return Values(
        np.concatenate([part.numbers for part in parts]),
        np.concatenate([part.known for part in parts]),
    )


def _held(ranges: Sequence[Snapshot], balance: Balance) -> Links:
    """Links of all ranges, whose rows now stand behind those of the ranges before."""
    sizes = [len(part.enterprises) * len(part.midnights) for part in ranges]
    before = np.cumsum([0, *sizes])[:-1]
    return Links(
        np.concatenate(
            [part.held[balance].row + b for part, b in zip(ranges, before, strict=True)]
        ),
        np.concatenate([part.held[balance].key for part in ranges]),
    )


def _sorted(row: Integers, key: Integers) -> Links:
    order = np.lexsort((key, row))
    return Links(row[order], key[order])
