"""The ledger: an append-only log in which every answer stands before it is given.

The tables refuse every change by triggers, on SQLite and on PostgreSQL alike, so that a mistake
in a program or at a terminal cannot alter what a bank was told. An answer is stored as the very
text that was sent; it, its audit row and its idempotency key commit together or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from serving import kept_policies, keys
from serving.access.row_security import as_tenant, protect
from serving.audit import log, seals
from serving.audit.log import SCORED, Event, digest_of, note
from serving.claims import claimed_file, claimed_in
from serving.errors import LedgerFailure
from serving.keys import Key, Outcome, in_flight
from supervision.append_only import AppendOnly
from supervision.database import add, engine_of, first_line, is_sqlite, writing

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
    sa.Column("tenant", sa.String(64), nullable=False, server_default="open"),
    sa.Column("client_id", sa.String(200), nullable=False, server_default="open"),
    sa.Column("consent_id", sa.String(64)),
    sa.Column("request", sa.Text),
    sa.Column("enterprise_number", sa.BigInteger),
    sqlite_autoincrement=True,
)
"""One row an answer, scored or not."""

_SCORES = AppendOnly(SCORE, "the score log", unique=("score_id", "number"), key=4_717_001)
_TABLES = (_SCORES, log.KEPT, seals.KEPT, keys.KEPT, kept_policies.KEPT)


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
    tenant, client_id : str
        Whose it is, and who asked; ``open`` where nobody has to say who they are.
    consent_id : str or None
    request : bytes or None
        What was asked, canonical JSON; None of an answer from before it was kept.
    enterprise_number : int or None
        Number of the enterprise's name in the record; None where it had never met the name.
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
    tenant: str = "open"
    client_id: str = "open"
    consent_id: str | None = None
    request: bytes | None = None
    enterprise_number: int | None = None

    def row(self) -> dict[str, Any]:
        """The entry as a row of the table."""
        request = None if self.request is None else self.request.decode()
        return {**vars(self), "document": self.document.decode(), "request": request}

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """A row of the table as an entry."""
        told = {name: row[name] for name in cls.__dataclass_fields__}
        request = None if told["request"] is None else str(told["request"]).encode()
        return cls(**{**told, "document": str(told["document"]).encode(), "request": request})


@dataclass(frozen=True)
class Attempt:
    """A call that may answer now: under its key nobody else does meanwhile.

    Attributes
    ----------
    kept : list of Outcome or None
        What its key was answered with earlier; None where it is to be answered.
    """

    kept: list[Outcome] | None
    _key: Key | None
    _begin: Callable[[], AbstractContextManager[Connection]]

    def commit(
        self,
        entries: Sequence[Entry],
        outcomes: list[Outcome] | None = None,
        events: Sequence[Event] = (),
    ) -> None:
        """Write answers, their audit rows and the key; when this returns, they are on disk.

        Parameters
        ----------
        entries : sequence of Entry
        outcomes : list of Outcome, optional
            Of each that was asked, in order; left out, all entries were answered.
        events : sequence of Event
            What else is to be noted.

        Raises
        ------
        LedgerFailure
            If nothing was committed: then no answer must be given.
        InFlight
            If another call wrote an answer under the key in this moment.
        """
        rows = [entry.row() for entry in entries]
        told = [_scored(entry, row) for entry, row in zip(entries, rows, strict=True)]
        if outcomes is None:
            outcomes = [{"score_id": entry.score_id} for entry in entries]
        try:
            with self._begin() as connection:
                # In the order in which the tables are made, so that no worker that begins at this
                # moment and this transaction wait for each other.
                add(connection, SCORE.name, rows)
                note(connection, [*told, *events])
                if self._key is not None:
                    self._key.keep(connection, outcomes)
        except SQLAlchemyError as error:
            if self._key is not None and _is_kept(error):
                raise in_flight() from error
            raise LedgerFailure(
                "ledger: the answer could not be logged, so it is not given: "
                f"{first_line(error)}; try again, and look at the ledger's disk if it persists"
            ) from error


class Ledger:
    """The log of answers.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Of a database that has the tables; see :meth:`open`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._policies: set[str] = set()

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Open a ledger and create its tables and triggers where they are missing.

        Raises
        ------
        UsageError
            If the URL names no database that a ledger can live in.
        DatabaseMissing
            If there is no such file and it is not to be made.
        LedgerFailure
            If the database cannot be reached or written.
        """
        engine: Engine | None = None
        try:
            engine = engine_of(url, create=create)
            with writing(engine).begin() as connection:
                for table in _TABLES:
                    table.create(connection)
                _add_columns(connection)
                protect(connection, SCORE, "tenant = {tenant}")
        except (SQLAlchemyError, OSError) as error:
            if engine is not None:
                engine.dispose()
            raise LedgerFailure(
                f"ledger: expected a database that can be written, found {first_line(error)}; "
                "check --ledger and the folder's permissions"
            ) from error
        return cls(engine)

    @contextmanager
    def attempt(self, key: Key | None = None) -> Iterator[Attempt]:
        """Begin to answer, under a key or none.

        Raises
        ------
        InFlight
            If another call is being answered under the key.
        KeyReused
            If another request was answered under it.
        LedgerFailure
            If the ledger cannot be read.
        """
        begin = writing(self.engine).begin
        if key is None:
            yield Attempt(None, None, begin)
        elif is_sqlite(self.engine):
            with claimed_file(self.engine, key.hash) as alone:
                if not alone:
                    raise in_flight()
                with self._reading() as connection:
                    kept = key.outcomes(connection)
                yield Attempt(kept, key, begin)
        else:
            with ExitStack() as stack:
                with _told():
                    connection = stack.enter_context(self.engine.connect())
                    transaction = connection.begin()
                    if not claimed_in(connection, key.hash):
                        raise in_flight()
                    kept = key.outcomes(connection)
                yield Attempt(kept, key, lambda: _finishing(connection, transaction))

    def append(self, *entries: Entry) -> None:
        """Write answers and their audit rows; when this returns, they are on disk.

        Raises
        ------
        LedgerFailure
            If the rows were not committed: then the answers must not be given.
        """
        with self.attempt() as attempt:
            attempt.commit(entries)

    def note(self, *events: Event) -> None:
        """Write events of which nothing else is logged.

        Raises
        ------
        LedgerFailure
            If they were not committed.
        """
        with self.attempt() as attempt:
            attempt.commit((), events=events)

    def entry(self, score_id: str, wall: str | None = None) -> Entry | None:
        """Return what was logged under this id, for a tenant if it is its own; None for any.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        with self._reading() as connection:
            as_tenant(connection, wall)
            query = sa.select(SCORE).where(SCORE.c.score_id == score_id)
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else Entry.of(dict(row))

    def document(self, score_id: str) -> bytes | None:
        """Return the answer that was given under this id, byte for byte.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        return self.documents([score_id]).get(score_id)

    def documents(self, score_ids: Sequence[str]) -> dict[str, bytes]:
        """Return the answers that were given under these ids, byte for byte.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        query = sa.select(SCORE.c.score_id, SCORE.c.document)
        with self._reading() as connection:
            rows = connection.execute(query.where(SCORE.c.score_id.in_(score_ids)))
            return {str(score_id): str(document).encode() for score_id, document in rows}

    def keep_policy(self, policy_hash: str, document: bytes) -> None:
        """Keep a policy under its hash, so that a replay finds it; once is enough.

        Raises
        ------
        LedgerFailure
            If it was not committed.
        """
        if policy_hash in self._policies:
            return
        try:
            with writing(self.engine).begin() as connection:
                kept_policies.keep(connection, policy_hash, document)
        except SQLAlchemyError as error:
            raise _unreadable(error) from error
        self._policies.add(policy_hash)

    def policy(self, policy_hash: str) -> bytes | None:
        """Return the policy of this hash.

        Raises
        ------
        LedgerFailure
            If the ledger cannot be read.
        """
        with self._reading() as connection:
            return kept_policies.find(connection, policy_hash)

    def close(self) -> None:
        """Give back the database's connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _told(), self.engine.connect() as connection:
            yield connection


def _scored(entry: Entry, row: dict[str, Any]) -> Event:
    return Event(
        action=SCORED,
        subject=entry.score_id,
        client_id=entry.client_id,
        tenant=entry.tenant,
        at=entry.answered_at,
        digest=digest_of(row),
    )


@contextmanager
def _finishing(connection: Connection, transaction: sa.RootTransaction) -> Iterator[Connection]:
    """The transaction that was begun with the claim, committed at the end."""
    with transaction:
        yield connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> LedgerFailure:
    return LedgerFailure(f"ledger: expected to read it, found {first_line(error)}; try again")


def _is_kept(error: SQLAlchemyError) -> bool:
    """Whether a row was refused because its key is there already."""
    return isinstance(error, DBAPIError) and "idempotency" in str(error.orig)


def _add_columns(connection: Connection) -> None:
    """Add to a ledger of an earlier version the columns that it lacks."""
    there = {column["name"] for column in sa.inspect(connection).get_columns(SCORE.name)}
    for column in SCORE.columns:
        if column.name not in there:
            declared = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {SCORE.name} ADD COLUMN {declared}")
