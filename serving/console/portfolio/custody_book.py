"""The custody book: where all goods lie and what their keepers reported, as of a midnight.

Read from the record once a day and for every lender alike; pages pick out the lender's own cases.
A message counts if it was known by then, unless it was taken back by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from features.calendar import DAY
from features.engine.sums import worth
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.database import among, arrays, bound, columns_of, fetch, placeholder
from supervision.record import Record

YEAR = 365 * DAY
_AT_ONCE = 5_000
"""Lots of which messages are asked for in one query."""

_NEVER = f"({MISSING + 1} - 1)"
"""The smallest integer: PostgreSQL reads its literal as the negative of one that is too large."""
_STANDS = (
    "f.known_at <= {mark} AND NOT EXISTS (SELECT 1 FROM reversal r "
    "WHERE r.target_position = f.position AND r.known_at <= {mark})"
)
_REPORTED = """
SELECT f.warehouse AS warehouse, f.provider_id AS agent, f.enterprise_id AS enterprise,
  SUM(CASE WHEN f.kind = {exception} THEN 1 ELSE 0 END) AS exceptions,
  SUM(CASE WHEN f.kind = {exception} AND f.exception = {mismatch} THEN 1 ELSE 0 END) AS mismatches,
  SUM(CASE WHEN f.kind = {counted} THEN 1 ELSE 0 END) AS counts,
  MAX(CASE WHEN f.kind = {counted} THEN f.occurred_at ELSE {never} END) AS last_count
FROM custody f
WHERE f.kind IN ({exception}, {counted}) AND f.occurred_at > {mark} AND {stands}
GROUP BY f.warehouse, f.provider_id, f.enterprise_id
"""
_BALANCE = """
SELECT enterprise, lot, SUM(quantity) FROM (
  SELECT f.enterprise_id AS enterprise, f.cargo_code AS lot,
    CASE WHEN f.kind = {received} THEN f.quantity ELSE -f.quantity END AS quantity
  FROM custody f WHERE f.kind IN ({received}, {released}) AND {stands}
  UNION ALL
  SELECT f.enterprise_id, f.cargo_code, -f.quantity
  FROM title f WHERE f.kind = {transferred} AND f.in_storage = {yes} AND {stands}
  UNION ALL
  SELECT f.buyer, f.cargo_code, f.quantity
  FROM title f WHERE f.kind = {transferred} AND f.in_storage = {yes} AND {stands}
) AS moved
WHERE enterprise IS NOT NULL AND lot IS NOT NULL
GROUP BY enterprise, lot HAVING SUM(quantity) > 0
"""
_SEEN = """
SELECT f.cargo_code, f.enterprise_id, f.occurred_at, f.position, f.kind, f.warehouse, f.provider_id
FROM custody f WHERE {lots} AND {stands}
"""
_PRICES = """
SELECT f.cargo_code, f.unit_price, f.occurred_at, f.position
FROM valuation f WHERE {lots} AND f.kind = {appraisal} AND {stands}
"""
_REGIONS = """
SELECT f.enterprise_id, f.region, f.occurred_at, f.position
FROM enterprise f WHERE f.region IS NOT NULL AND {stands}
"""
_KEEPING = (
    "warehouse", "agent", "enterprise", "exceptions", "mismatches", "counts", "last_count",
)  # fmt: skip


@dataclass(frozen=True)
class CustodyBook:
    """Where all goods lie, and what their keepers reported.

    Attributes
    ----------
    as_of : int
        A midnight of the port, UTC microseconds.
    lots : Columns
        One row a lot in custody: ``enterprise``, ``lot``, ``value`` (fen, as appraised last),
        ``warehouse`` and ``agent`` of the last custody message about it under the enterprise's
        name, ``confirmed`` (when it was last received or counted); MISSING where there is none.
    keeping : Columns
        One row a warehouse, reporting party and enterprise: its ``exceptions``, those among them
        that are ``mismatches`` of a count, its ``counts`` within 365 days, and its ``last_count``.
    regions : dict of int to int
        Of enterprises, by the numbers of their names.
    """

    as_of: int
    lots: Columns
    keeping: Columns
    regions: dict[int, int]


def read_book(record: Record, as_of: int) -> CustodyBook:
    """Read the whole record; some seconds for millions of messages.

    Parameters
    ----------
    record : Record
    as_of : int
        A midnight of the port, UTC microseconds.

    Raises
    ------
    Overflow
        If the value of a lot is more than int64 holds.
    """
    with record.engine.connect() as connection:
        reading = _Reading(connection, as_of)
        return CustodyBook(as_of, reading.lots(), reading.keeping(), reading.regions())


class _Reading:
    """Queries of one connection, all as of one time."""

    def __init__(self, connection: Connection, as_of: int) -> None:
        self._connection = connection
        self._as_of = as_of
        mark = placeholder(connection)
        self._words = {"mark": mark, "stands": _STANDS.format(mark=mark), "never": _NEVER} | {
            choice: column(stream, "kind").code(choice)
            for stream, choice in (
                ("custody", "exception"), ("custody", "counted"), ("custody", "received"),
                ("custody", "released"), ("title", "transferred"), ("valuation", "appraisal"),
            )
        }  # fmt: skip
        self._words["mismatch"] = column("custody", "exception").code("count_mismatch")
        self._words["yes"] = column("title", "in_storage").code("yes")

    def keeping(self) -> Columns:
        """What was reported of every enterprise, warehouse by warehouse."""
        values = (self._as_of - YEAR, *self._twice)
        sql = _REPORTED.format(**self._words)
        return columns_of(self._connection, sql, _KEEPING, values)

    def lots(self) -> Columns:
        """What lies where."""
        balance = fetch(self._connection, _BALANCE.format(**self._words), self._twice * 3)
        enterprise, lot, quantity = arrays(balance, 3)
        pairs = {(int(of), int(code)): n for n, (of, code, _) in enumerate(balance)}
        found = {
            "enterprise": enterprise,
            "lot": lot,
            "value": np.zeros(len(lot), np.int64),
            **{
                name: np.full(len(lot), MISSING, np.int64)
                for name in ("warehouse", "agent", "confirmed")
            },
        }
        lots = _parts(np.unique(lot).tolist())
        for some in lots:
            self._place(found, pairs, some)
        price = self._prices(lots)
        prices = np.array([price.get(one, 0) for one in lot.tolist()], np.int64)
        found["value"] = worth(quantity, prices)
        return found

    def regions(self) -> dict[int, int]:
        """The region of each enterprise, as it was registered last."""
        rows = fetch(self._connection, _REGIONS.format(**self._words), self._twice)
        return {int(of): int(region) for of, region, *_ in sorted(rows, key=lambda row: row[2:])}

    def _place(
        self, found: Columns, pairs: dict[tuple[int, int], int], lots: Sequence[int]
    ) -> None:
        """Tell where lots lie, by the messages under their holders' names."""
        confirming = (self._words["received"], self._words["counted"])
        for lot, enterprise, at, _, kind, warehouse, agent in self._about(_SEEN, lots):
            n = pairs.get((enterprise, lot))
            if n is None:
                continue
            found["warehouse"][n], found["agent"][n] = warehouse, agent
            if kind in confirming:
                found["confirmed"][n] = at

    def _prices(self, lots: Sequence[Sequence[int]]) -> dict[int, int]:
        """The unit price at which each lot was appraised last, under whoever held it then."""
        found = (self._about(_PRICES, some) for some in lots)
        return {lot: price for rows in found for lot, price, *_ in rows}

    def _about(self, query: str, lots: Sequence[int]) -> list[Any]:
        """Messages about lots, in the order in which they occurred."""
        chosen = among(self._connection, "f.cargo_code")
        sql = query.format(lots=chosen, **self._words)
        rows = fetch(self._connection, sql, (bound(self._connection, lots), *self._twice))
        return sorted(rows, key=lambda row: row[2:4])

    @property
    def _twice(self) -> tuple[int, int]:
        return self._as_of, self._as_of


def _parts(lots: list[int]) -> list[list[int]]:
    return [lots[start : start + _AT_ONCE] for start in range(0, len(lots), _AT_ONCE)]


def own(columns: Columns, enterprises: Integers) -> Columns:
    """Those of the rows that are of some enterprises."""
    chosen = np.isin(columns["enterprise"], enterprises)
    return {name: values[chosen] for name, values in columns.items()}
