"""Make a snapshot: part by part from some messages each, then of all together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from features.engine.sums import add_at
from features.engine.sweep import Spine, Sweep
from features.facts import Facts, Flags
from features.nodes.balances import Balance
from features.nodes.fellows import links
from features.nodes.warehouses import OverClients
from features.recipe import Recipe, Values
from features.snapshots.asked import asked
from features.snapshots.snapshot import Edition, Links, Snapshot
from features.warehouses import totals
from supervision.arrays import Columns, Integers


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


def snapshot_of_warehouses(
    custody: Iterable[Columns], midnights: Integers, edition: Edition, of: OverClients
) -> Snapshot:
    """What warehouses report of some of their clients, or of all; rates are not yet reckoned.

    Parameters
    ----------
    custody : iterable of Columns
        Custody messages, each once: all of the clients that have any there.
    midnights : Integers
        Rising, without repeats.
    edition : Edition
    of : OverClients
    """
    found = totals(custody, midnights, of.window)
    order = np.argsort(found.warehouse)
    numbers = found.numbers[:, order].reshape(len(found.numbers), -1)
    known = np.ones(numbers.shape[1], bool)
    states: dict[Recipe, Values] = {
        tally: Values(line, known) for tally, line in zip(of.tallies, numbers, strict=True)
    }
    return Snapshot(edition, found.warehouse[order], midnights, states, {})


def snapshot_of_all(parts: Sequence[Snapshot]) -> Snapshot:
    """Snapshot of everyone.

    Parameters
    ----------
    parts : sequence of Snapshot
        Of one edition and the same midnights: of all enterprises, each in one of them; and of
        warehouses, of each client in one of them.

    Raises
    ------
    Overflow
        If a sum over all clients could leave int64.
    """
    wanted, whole = asked(), together(parts)
    everywhere = np.ones(len(whole.midnight), bool)
    states = {state: whole.value(state) for state in wanted.states}
    states |= {fellows: Values(fellows.count(whole), everywhere) for fellows in wanted.fellows}
    # What few clients make up is not published: it would tell of them.
    states |= {rate: rate.rate(whole.value) for rate in wanted.rates}
    return replace(whole, states=states)


def together(parts: Sequence[Snapshot]) -> Snapshot:
    """All parts as one snapshot, in which what several say of one party is added up."""
    first, parties = parts[0], np.unique(np.concatenate([part.parties for part in parts]))
    rows = [_rows(part, parties) for part in parts]
    size = len(parties) * len(first.midnights)
    states = dict.fromkeys(state for part in parts for state in part.states)
    balances = dict.fromkeys(balance for part in parts for balance in part.held)
    return Snapshot(
        first.edition,
        parties,
        first.midnights,
        {state: _added(parts, rows, size, state) for state in states},
        {balance: _held(parts, rows, balance) for balance in balances},
    )


def _rows(part: Snapshot, parties: Integers) -> Integers:
    """Rows of a part among those of all parties."""
    width = len(part.midnights)
    place = np.searchsorted(parties, part.parties)
    return (place[:, None] * width + np.arange(width)).ravel()


def _added(parts: Sequence[Snapshot], rows: Sequence[Integers], size: int, state: Recipe) -> Values:
    """A state of each row: what the one part that knows it says, or the sum of what several do."""
    said = [
        (row, part.states[state])
        for part, row in zip(parts, rows, strict=True)
        if state in part.states
    ]
    row = np.concatenate([own[values.known] for own, values in said])
    numbers = np.concatenate([values.numbers[values.known] for _, values in said])
    known: Flags = np.zeros(size, bool)
    known[row] = True
    return Values(add_at(size, row, numbers.astype(np.int64)), known)


def _held(parts: Sequence[Snapshot], rows: Sequence[Integers], balance: Balance) -> Links:
    there = [
        (row[part.held[balance].row], part.held[balance].key)
        for part, row in zip(parts, rows, strict=True)
        if balance in part.held
    ]
    return _sorted(*(np.concatenate(column) for column in zip(*there, strict=True)))


def _sorted(row: Integers, key: Integers) -> Links:
    order = np.lexsort((key, row))
    return Links(row[order], key[order])
