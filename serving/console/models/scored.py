"""What a model answered about a lender's cases: the rows by which it is watched."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.access.row_security import as_tenant
from serving.console.cases import Case
from serving.console.figures.times import local
from serving.ledger import SCORE

MOST = 300
"""Cases that are looked at: more would make the page wait, and not say much more."""
MONTHS = 12
"""Months of scores that are looked at."""

_ANSWERS = (
    sa.select(SCORE.c.enterprise_id, SCORE.c.as_of, SCORE.c.score_id)
    .where(
        SCORE.c.enterprise_id.in_(sa.bindparam("enterprises", expanding=True)),
        SCORE.c.tenant == sa.bindparam("tenant"),
        SCORE.c.model_hash == sa.bindparam("model"),
        SCORE.c.status == "scored",
        SCORE.c.as_of <= sa.bindparam("today"),
    )
    .order_by(SCORE.c.enterprise_id, SCORE.c.as_of.desc(), SCORE.c.number.desc())
)
_DOCUMENTS = sa.select(SCORE.c.score_id, SCORE.c.document).where(
    SCORE.c.score_id.in_(sa.bindparam("ids", expanding=True))
)
_AT_ONCE = 500


@dataclass(frozen=True)
class Answered:
    """Which answer, of whom, as of when.

    Attributes
    ----------
    enterprise_id : str
    as_of : int
        UTC microseconds.
    score_id : str
    """

    enterprise_id: str
    as_of: int
    score_id: str

    @property
    def month(self) -> tuple[int, int]:
        """Year and month at whose end, or in which, it was asked."""
        at = local(self.as_of - 1)  # a month's end is the first midnight of the next
        return at.year, at.month


@dataclass(frozen=True)
class Scored:
    """One score.

    Attributes
    ----------
    answered : Answered
    score : float
        Points.
    grade : str
    pd : float
        Point in time.
    grading_pd : float
        By which the grade was given.
    defaulted : bool
        A default was in force: nothing was left to foretell.
    values : mapping of str to float or None
        By feature; what the answer withheld from lenders is left out.
    """

    answered: Answered
    score: float
    grade: str
    pd: float
    grading_pd: float
    defaulted: bool
    values: Mapping[str, float | None]

    @classmethod
    def of(cls, answered: Answered, told: Mapping[str, Any]) -> Self:
        """From an answer's document; forms of earlier versions lack some fields."""
        by_cycle = told.get("graded_by") == "through_the_cycle"
        lasting = told.get("pd_through_the_cycle") if by_cycle else None
        return cls(
            answered=answered,
            score=told["score_micro_points"] / 1_000_000,
            grade=told["grade"],
            pd=told["pd"],
            grading_pd=told["pd"] if lasting is None else lasting,
            defaulted=bool(told.get("default_in_force")),
            values={
                point["feature"]: point["value"]
                for point in told["points"]
                if not point.get("withheld")
            },
        )


def drawn(cases: Sequence[Case]) -> list[str]:
    """Enterprises of at most so many cases, the same ones at every look.

    They are drawn by a hash of the code: in the order of codes a region would stand for all.
    """
    codes = sorted(case.enterprise_id for case in cases)
    if len(codes) > MOST:
        codes.sort(key=lambda code: hashlib.sha256(code.encode()).digest())
    return codes[:MOST]


def answers_by(
    ledger: Engine, tenant: str, enterprises: Sequence[str], model_hash: str, today: int
) -> list[Answered]:
    """Answers of one model about some enterprises, each one's newest first, one a month.

    Parameters
    ----------
    ledger : Engine
    tenant : str
        The lender that was answered.
    enterprises : sequence of str
    model_hash : str
    today : int
        UTC microseconds: answers as of later are left out.
    """
    if not enterprises:
        return []
    bound = {"enterprises": list(enterprises), "tenant": tenant, "model": model_hash}
    with ledger.connect() as connection:
        as_tenant(connection, tenant)
        rows = connection.execute(_ANSWERS, {**bound, "today": today}).all()
    kept: dict[tuple[str, tuple[int, int]], Answered] = {}
    for row in rows:
        one = Answered(*row)
        kept.setdefault((one.enterprise_id, one.month), one)
    return list(kept.values())


def read_scores(ledger: Engine, tenant: str, wanted: Sequence[Answered]) -> list[Scored]:
    """The scores of some answers, in their order."""
    told: dict[str, Scored] = {}
    by_id = {one.score_id: one for one in wanted}
    ids = list(by_id)
    with ledger.connect() as connection:
        as_tenant(connection, tenant)
        for start in range(0, len(ids), _AT_ONCE):
            told |= _read(connection, ids[start : start + _AT_ONCE], by_id)
    return [told[score_id] for score_id in ids]


def _read(
    connection: Connection, ids: list[str], by_id: Mapping[str, Answered]
) -> dict[str, Scored]:
    rows = connection.execute(_DOCUMENTS, {"ids": ids})
    return {row[0]: Scored.of(by_id[row[0]], orjson.loads(row[1])) for row in rows}
