"""Reading all that concerns one enterprise: its packed base, and what came since."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.packed.layout import OWN
from supervision.packed.store import PackedMissing, PackedStore
from supervision.packed.tail import NAMES, Tail
from supervision.record import Record

MOST = 200_000
"""Messages that a process keeps in memory at most; after more, the enterprises are packed anew."""

_Seen = tuple[int, int]
"""The positions between which messages are wanted, the first excluded."""

_CUSTODY_LOT = NAMES["custody"].index("cargo_code")
_PURCHASE_LOT = NAMES["purchase"].index("cargo_code")
_PURCHASE_IN_STORAGE = NAMES["purchase"].index("in_storage")
_APPRAISAL_ENTERPRISE = NAMES["appraisal"].index("enterprise_id")
_LOTS = ("lot", "owner", "commodity")
_IN_STORAGE = column("title", "in_storage").code("yes")


@dataclass(frozen=True)
class Own:
    """All messages that concern one enterprise.

    Attributes
    ----------
    tables : dict of str to Columns
        The streams under the enterprise, ``purchase`` (what it bought) and ``appraisal``
        (valuations of the lots that it ever held), without ``batch`` and ``recorded_at``.
    lots : Columns
        ``lot``, ``owner`` and ``commodity`` of the lots that they name.
    """

    tables: dict[str, Columns]
    lots: Columns


class PackedReader:
    """Reads enterprises from the packed file and from a tail in memory; shared by threads.

    Parameters
    ----------
    record : Record
    store : PackedStore
        A complete file of that record.
    """

    def __init__(self, record: Record, store: PackedStore) -> None:
        self._record = record
        self._store = store
        self._extending = threading.Lock()
        self._tail = Tail(record, store.shared())
        self._complete = self._tail.after

    @classmethod
    def open(cls, record: Record, path: Path) -> Self:
        """Open the packed file of a record.

        Raises
        ------
        PackedMissing
            If there is none of this record, in this form.
        """
        if not path.exists():
            raise PackedMissing(path, "no file")
        return cls(record, PackedStore.open(path, record.identity()))

    def close(self) -> None:
        """Let go of the file; the record stays open."""
        self._store.close()

    def own(self, enterprise: int, up_to: int) -> Own | None:
        """All messages that concern an enterprise.

        Parameters
        ----------
        enterprise : int
            Number of its name.
        up_to : int
            Only messages and reversals up to this position.

        Returns
        -------
        Own or None
            None where the position is before the packed base, or too long after it: then the
            record has to be read itself.

        Raises
        ------
        PackedMissing
            If the file cannot be read any more.
        """
        # The tail first: a base may be newer than where the tail begins, never older.
        tail = self._reaching(up_to)
        if tail is None:
            return None
        base = self._store.base(enterprise)
        self._complete = base.complete
        if base.position is None:
            return _own(OWN.empty(), tail, enterprise, (tail.after, up_to))
        if up_to < base.position:
            return None
        tables = OWN.decode(base.written)
        return _own(tables, tail, enterprise, (base.position, up_to))

    def market_moved_at(self, up_to: int) -> int | None:
        """Position of the last message that changed the market's prices.

        None where the record itself has to be read to know the prices as of ``up_to``.
        """
        tail = self._reaching(up_to)
        return None if tail is None or tail.market_moved_at > up_to else tail.market_moved_at

    def market(self, moved_at: int) -> Columns | None:
        """The market's prices as of a position, which :meth:`market_moved_at` gave."""
        tail = self._reaching(moved_at)
        return None if tail is None else tail.market(moved_at)

    @property
    def complete(self) -> int:
        """Position up to which everyone is packed."""
        return self._complete

    def tail(self, up_to: int) -> Tail:
        """What came after the packed base, up to a position.

        Raises
        ------
        ValueError
            If that is not at or after the base, or more than :data:`MOST` messages after it.
        """
        tail = self._reaching(up_to)
        if tail is None:
            raise ValueError(f"expected a position that the tail reaches, found {up_to}")
        return tail

    def _reaching(self, up_to: int) -> Tail | None:
        """The tail, extended to a position; None if the position cannot be reached from it."""
        with self._extending:
            if up_to - self._tail.after > MOST:
                self._complete = self._store.complete() or 0
            if self._complete > self._tail.after:
                self._tail = Tail(self._record, self._store.shared())
            if not self._tail.after <= up_to <= self._tail.after + MOST:
                return None
            if up_to > self._tail.up_to:
                self._extend(up_to)
            return self._tail

    def _extend(self, up_to: int) -> None:
        try:
            self._tail.extend(up_to)
        except BaseException:  # perhaps a part was read: begin again
            self._tail = Tail(self._record, self._store.shared())
            raise


def _own(tables: dict[str, Columns], tail: Tail, enterprise: int, seen: _Seen) -> Own:
    """Put together what the base holds and what came between two positions."""
    lots = tables.pop("lots")
    rows: dict[str, Integers] = {}
    for name, pieces in tail.rows.items():
        if name != "appraisal" and (some := pieces.of((enterprise,), *seen)) is not None:
            rows[name] = some
    held = lots["lot"][lots["held"] > 0].tolist()
    new = sorted(_held(rows).difference(held))
    appraisals = _appraisals(tail, (held, new), enterprise, seen)
    if appraisals is not None:
        rows["appraisal"] = appraisals
    for name, some in rows.items():
        tables[name] = _with_rows(tables[name], some)
    for name, pieces in tail.reversals.items():
        keys = (*held, *new) if name == "appraisal" else (enterprise,)
        reversals = pieces.of(keys, tail.after, seen[1])
        if reversals is not None:
            _reverse(tables[name], reversals)
    return Own(tables, _lots(lots, tail.lots.every(enterprise)))


def _held(rows: dict[str, Integers]) -> set[int]:
    """Lots that rows of custody and of purchases show as held."""
    found: set[int] = set()
    custody, purchase = rows.get("custody"), rows.get("purchase")
    if custody is not None:
        found |= set(custody[:, _CUSTODY_LOT].tolist())
    if purchase is not None:
        stored = purchase[:, _PURCHASE_IN_STORAGE] == _IN_STORAGE
        found |= set(purchase[stored, _PURCHASE_LOT].tolist())
    return found - {MISSING}


def _appraisals(
    tail: Tail, lots: tuple[list[int], list[int]], enterprise: int, seen: _Seen
) -> Integers | None:
    """Valuations that are not in the base: of lots held before it, and of those held since."""
    held, new = lots
    valued = tail.rows["appraisal"]
    parts = (valued.of(held, *seen), valued.of(new, tail.after, seen[1]), tail.earlier(new))
    there = [part for part in parts if part is not None]
    if not there:
        return None
    rows = np.concatenate(there)
    rows[:, _APPRAISAL_ENTERPRISE] = enterprise
    return rows


def _with_rows(columns: Columns, rows: Integers) -> Columns:
    """Columns with rows appended, given in the order of the columns."""
    (count,) = columns["position"].shape
    whole = np.empty((len(columns), count + len(rows)), np.int64)
    whole[:, :count] = list(columns.values())
    whole[:, count:] = rows.T
    return dict(zip(columns, whole, strict=True))


def _reverse(columns: Columns, reversals: Integers) -> None:
    for _, target, known_at in reversals.tolist():
        columns["reversed_at"][columns["position"] == target] = known_at


def _lots(base: Columns, pieces: list[Integers]) -> Columns:
    """Lots of the base, and those that came since, each once."""
    if not pieces:
        return {name: base[name] for name in _LOTS}
    known = set(base["lot"].tolist())
    rows = {row[0]: row for piece in pieces for row in piece.tolist() if row[0] not in known}
    new = np.array(list(rows.values()), np.int64).reshape(-1, len(_LOTS))
    return {name: np.concatenate([base[name], new[:, place]]) for place, name in enumerate(_LOTS)}
