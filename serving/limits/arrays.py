"""What an enterprise's messages say lot by lot, in numpy: for where numba is not installed."""

from collections.abc import Sequence

import numpy as np

from features.engine.arrays import CODES, number
from features.facts import Flags
from supervision.arrays import MISSING, Integers


def balance(
    enterprise: int, as_of: int, flows: Sequence[tuple[Integers, ...]], terms: Integers
) -> tuple[Integers, Integers, float]:
    """What is left of a balance for each lot and key, as of a time.

    Parameters
    ----------
    enterprise, as_of : int
    flows : sequence of tuples of Integers
        Of each flow the columns of its table: ``enterprise_id``, ``known_at``, ``reversed_at``,
        ``cargo_code``, the balance's key, the amount, and two with a condition. Those that add
        come first.
    terms : Integers
        Shape (flows, 3): 1 where it adds and -1 where it takes, and for each condition the codes
        that meet it, as bits.

    Returns
    -------
    lots, left : Integers
        What is left, by rising lots; of a lot once for each key of which something is.
    moved : float
        Greatest sum of what was added and taken of one lot and key.
    """
    found = []
    for (own, known_at, reversed_at, lots, keys, amount, one, other), (sign, *codes) in zip(
        flows, terms.tolist(), strict=True
    ):
        counts = _standing(enterprise, as_of, own, known_at, reversed_at)
        counts &= _admitted(codes[0], one) & _admitted(codes[1], other) & (amount != MISSING)
        found.append((lots[counts], keys[counts], sign * amount[counts]))
    lots, keys, amounts = (np.concatenate(each) for each in zip(*found, strict=True))
    pair, first = number(lots, keys)
    left, moved = np.zeros(len(first), np.int64), np.zeros(len(first))
    np.add.at(left, pair, amounts)
    np.add.at(moved, pair, np.abs(amounts.astype(np.float64)))
    there = (left > 0).nonzero()[0]
    there = there[lots[first[there]].argsort()]
    return lots[first[there]], left[there], float(moved.max(initial=0.0))


def about(
    lots: Integers, kinds: int, enterprise: int, as_of: int, columns: tuple[Integers, ...]
) -> tuple[Integers, Integers]:
    """Rows of a table that stand as of a time and are about some lots.

    Parameters
    ----------
    lots : Integers
        Rising.
    kinds : int
        Codes of the kinds of messages that are wanted, as bits.
    enterprise, as_of : int
    columns : tuple of Integers
        ``enterprise_id``, ``known_at``, ``reversed_at``, ``cargo_code`` and ``kind``.

    Returns
    -------
    rows, places : Integers
        And the place of the lot of each.
    """
    own, known_at, reversed_at, of_lot, kind = columns
    chosen = _standing(enterprise, as_of, own, known_at, reversed_at) & _admitted(kinds, kind)
    rows = (chosen & np.isin(of_lot, lots)).nonzero()[0]
    return rows, lots.searchsorted(of_lot[rows])


def latest(
    lots: Integers, kinds: int, enterprise: int, as_of: int, columns: tuple[Integers, ...]
) -> Integers:
    """Row of a table that stands, is about each lot and occurred last, by position among equals.

    Parameters
    ----------
    lots, kinds, enterprise, as_of
        As of :func:`about`.
    columns : tuple of Integers
        Those of :func:`about`, ``occurred_at`` and ``position``.

    Returns
    -------
    Integers
        One a lot, -1 where there is none.
    """
    *first, occurred, position = columns
    rows, places = about(lots, kinds, enterprise, as_of, tuple(first))
    order = np.lexsort((position[rows], occurred[rows]))
    last = np.full(len(lots), -1, np.int64)
    last[places[order]] = rows[order]  # of what is written to one place, the last stays
    return last


def _standing(
    enterprise: int, as_of: int, own: Integers, known_at: Integers, reversed_at: Integers
) -> Flags:
    return np.asarray((own == enterprise) & (known_at <= as_of) & (reversed_at > as_of))


def _admitted(choices: int, codes: Integers) -> Flags:
    known = (codes >= 0) & (codes < CODES)
    return np.asarray(known & ((choices >> np.where(known, codes, 0)) & 1 > 0))
