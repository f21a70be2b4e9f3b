"""Releasing rows from quarantine by an officer's word: what would come of it, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from serving.audit.log import AUDIT
from serving.console.visit import Visit
from serving.intake import intake_terms
from supervision.archive import Archive
from supervision.ingestion import Ingestion
from supervision.refused import Refused
from supervision.release import Release, Repair, Verdict, digest_of, judged, line_of, release

BEGUN, DONE, WAITING = "release-begun", "release-done", "reversals-tried"
"""Actions of the audit log."""
_LOOKED_BACK = 200_000
"""Rows of the audit log, the newest, in which releases are looked for."""


@dataclass(frozen=True)
class Preview:
    """What would come of releasing some rows.

    Attributes
    ----------
    stream : str
    rows : tuple of Refused
    lines : tuple of str
        What would be taken in for each.
    verdicts : tuple of Verdict
    repair : Repair or None
        Of the one row that is put right.
    """

    stream: str
    rows: tuple[Refused, ...]
    lines: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    repair: Repair | None = None

    @property
    def passing(self) -> tuple[tuple[Refused, str], ...]:
        """Rows that would leave the quarantine, each with what would be taken in."""
        found = zip(self.rows, self.lines, self.verdicts, strict=True)
        return tuple((row, line) for row, line, verdict in found if verdict.passes)

    @property
    def digest(self) -> str:
        """SHA-256 of what would be taken in: only what was shown is released."""
        return digest_of([line for _, line in self.passing])

    @property
    def places(self) -> str:
        """The rows that would leave, for a form."""
        return " ".join(place_of(row) for row, _ in self.passing)


@dataclass(frozen=True)
class Done:
    """A release as the audit log tells it.

    Attributes
    ----------
    at : int
    by : str
    batch : int
    stream, digest, note, field : str
    outcome : tuple of (str, str)
        Each row's place, and ``accepted``, ``duplicate`` or a reason.
    """

    at: int
    by: str
    batch: int
    stream: str
    digest: str
    note: str
    field: str
    outcome: tuple[tuple[str, str], ...]

    @property
    def left(self) -> int:
        """How many rows left the quarantine."""
        return sum(said in ("accepted", "duplicate") for _, said in self.outcome)


def place_of(row: Refused) -> str:
    """A row's place in the record: its batch and its number."""
    return f"{row.batch}:{row.row}"


def previewed(visit: Visit, rows: Sequence[Refused], repair: Repair | None = None) -> Preview:
    """Say what would come of rows of one stream; nothing is changed."""
    lines = tuple(line_of(row, repair) for row in rows)
    stream = rows[0].stream
    terms = intake_terms(visit.rooms, visit.now)
    verdicts = judged(visit.rooms.record().engine, stream, lines, terms)
    return Preview(stream, tuple(rows), lines, verdicts, repair)


def released(visit: Visit, preview: Preview, note: str) -> Release:
    """Release the rows of a preview that would leave, and note it before and after."""
    rows, lines = zip(*preview.passing, strict=True)
    field = preview.repair.field if preview.repair else ""
    told = {
        "stream": preview.stream,
        "rows": [place_of(row) for row in rows],
        "field": field,
        "note": note,
        "digest": preview.digest,
    }
    subject = place_of(rows[0])
    visit.noted(BEGUN, subject, **told)
    record, archive = visit.rooms.record(), Archive(visit.rooms.settings.archive)
    found = release(record.engine, archive, rows, lines, intake_terms(visit.rooms, visit.now))
    outcome = [_said(verdict) for verdict in found.verdicts]
    told["digest"] = found.digest
    visit.noted(DONE, f"batch {found.batch}", **told, batch=found.batch, outcome=outcome)
    return found


def waiting_tried(visit: Visit) -> int:
    """Try all waiting reversals again, as every ingestion does; how many no longer wait."""
    visit.noted(WAITING, "begun")
    record, archive = visit.rooms.record(), Archive(visit.rooms.settings.archive)
    terms = intake_terms(visit.rooms, visit.now)
    settled = Ingestion(record.engine, archive, terms, bulk=False).run(()).reversals_settled
    visit.noted(WAITING, "done", settled=settled)
    return settled


def done(visit: Visit, batch: int | None = None, most: int = 10) -> tuple[Done, ...]:
    """Releases of the audit log, the newest first; of one batch if it is named."""
    a = AUDIT.c
    newest = sa.select(sa.func.max(a.number)).scalar_subquery()
    query = sa.select(a.at, a.client_id, a.detail).where(
        a.number > newest - _LOOKED_BACK, a.action == DONE
    )
    if batch is not None:
        query = query.where(a.subject == f"batch {batch}")
    with visit.rooms.ledger().engine.connect() as connection:
        rows = connection.execute(query.order_by(a.number.desc()).limit(most)).all()
    return tuple(_done(*row) for row in rows)


def _done(at: int, by: str, detail: str) -> Done:
    told = orjson.loads(detail)
    return Done(
        at=at,
        by=by.removeprefix("console:"),
        batch=told["batch"],
        stream=told["stream"],
        digest=told["digest"],
        note=told["note"],
        field=told["field"],
        outcome=tuple(zip(told["rows"], told["outcome"], strict=True)),
    )


def _said(verdict: Verdict) -> str:
    if verdict.reason is not None:
        return verdict.reason
    return "duplicate" if verdict.is_duplicate else "accepted"
