"""The cases of a lender: every enterprise that it has scored and that consents to it now."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Engine

from serving.access.consents import Matter
from serving.access.row_security import as_tenant
from supervision.database import fetch, placeholder

_CASES = """
SELECT {columns}
FROM case_standing s
WHERE s.tenant = {mark} AND EXISTS (
  SELECT 1 FROM consent_event g
  WHERE g.enterprise_id = s.enterprise_id AND g.bank = s.tenant AND g.kind = 'granted'
    AND g.at <= {mark} AND g.expires_at > {mark} AND ' ' || g.scope || ' ' LIKE {mark}
    AND NOT EXISTS (
      SELECT 1 FROM consent_event r
      WHERE r.event = g.consent_id || '/revoked' AND r.at <= {mark}))
"""
"""In the driver's own SQL: rows of SQLAlchemy's take half as long again."""


class Case(NamedTuple):
    """An enterprise that a lender has scored, by its newest score.

    A tuple, because twenty thousand of them are made for one page.

    Attributes
    ----------
    enterprise_id, score_id : str
    as_of : int
        Of the newest score, UTC microseconds.
    status : str
        ``scored`` or ``insufficient_data``.
    reference : str or None
        The lender's own.
    score : int or None
    grade : str or None
    pd : float or None
        By which the grade was given.
    limit_fen : int or None
    binding : str or None
        What binds the limit.
    goods : str or None
        Where the goods stand: ``above`` both lines, below ``alert`` or ``close_out``.
    missing_fen : int or None
        What the goods lack of the alert line.
    former_as_of : int or None
        Of the last score of an earlier month.
    former_score : int or None
    former_grade : str or None
    """

    enterprise_id: str
    score_id: str
    as_of: int
    status: str
    reference: str | None
    score: int | None
    grade: str | None
    pd: float | None
    limit_fen: int | None
    binding: str | None
    goods: str | None
    missing_fen: int | None
    former_as_of: int | None
    former_score: int | None
    former_grade: str | None

    @property
    def moved(self) -> int | None:
        """Points since the last score of an earlier month."""
        if self.score is None or self.former_score is None:
            return None
        return self.score - self.former_score


def cases_of(ledger: Engine, tenant: str, now: int) -> list[Case]:
    """All cases of a lender, in no order.

    Parameters
    ----------
    ledger : Engine
    tenant : str
    now : int
        UTC microseconds: consents that do not hold then hide their enterprise.
    """
    return list(map(Case._make, rows_of(ledger, tenant, now, Case._fields)))


def rows_of(ledger: Engine, tenant: str, now: int, columns: Sequence[str]) -> list[Any]:
    """Some columns of the rows of all cases of a lender.

    Parameters
    ----------
    ledger : Engine
    tenant : str
    now : int
        UTC microseconds.
    columns : sequence of str
        Of ``case_standing``.
    """
    with ledger.connect() as connection:
        as_tenant(connection, tenant)
        chosen = ", ".join(f"s.{name}" for name in columns)
        sql = _CASES.format(columns=chosen, mark=placeholder(connection))
        scores = f"% {Matter.SCORES.value} %"
        return fetch(connection, sql, (tenant, now, now, scores, now))
