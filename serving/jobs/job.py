"""A job: what was handed in, and how far it is."""

from dataclasses import dataclass
from typing import Literal

from serving.access.consents import Purpose
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.keys import Outcome
from serving.language import Language

Status = Literal["queued", "running", "done", "failed", "cancelled"]
_SECOND = 1_000_000


@dataclass(frozen=True)
class Job:
    """A file of rows that somebody handed in.

    Attributes
    ----------
    job_id, tenant, client_id : str
    role : str or None
        Of the client; None where nobody was asked who he is.
    purpose : str
        What the rows are asked for; the consents name it.
    language : {"en", "zh"}
        Of the answers.
    form : str
        ``csv``, ``ndjson`` or ``parquet``.
    sha256 : str
        Of the file as it came.
    size, rows : int
        Bytes of the file, and its rows.
    default_as_of : int
        As-of of rows that name none, UTC microseconds.
    submitted_at : int
        UTC microseconds.
    """

    job_id: str
    tenant: str
    client_id: str
    role: str | None
    purpose: str
    language: Language
    form: str
    sha256: str
    size: int
    rows: int
    default_as_of: int
    submitted_at: int

    @property
    def principal(self) -> Principal:
        """Who handed it in: its rows are judged as if that client asked for each."""
        role = None if self.role is None else Role(self.role)
        return Principal(self.client_id, role, self.tenant, frozenset())

    @property
    def for_purpose(self) -> Purpose:
        """What its rows are asked for."""
        return Purpose(self.purpose)


@dataclass(frozen=True)
class Tally:
    """Rows by what came of them."""

    scored: int = 0
    insufficient: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.scored + self.insufficient + self.refused


@dataclass(frozen=True)
class Refused:
    """A row that was not answered: its place, and why."""

    row: int
    outcome: Outcome


@dataclass(frozen=True)
class Standing:
    """How far a job is.

    Attributes
    ----------
    job : Job
    tally : Tally
        Of the rows that are done.
    started_at, last_at, ended_at : int or None
        When it was begun, when rows were done last, and when it ended; UTC microseconds.
    end : str or None
        ``done``, ``failed`` or ``cancelled``.
    failure : str
        Why it failed.
    refused : tuple of Refused
        The first rows that were not answered.
    """

    job: Job
    tally: Tally
    started_at: int | None = None
    last_at: int | None = None
    ended_at: int | None = None
    end: Literal["done", "failed", "cancelled"] | None = None
    failure: str = ""
    refused: tuple[Refused, ...] = ()

    @property
    def status(self) -> Status:
        """In one word."""
        if self.end is not None:
            return self.end
        return "queued" if self.started_at is None else "running"

    def seconds_left(self, now: int) -> float | None:
        """How long it may still take at the pace so far; None where there is none yet."""
        if self.end is not None or self.started_at is None or not self.tally.rows:
            return None
        pace = self.tally.rows / max(1, now - self.started_at)
        return (self.job.rows - self.tally.rows) / pace / _SECOND
