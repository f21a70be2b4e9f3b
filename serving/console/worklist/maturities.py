"""The lender's own facilities that mature soon, read from the record."""

from dataclasses import dataclass
from functools import lru_cache

from features.calendar import DAY, midnight
from supervision.contract.columns import column
from supervision.database import fetch, placeholder
from supervision.record import Record

AHEAD = 60
"""Days that the calendar looks ahead."""
_MINUTE = 60_000_000
_KINDS = ("facility", "extended", "closed")
_ENDS = """
SELECT e.text, n.text, f.amount, f.matures_at
FROM financing f
JOIN name e ON e.number = f.enterprise_id
JOIN name n ON n.number = f.facility
WHERE f.lender = {mark} AND f.kind IN ({facility}, {extended})
  AND f.position <= {mark} AND f.known_at <= {mark}
  AND f.matures_at >= {mark} AND f.matures_at < {mark}
  AND NOT EXISTS (SELECT 1 FROM reversal r WHERE r.target_position = f.position)
  AND NOT EXISTS (
    SELECT 1 FROM financing l
    WHERE l.enterprise_id = f.enterprise_id AND l.facility = f.facility AND l.lender = f.lender
      AND l.kind = {extended} AND l.matures_at IS NOT NULL
      AND l.position > f.position AND l.position <= {mark} AND l.known_at <= {mark}
      AND NOT EXISTS (SELECT 1 FROM reversal r WHERE r.target_position = l.position))
  AND NOT EXISTS (
    SELECT 1 FROM financing c
    WHERE c.enterprise_id = f.enterprise_id AND c.facility = f.facility AND c.lender = f.lender
      AND c.kind = {closed} AND c.position <= {mark} AND c.known_at <= {mark}
      AND NOT EXISTS (SELECT 1 FROM reversal r WHERE r.target_position = c.position))
ORDER BY f.matures_at, f.position
"""
"""A facility's end as it was last stated, unless it was closed."""


@dataclass(frozen=True)
class Maturity:
    """One facility's end.

    Attributes
    ----------
    enterprise_id, facility : str
    amount_fen : int
        As agreed, not as drawn.
    matures_at : int
        UTC microseconds.
    """

    enterprise_id: str
    facility: str
    amount_fen: int
    matures_at: int


def maturities(record: Record, lender: str, today: int) -> tuple[Maturity, ...]:
    """Facilities of one lender that end within the days ahead, the nearest first.

    One that was extended ends when the extension says; one that was closed is left out. What other
    lenders reported is not looked at.

    Parameters
    ----------
    record : Record
    lender : str
        As it names itself in its own reports.
    today : int
        UTC microseconds.
    """
    newest = record.newest().get("financing", 0)
    return _read(record, lender, today // _MINUTE * _MINUTE, newest)


@lru_cache(maxsize=32)
def _read(record: Record, lender: str, now: int, newest: int) -> tuple[Maturity, ...]:
    number = record.number_of([lender]).get(lender)
    if number is None:
        return ()
    code = {kind: column("financing", "kind").code(kind) for kind in _KINDS}
    with record.engine.connect() as connection:
        sql = _ENDS.format(mark=placeholder(connection), **code)
        today = midnight(now)
        values = (number, newest, now, today, today + AHEAD * DAY, newest, now, newest, now)
        return tuple(Maturity(*row) for row in fetch(connection, sql, values))
