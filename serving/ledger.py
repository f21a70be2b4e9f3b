"""The ledger: an append-only log in which every answer stands before it is given.

The table refuses every change by triggers, on SQLite and on PostgreSQL alike, so that a mistake
in a program or at a terminal cannot alter what a bank was told. An answer is stored as the very
text that was sent.
"""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from serving.errors import LedgerFailure
from supervision.append_only import AppendOnly
from supervision.database import engine_of, first_line, writing

METADATA = sa.MetaData()
SCORE = sa.Table(
    "score",
    METADATA,
    sa.Column(
        "number",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sa.Column("score_id", sa.String(36), nullable=False, unique=True),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("record_position", sa.BigInteger, nullable=False),
    sa.Column("model_hash", sa.String(64), nullable=False),
    sa.Column("catalogue_hash", sa.String(64), nullable=False),
    sa.Column("policy_hash", sa.String(64), nullable=False),
    sa.Column("client_reference", sa.String(64)),
    sa.Column("document", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row an answer, scored or not."""

_KEPT = AppendOnly(SCORE, "the score log", unique=("score_id", "number"), key=4_717_001)


@dataclass(frozen=True)
class Entry:
    """One answer, as it enters the ledger.

    Attributes
    ----------
    score_id, enterprise_id, status : str
    as_of, answered_at : int
        UTC microseconds.
    record_position : int
        Newest message of the record that the answer could see.
    model_hash, catalogue_hash, policy_hash : str
    client_reference : str or None
    document : bytes
        Canonical JSON, as sent.
    """

    score_id: str
    enterprise_id: str
    status: str
    as_of: int
    answered_at: int
    record_position: int
    model_hash: str
    catalogue_hash: str
    policy_hash: str
    client_reference: str | None
    document: bytes


class Ledger:
    """The log of answers.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Of a database that has the tables; see :meth:`open`.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Self:
        """Open a ledger and create its tables and triggers where they are missing.

        Raises
        ------
        UsageError
            If the URL names no database that a ledger can live in.
        LedgerFailure
            If the database cannot be reached or written.
        """
        engine: sa.Engine | None = None
        try:
            engine = engine_of(url, create=True)
            with writing(engine).begin() as connection:
                _KEPT.create(connection)
        except (SQLAlchemyError, OSError) as error:
            if engine is not None:
                engine.dispose()
            raise LedgerFailure(
                f"ledger: expected a database that can be written, found {first_line(error)}; "
                "check --ledger and the folder's permissions"
            ) from error
        return cls(engine)

    def append(self, entry: Entry) -> None:
        """Write one answer; when this returns, it is on disk.

        Raises
        ------
        LedgerFailure
            If the row was not committed: then the answer must not be given.
        """
        row = {**vars(entry), "document": entry.document.decode()}
        try:
            with writing(self._engine).begin() as connection:
                connection.execute(sa.insert(SCORE), row)
        except SQLAlchemyError as error:
            raise LedgerFailure(
                "ledger: the answer could not be logged, so it is not given: "
                f"{first_line(error)}; try again, and look at the ledger's disk if it persists"
            ) from error

    def document(self, score_id: str) -> bytes | None:
        """Return the answer that was given under this id, byte for byte.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        query = sa.select(SCORE.c.document).where(SCORE.c.score_id == score_id)
        try:
            with self._engine.connect() as connection:
                found = connection.execute(query).scalar_one_or_none()
        except SQLAlchemyError as error:
            raise LedgerFailure(
                f"ledger: expected to read it, found {first_line(error)}; try again"
            ) from error
        return None if found is None else str(found).encode()

    def close(self) -> None:
        """Give back the database's connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
