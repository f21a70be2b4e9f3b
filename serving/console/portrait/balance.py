"""What stands open with each party, facility or number: what was added less what was taken."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from features.facts import stream_of
from supervision.arrays import Columns, Integers
from supervision.contract.columns import column


class Held(NamedTuple):
    """Keys, each once, and what stands open with each: more than nothing."""

    keys: Integers
    fen: Integers


def known(columns: Columns, as_of: int) -> Columns:
    """Rows that were known and not reversed as of a time, whomever they concern."""
    stands = (columns["known_at"] <= as_of) & (columns["reversed_at"] > as_of)
    return {name: values[stands] for name, values in columns.items()}


def of_kind(columns: Columns, table: str, kind: str) -> Columns:
    """Rows of one kind."""
    chosen = columns["kind"] == column(stream_of(table), "kind").code(kind)
    return {name: values[chosen] for name, values in columns.items()}


def held(
    columns: Columns, table: str, kinds: tuple[str, str], key: str, amount: str = "amount"
) -> Held:
    """Add up what stands open.

    Parameters
    ----------
    columns : Columns
        Rows that stand.
    table : str
        Of :class:`features.facts.Facts`, whose rows they are.
    kinds : tuple of str
        The kind of message that adds, and the one that takes.
    key, amount : str
        Columns.
    """
    adds, takes = (of_kind(columns, table, kind) for kind in kinds)
    keys, place = np.unique(np.concatenate([adds[key], takes[key]]), return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, place, np.concatenate([adds[amount], -takes[amount]]))
    return Held(keys[sums > 0], sums[sums > 0])


def latest(columns: Columns, key: str, value: str) -> dict[int, int]:
    """What the row that occurred last states, for each value of a key."""
    order = np.lexsort((columns["position"], columns["occurred_at"]))
    pairs = zip(columns[key][order].tolist(), columns[value][order].tolist(), strict=True)
    return dict(pairs)


def numbers(found: Collection[int]) -> Integers:
    """Numbers of names as an array, each once."""
    return np.array(sorted(set(found)), np.int64)
