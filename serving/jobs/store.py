"""Jobs in the ledger: handed in, done row by row, ended."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.access.row_security import read_as_tenant
from serving.audit.log import Event
from serving.entry import Entry
from serving.errors import LedgerFailure
from serving.jobs.job import Job, Refused, Standing, Tally
from serving.jobs.tables import CHUNK, END, EVENT, JOB, NOT_ENDED
from serving.keys import Key, Outcome
from serving.ledger import Ledger
from supervision.database import add

STARTED = "started"
_SHOWN = 20
_SUMS = (
    sa.func.coalesce(sa.func.sum(CHUNK.c.scored), 0),
    sa.func.coalesce(sa.func.sum(CHUNK.c.insufficient), 0),
    sa.func.coalesce(sa.func.sum(CHUNK.c.refused), 0),
    sa.func.max(CHUNK.c.at),
)


@dataclass(frozen=True)
class Chunk:
    """A run of rows that are done.

    Attributes
    ----------
    first : int
        Place of the first of them.
    outcomes : list of Outcome
        Of each, in order.
    tally : Tally
    at : int
        When, UTC microseconds.
    """

    first: int
    outcomes: list[Outcome]
    tally: Tally
    at: int


class Jobs:
    """The log of jobs.

    Parameters
    ----------
    ledger : Ledger
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def submit(self, job: Job, key: Key | None) -> tuple[str, bool]:
        """Take a job, or tell which one was taken under the key before.

        Returns
        -------
        tuple of str and bool
            The job's id, and whether it was taken before.

        Raises
        ------
        InFlight, KeyReused, LedgerFailure
            As of a score.
        """
        with self._ledger.attempt(key) as attempt:
            if attempt.kept is not None:
                return str(attempt.kept[0]["job_id"]), True
            event = _noted(job, "job-taken", job.submitted_at, rows=job.rows, sha256=job.sha256)
            attempt.commit(
                (), [{"job_id": job.job_id}], [event], lambda c: add(c, JOB.name, [vars(job)])
            )
        return job.job_id, False

    def find(self, job_id: str, wall: str | None) -> Job | None:
        """Find a job, among those of a tenant; None for all."""
        if not job_id.isprintable():
            return None  # PostgreSQL refuses to look for some signs
        with self._reading(wall) as connection:
            row = (
                connection.execute(sa.select(JOB).where(JOB.c.job_id == job_id)).mappings().first()
            )
        return None if row is None else _job(row)

    def open_jobs(self, tenant: str | None = None) -> list[Job]:
        """Jobs that have not ended, in the order in which they were handed in."""
        query = sa.select(JOB).where(NOT_ENDED).order_by(JOB.c.number)
        if tenant is not None:
            query = query.where(JOB.c.tenant == tenant)
        with self._reading(tenant) as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def rows_done(self, job: Job) -> int:
        """How many rows of a job are done: they are done in order."""
        query = sa.select(sa.func.coalesce(sa.func.sum(CHUNK.c.rows), 0))
        with self._reading(None) as connection:
            return int(connection.execute(query.where(CHUNK.c.job_id == job.job_id)).scalar_one())

    def keep(self, job: Job, chunk: Chunk, entries: Sequence[Entry]) -> None:
        """Write rows that are done together with their scores, or neither.

        Raises
        ------
        LedgerFailure
            If nothing was committed, as when somebody else did these rows meanwhile.
        """
        row = {
            "chunk": f"{job.job_id}/{chunk.first}",
            "job_id": job.job_id,
            "tenant": job.tenant,
            "first": chunk.first,
            "rows": len(chunk.outcomes),
            **vars(chunk.tally),
            "outcomes": orjson.dumps(chunk.outcomes).decode(),
            "at": chunk.at,
        }
        with self._ledger.attempt() as attempt:
            attempt.commit(entries, also=lambda c: add(c, CHUNK.name, [row]))

    def begin(self, job: Job, now: int) -> None:
        """Note that a job is begun; again is once."""
        self._note(job, STARTED, STARTED, now, {})

    def end(self, job: Job, kind: str, now: int, **detail: object) -> None:
        """Note how a job ended: ``done``, ``failed`` or ``cancelled``; the first end holds."""
        self._note(job, END, kind, now, detail)

    def _note(self, job: Job, name: str, kind: str, now: int, detail: dict[str, object]) -> None:
        event = f"{job.job_id}/{name}"
        row = {"event": event, "job_id": job.job_id, "tenant": job.tenant, "kind": kind, "at": now}
        noted = _noted(job, f"job-{kind}", now, **detail)
        with self._reading(None) as connection:
            if _event(connection, event) is not None:
                return
        told = {**row, "detail": orjson.dumps(detail).decode()}
        try:
            with self._ledger.attempt() as attempt:
                attempt.commit((), events=[noted], also=lambda c: add(c, EVENT.name, [told]))
        except LedgerFailure:
            with self._reading(None) as connection:
                if _event(connection, event) is None:
                    raise  # otherwise somebody else noted it between the look and this

    def standing(self, job: Job, wall: str | None) -> Standing:
        """Tell how far a job is."""
        of_job = CHUNK.c.job_id == job.job_id
        bad = sa.select(CHUNK.c.first, CHUNK.c.outcomes).where(of_job, CHUNK.c.refused > 0)
        with self._reading(wall) as connection:
            scored, insufficient, refused, last = connection.execute(
                sa.select(*_SUMS).where(of_job)
            ).one()
            events = {
                str(row["event"]).rpartition("/")[2]: row
                for row in connection.execute(
                    sa.select(EVENT).where(EVENT.c.job_id == job.job_id)
                ).mappings()
            }
            some = connection.execute(bad.order_by(CHUNK.c.first).limit(_SHOWN)).all()
        began, end = events.get(STARTED), events.get(END)
        told = {} if end is None else orjson.loads(end["detail"])
        return Standing(
            job=job,
            tally=Tally(int(scored), int(insufficient), int(refused)),
            started_at=None if began is None else began["at"],
            last_at=last,
            ended_at=None if end is None else end["at"],
            end=None if end is None else end["kind"],
            failure=str(told.get("why", "")),
            refused=tuple(_refused([(first, outcomes) for first, outcomes in some])),
        )

    def chunks(self, job: Job) -> Iterator[list[Chunk]]:
        """Rows that are done, in order, some runs of them at a time."""
        after, at_once = -1, 8
        while True:
            query = sa.select(CHUNK).where(CHUNK.c.job_id == job.job_id, CHUNK.c.first > after)
            with self._reading(None) as connection:
                rows = connection.execute(query.order_by(CHUNK.c.first).limit(at_once)).mappings()
                found = [_chunk(row) for row in rows]
            if not found:
                return
            yield found
            after = found[-1].first

    def documents(self, score_ids: Sequence[str]) -> dict[str, bytes]:
        """Answers by their scores' ids, byte for byte."""
        return self._ledger.documents(score_ids)

    def _reading(self, wall: str | None) -> AbstractContextManager[Connection]:
        return read_as_tenant(self._ledger.engine, wall)


def _event(connection: Connection, event: str) -> object:
    return connection.execute(sa.select(EVENT.c.number).where(EVENT.c.event == event)).scalar()


def _refused(chunks: Sequence[tuple[int, str]]) -> Iterator[Refused]:
    found = 0
    for first, outcomes in chunks:
        for place, outcome in enumerate(orjson.loads(outcomes)):
            if "problem" in outcome and found < _SHOWN:
                found += 1
                yield Refused(first + place, outcome)


def _job(row: sa.RowMapping) -> Job:
    return Job(**{name: row[name] for name in Job.__dataclass_fields__})


def _chunk(row: sa.RowMapping) -> Chunk:
    tally = Tally(row["scored"], row["insufficient"], row["refused"])
    return Chunk(row["first"], orjson.loads(row["outcomes"]), tally, row["at"])


def _noted(job: Job, action: str, at: int, **detail: object) -> Event:
    return Event(
        action=action,
        subject=job.job_id,
        client_id=job.client_id,
        tenant=job.tenant,
        at=at,
        detail=detail,
    )
