"""The ledger: an append-only log in which every answer stands before it is given.

The tables refuse every change by triggers, on SQLite and on PostgreSQL alike, so that a mistake
in a program or at a terminal cannot alter what a bank was told. An answer is stored as the very
text that was sent; it, its audit row and its idempotency key commit together or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from serving import entry, kept_policies, keys
from serving.access.row_security import as_tenant, protect
from serving.audit import log, seals
from serving.audit.log import SCORED, Event, digest_of, note
from serving.cases import standing
from serving.cases.brief import Brief
from serving.claims import claimed_file, claimed_in
from serving.console.decision import log as decisions
from serving.entry import SCORE as SCORE
from serving.entry import Entry as Entry
from serving.errors import LedgerFailure
from serving.jobs import tables as jobs
from serving.keys import Key, Outcome, in_flight
from serving.objections import log as objections
from serving.warnings import log as warnings
from serving.webhooks import tables as webhooks
from supervision.database import (
    add,
    autocommitting,
    engine_of,
    first_line,
    is_sqlite,
    prepared,
    writing,
)
from supervision.questions import Questions
from supervision.transaction import begin, commit, together, transaction

_TABLES = (entry.KEPT, log.KEPT, seals.KEPT, keys.KEPT, kept_policies.KEPT)


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
    _announce: Callable[[Connection, Sequence[Entry]], None]

    def commit(
        self,
        entries: Sequence[Entry],
        outcomes: list[Outcome] | None = None,
        events: Sequence[Event] = (),
        also: Callable[[Connection], None] | None = None,
    ) -> None:
        """Write answers, their audit rows and the key; when this returns, they are on disk.

        Parameters
        ----------
        entries : sequence of Entry
        outcomes : list of Outcome, optional
            Of each that was asked, in order; left out, all entries were answered.
        events : sequence of Event
            What else is to be noted.
        also : callable, optional
            Writes what else is to be written, or nothing is; in the driver's own words, see
            :func:`supervision.transaction.transaction`.

        Raises
        ------
        LedgerFailure
            If nothing was committed: then no answer must be given.
        InFlight
            If another call wrote an answer under the key in this moment.
        """
        rows = [entry.row() for entry in entries]
        told = [_scored(entry, row) for entry, row in zip(entries, rows, strict=True)]
        # Before others have to wait for this one.
        briefs = [Brief.of(row, one.answer) for one, row in zip(entries, rows, strict=True)]
        if outcomes is None:
            outcomes = [{"score_id": entry.score_id} for entry in entries]
        try:
            with self._begin() as connection:
                # In the order in which the tables are made, so that no worker that begins at this
                # moment and this transaction wait for each other.
                add(connection, SCORE.name, rows)
                self._announce(connection, entries)
                standing.keep(connection, briefs)
                note(connection, [*told, *events])
                if also is not None:
                    also(connection)
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

    Attributes
    ----------
    questions : Questions
        To the same database.
    announce : callable
        Writes the events that answers give rise to, in the commit of these; in the driver's own
        words, see :func:`supervision.transaction.transaction`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.questions = Questions(engine)
        # Calls that hold a claim ask the ledger more: they must not wait for each other's claims.
        self._claims = engine if is_sqlite(engine) else autocommitting(_beside(engine))
        self._writing = autocommitting(engine)
        self.announce: Callable[[Connection, Sequence[Entry]], None] = lambda *_: None
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
        refuse = LedgerFailure.unwritable
        return cls(prepared(url, _make, refuse, create=create, hide_parameters=True))

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
        whole = partial(transaction, self._writing)
        if key is None:
            yield Attempt(None, None, whole, self.announce)
        elif is_sqlite(self.engine):
            with claimed_file(self.engine, key.hash) as alone:
                if not alone:
                    raise in_flight()
                with _told():
                    kept = self.questions.ask(key.outcomes)
                yield Attempt(kept, key, whole, self.announce)
        else:
            with ExitStack() as stack:
                with _told():
                    connection = stack.enter_context(self._claims.connect())
                    with together(connection):
                        begin(connection)
                        if not claimed_in(connection, key.hash):
                            raise in_flight()
                        kept = key.outcomes(connection)
                yield Attempt(kept, key, partial(_finishing, connection), self.announce)

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
            if wall is not None:
                # Also where no wall stands: another's answer is to take as long as none.
                query = query.where(SCORE.c.tenant == wall)
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
        self.questions.close()
        self.engine.dispose()
        self._claims.dispose()

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


def _beside(engine: Engine) -> Engine:
    """Another engine of a database of PostgreSQL, with connections of its own."""
    other = engine_of(engine.url.render_as_string(hide_password=False))
    other.hide_parameters = engine.hide_parameters
    return other


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
def _finishing(connection: Connection) -> Iterator[Connection]:
    """The transaction that was begun with the claim, committed at the end."""
    with together(connection):
        yield connection
        commit(connection)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> LedgerFailure:
    return LedgerFailure.unreadable(first_line(error))


def _is_kept(error: SQLAlchemyError) -> bool:
    """Whether a row was refused because its key is there already."""
    return isinstance(error, DBAPIError) and "idempotency" in str(error.orig)


def _make(connection: Connection) -> None:
    """Make what is missing of tables, triggers, columns and walls between tenants."""
    for table in _TABLES:
        table.create(connection)
    _add_columns(connection)
    protect(connection, SCORE, "tenant = {tenant}")
    standing.prepare(connection)
    jobs.prepare(connection)
    webhooks.prepare(connection)
    objections.prepare(connection)
    decisions.prepare(connection)
    warnings.prepare(connection)


def _add_columns(connection: Connection) -> None:
    """Add to a ledger of an earlier version the columns that it lacks."""
    there = {column["name"] for column in sa.inspect(connection).get_columns(SCORE.name)}
    for column in SCORE.columns:
        if column.name not in there:
            declared = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {SCORE.name} ADD COLUMN {declared}")
