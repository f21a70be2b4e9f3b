"""The verification: whether the audit log and the scores are what was written.

It recomputes every hash. What was edited, taken out or put elsewhere since it was sealed is
found, in the audit log, in the chain of seals and in the scores that the log tells of. Rows at the
very end that were taken out of all three at once leave no trace inside the database: name the
newest hash of an earlier verification, and they show.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from serving.audit.log import AUDIT, SCORED, digest_of
from serving.audit.seals import CHAIN, unsealed
from serving.ledger import SCORE
from supervision.chain import FIRST, BrokenChain
from supervision.database import is_sqlite
from supervision.errors import UsageError

MOST_FAULTS = 50
_HASH = re.compile("[0-9a-f]{16,64}")
_AT_ONCE = 500


@dataclass(frozen=True)
class Verified:
    """What a verification found.

    Attributes
    ----------
    sealed : int
        Rows of the audit log with a seal.
    newest_hash : str
        Of the last seal; zeros where there is none.
    unsealed : int
        Rows at the end that have no seal yet.
    unsealed_since : int or None
        When the oldest of these was written, UTC microseconds.
    scores : int
        Scores that the log tells of.
    unaudited : int
        Scores from before there was an audit log.
    faults : tuple of str
        What is not as it was written, the first of them; none is good.
    """

    sealed: int
    newest_hash: str
    unsealed: int
    unsealed_since: int | None
    scores: int
    unaudited: int
    faults: tuple[str, ...]


def verify(engine: Engine, known: str | None = None) -> Verified:
    """Look through the whole log.

    Parameters
    ----------
    engine : Engine
        Of the ledger.
    known : str or None
        Hash of a seal that was noted earlier, or at least its first 16 digits: it must still be
        in the chain.

    Raises
    ------
    UsageError
        If ``known`` is no such hash.
    """
    if known is not None and not _HASH.fullmatch(known):
        raise UsageError(
            f"expected a seal's hash, or its first 16 hexadecimal digits or more, found "
            f"{known!r:.80}; copy it from an earlier verification"
        )
    look = _Look(known)
    with _as_one_moment(engine) as connection:
        for seals in _some(look.seals(connection)):
            look.compare(connection, seals)
        tail = list(connection.execute(unsealed()).scalars())
        for numbers in _some(iter(tail)):
            look.scores_of(connection, _audit_rows(connection, numbers).values())
        since = _written_at(connection, tail[0]) if tail else None
        unaudited = look.scores_without_a_row(connection)
    if known is not None and not look.known_found:
        look.fault(f"seal {known[:16]}... is no longer in the chain: rows at its end are missing")
    return Verified(
        sealed=look.sealed,
        newest_hash=look.newest_hash,
        unsealed=len(tail),
        unsealed_since=since,
        scores=look.scores,
        unaudited=unaudited,
        faults=tuple(look.faults),
    )


class _Look:
    """One look through the log."""

    def __init__(self, known: str | None) -> None:
        self.sealed = self.scores = 0
        self.newest_hash = FIRST
        self.known = known
        self.known_found = known is not None and FIRST.startswith(known)
        self.faults: list[str] = []
        self._first_score: int | None = None

    def fault(self, text: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(text)

    def seals(self, connection: Connection) -> Iterator[dict[str, Any]]:
        """The chain, as far as it holds."""
        try:
            for row in CHAIN.rows(connection):
                self.sealed += 1
                self.newest_hash = str(row["hash"])
                if self.known is not None and self.newest_hash.startswith(self.known):
                    self.known_found = True
                yield row
        except BrokenChain as error:
            self.fault(f"seal {error.position} is not what was written, or one before it is gone")

    def compare(self, connection: Connection, seals: list[dict[str, Any]]) -> None:
        """Compare the rows of the log with their seals, and the scores with the rows."""
        rows = _audit_rows(connection, [one["audit_number"] for one in seals])
        for one in seals:
            row = rows.get(one["audit_number"])
            if row is None:
                self.fault(f"row {one['audit_number']} of the audit log was taken out")
            elif digest_of(row) != one["audit_digest"]:
                self.fault(f"row {one['audit_number']} of the audit log was changed")
        self.scores_of(connection, rows.values())

    def scores_of(self, connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        """Compare scores with the rows of the log that tell of them."""
        told = {row["subject"]: row["digest"] for row in rows if row["action"] == SCORED}
        query = sa.select(SCORE).where(SCORE.c.score_id.in_(list(told)))
        there = {row["score_id"]: dict(row) for row in connection.execute(query).mappings()}
        self.scores += len(told)
        for score_id, digest in told.items():
            score = there.get(score_id)
            if score is None:
                self.fault(f"score {score_id} was taken out")
                continue
            number = score.pop("number")
            if self._first_score is None or number < self._first_score:
                self._first_score = number
            if digest_of(score) != digest:
                self.fault(f"score {score_id} was changed")

    def scores_without_a_row(self, connection: Connection) -> int:
        """Find scores that the log does not tell of; how many are older than the log."""
        tells = (AUDIT.c.subject == SCORE.c.score_id) & (AUDIT.c.action == SCORED)
        query = sa.select(SCORE.c.number, SCORE.c.score_id).where(AUDIT.c.number.is_(None))
        query = query.select_from(SCORE.outerjoin(AUDIT, tells))
        older = 0
        for number, score_id in connection.execute(query.order_by(SCORE.c.number)):
            if self._first_score is None or number < self._first_score:
                older += 1
            else:
                self.fault(f"score {score_id} has no row in the audit log")
        return older


def _as_one_moment(engine: Engine) -> Connection:
    """A connection whose reads all see the database as at the first of them."""
    connection = engine.connect()
    if is_sqlite(engine):
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ")


def _audit_rows(connection: Connection, numbers: list[int]) -> dict[int, dict[str, Any]]:
    query = sa.select(AUDIT).where(AUDIT.c.number.in_(numbers))
    return {row["number"]: dict(row) for row in connection.execute(query).mappings()}


def _written_at(connection: Connection, number: int) -> int:
    return int(
        connection.execute(sa.select(AUDIT.c.at).where(AUDIT.c.number == number)).scalar_one()
    )


def _some(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
