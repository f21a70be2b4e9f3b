"""The answers that a lender was given about one enterprise, from the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from serving.access.row_security import as_tenant
from serving.ledger import SCORE

MOST = 60
"""Newest answers of an enterprise that a page looks at: five years of month ends."""

_NEWEST = (
    sa.select(SCORE.c.score_id, SCORE.c.as_of, SCORE.c.record_position, SCORE.c.document)
    .where(
        SCORE.c.enterprise_id == sa.bindparam("enterprise_id"),
        SCORE.c.tenant == sa.bindparam("tenant"),
    )
    .order_by(SCORE.c.as_of.desc(), SCORE.c.number.desc())
    .limit(MOST)
)


@dataclass(frozen=True)
class Answer:
    """One answer as it was given.

    Attributes
    ----------
    score_id : str
    as_of : int
        UTC microseconds.
    position : int
        Newest of the record that it could see.
    told : mapping
        The document. Forms of earlier versions lack some fields.
    """

    score_id: str
    as_of: int
    position: int
    told: Mapping[str, Any]

    @property
    def is_scored(self) -> bool:
        """Whether there is a score; else too little was known."""
        return bool(self.told["status"] == "scored")


def answers_of(ledger: Engine, tenant: str, enterprise_id: str) -> tuple[Answer, ...]:
    """Answers that a lender was given about an enterprise, the oldest first, one an as-of."""
    with ledger.connect() as connection:
        as_tenant(connection, tenant)
        bound = {"enterprise_id": enterprise_id, "tenant": tenant}
        rows = connection.execute(_NEWEST, bound).all()
    kept: dict[int, Answer] = {}
    for score_id, as_of, position, document in rows:
        if as_of not in kept:  # of answers of one as-of the last one counts
            kept[as_of] = Answer(score_id, as_of, position, orjson.loads(document))
    return tuple(kept[as_of] for as_of in sorted(kept))
