"""The messages after a position, kept in memory by whom they concern.

One process reads each new message once, when it is first asked about a later position; from then
on finding those of an enterprise takes no query.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np

from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.holders import distinct, of_market, purchases, take
from supervision.packed.layout import MARKET, OWN
from supervision.packed.store import Shared
from supervision.record import Record
from supervision.tables import REVERSAL

NAMES = dict((*OWN.tables, *MARKET.tables))
"""Columns of each table."""

_REVERSED = ("position", "target_position", "known_at")


class Pieces:
    """Rows as small arrays, by what they are looked up by.

    Parameters
    ----------
    names : tuple of str
        Columns.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._pieces: dict[int, list[Integers]] = defaultdict(list)

    def add(self, rows: Columns, by: Integers) -> None:
        """Keep rows, each under its number in ``by``; those without one are left out."""
        order = np.argsort(by, kind="stable")
        order = order[by[order] != MISSING]
        table = np.stack([rows[name][order] for name in self.names], axis=1)
        keys, starts = np.unique(by[order], return_index=True)
        ends = (*starts[1:].tolist(), len(order))
        for key, start, end in zip(keys.tolist(), starts.tolist(), ends, strict=True):
            self._pieces[key].append(table[start:end])

    def of(self, keys: Collection[int], after: int, up_to: int) -> Integers | None:
        """Rows under some numbers between two positions, shape (rows, columns); None if none.

        The first column is the position.
        """
        if self._pieces.keys().isdisjoint(keys):
            return None
        there = [piece for key in keys if key in self._pieces for piece in self._pieces[key]]
        rows = np.concatenate(there)
        kept = (rows[:, 0] > after) & (rows[:, 0] <= up_to)
        if kept.all():
            return rows
        return rows[kept] if kept.any() else None

    def every(self, key: int) -> list[Integers]:
        """All pieces under a number."""
        return self._pieces.get(key, [])

    def keys(self) -> set[int]:
        """All numbers under which there are rows."""
        return set(self._pieces)


class Tail:
    """What came after a position, and grows as the record does.

    Rows stand as they were reported: whether they were reversed later is told apart.

    Parameters
    ----------
    record : Record
    shared : Shared
        What was packed, and after what position the tail begins.

    Attributes
    ----------
    after, up_to : int
        The messages of these positions are there, the first excluded.
    newest_number : int
        What has a greater number was never named before the tail.
    rows : dict of str to Pieces
        By enterprise; ``purchase`` by buyer, ``appraisal`` by lot.
    reversals : dict of str to Pieces
        Of rows of each table, by the same.
    lots : Pieces
        Lots that those rows name, by enterprise.
    market_moved_at : int
        Position of the last message that changed the market's prices; ``after`` if none did.
    """

    def __init__(self, record: Record, shared: Shared) -> None:
        self._record = record
        self.after = self.up_to = self.market_moved_at = shared.position
        self.newest_number = shared.newest_number
        self.rows = {name: Pieces(names) for name, names in OWN.tables if name != "lots"}
        self.reversals = {name: Pieces(_REVERSED) for name in self.rows}
        self.lots = Pieces(("lot", "owner", "commodity"))
        self._market = [shared.market]
        self._market_reversals: list[Columns] = []
        self._earlier: dict[int, Integers] = {}

    def extend(self, up_to: int) -> None:
        """Read what came since, up to a position."""
        newest = self._record.newest()
        up_to = min(up_to, max(newest.values()))
        moved = [table for table, position in newest.items() if position > self.up_to]
        for stream in moved:
            if stream != REVERSAL.name:
                for rows in self._record.scan(stream, self.up_to, up_to):
                    self._add(stream, rows)
        if REVERSAL.name in moved:
            for stream, reversals in self._record.reversals(self.up_to, up_to).items():
                self._reverse(stream, reversals, up_to)
        self.up_to = max(up_to, self.up_to)

    def earlier(self, lots: Sequence[int]) -> Integers | None:
        """Valuations of lots from before the tail, in the columns of ``appraisal``."""
        older = [lot for lot in lots if lot <= self.newest_number]
        fresh = [lot for lot in older if lot not in self._earlier]
        if fresh:
            valued = self._record.rows("valuation", "cargo_code", fresh, self.after)
            rows = take(valued, ~of_market(valued))
            table = np.stack([rows[name] for name in NAMES["appraisal"]], axis=1)
            for lot in fresh:
                self._earlier[lot] = table[rows["cargo_code"] == lot]
        there = [self._earlier[lot] for lot in older]
        return np.concatenate(there) if there else None

    def market(self, up_to: int) -> Columns:
        """The market's prices as of a position that lies at or after ``after``."""
        whole = {n: np.concatenate([rows[n] for rows in self._market]) for n in NAMES["market"]}
        rows = take(whole, whole["position"] <= up_to)
        order = np.argsort(rows["position"])
        for some in self._market_reversals:
            seen = take(some, some["position"] <= up_to)
            place = np.searchsorted(rows["position"], seen["target_position"], sorter=order)
            rows["reversed_at"][order[place]] = seen["known_at"]
        return rows

    def _add(self, stream: str, rows: Columns) -> None:
        rows = {**rows, "reversed_at": np.full(len(rows["position"]), NEVER)}
        for table, part, by in _laid_out(stream, rows):
            if table == "market":
                self._market.append(part)
                self._moved(part)
                continue
            self.rows[table].add(part, part[by])
            if table in ("custody", "title", "purchase"):
                self._add_lots(part)

    def _add_lots(self, rows: Columns) -> None:
        pairs = distinct(rows["enterprise_id"], rows["cargo_code"])
        lots = self._record.lots(np.unique(pairs[1]).tolist())
        if not len(lots["lot"]):
            return
        place = np.minimum(np.searchsorted(lots["lot"], pairs[1]), len(lots["lot"]) - 1)
        known = lots["lot"][place] == pairs[1]
        self.lots.add(take(lots, place[known]), pairs[0][known])

    def _reverse(self, stream: str, reversals: Columns, up_to: int) -> None:
        targets = self._record.rows(
            stream, "position", reversals["target_position"].tolist(), up_to
        )
        order = np.argsort(reversals["target_position"])
        for table, part, by in _laid_out(stream, targets):
            place = np.searchsorted(reversals["target_position"][order], part["position"])
            of_part = take(reversals, order[place])
            if table == "market":
                self._market_reversals.append(of_part)
                self._moved(of_part)
            else:
                self.reversals[table].add(of_part, part[by])

    def _moved(self, rows: Columns) -> None:
        self.market_moved_at = max(self.market_moved_at, int(rows["position"].max()))


def _laid_out(stream: str, rows: Columns) -> Sequence[tuple[str, Columns, str]]:
    """A stream's rows as the tables in which they stand, and by what each is looked up."""
    if stream == "title":
        return (
            ("title", rows, "enterprise_id"),
            ("purchase", purchases(rows), "enterprise_id"),
        )
    if stream != "valuation":
        return ((stream, rows, "enterprise_id"),)
    is_market = of_market(rows)
    parts = (
        ("market", take(rows, is_market), "hs_code"),
        ("appraisal", take(rows, ~is_market), "cargo_code"),
    )
    return tuple(part for part in parts if len(part[1]["position"]))
