"""Taking a body of messages into the record: the ingestion's own work, for one provider."""

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from serving.errors import NotReady
from serving.messages.document import MessagesAnswer, RefusedMessage
from serving.messages.errors import BadSignature, MalformedMessages
from supervision.archive import Archive
from supervision.files import SIGNED
from supervision.ingestion import FileReport, Ingestion, Terms
from supervision.lock import Occupied
from supervision.providers.statement import BadStatement, Statement
from supervision.providers.vouching import checked
from supervision.reasons import HELP, Reason
from supervision.record import Record
from supervision.refused import Refused, refused_of

FORM = "ndjson"
_LOG = logging.getLogger("cargoworthy.serving")
MOST_TOLD = 100
FEW_WAITING = 1_000
"""Waiting reversals that a call tries again; if there are more, they are left to files."""
PATIENCE, PAUSE = 5.0, 0.05
"""Seconds for which another ingestion is waited for, and between two tries."""
BUSY = "the record is taking in other messages at this moment: try again"


@dataclass(frozen=True)
class Body:
    """A body of messages.

    Attributes
    ----------
    stream : str
    content : bytes
        NDJSON, as it came.
    signature : str or None
        A signed statement about it.
    """

    stream: str
    content: bytes
    signature: str | None = None

    @property
    def statement(self) -> Statement:
        """What a signature must vouch for."""
        return Statement(hashlib.sha256(self.content).hexdigest(), self.stream)


def take(
    record: Record, archive: Archive, body: Body, terms: Terms, clock: Callable[[], int]
) -> MessagesAnswer:
    """Take a body in; when this returns, what was accepted is in the record, on disk.

    Parameters
    ----------
    record : Record
    archive : Archive
    body : Body
    terms : Terms
    clock : callable
        UTC microseconds now; messages are known from when the record's turn came.

    Raises
    ------
    BadSignature
        If the signature does not hold, or is another provider's: nothing is taken in.
    MalformedMessages
        If the body has no line, or is no text at all.
    NotReady
        If another ingestion does not end, or the archive cannot be written.
    """
    if not body.content.strip():
        raise MalformedMessages("at least one message", "none", "send one a line")
    _check(record, body, terms)
    with tempfile.TemporaryDirectory(prefix="cargoworthy-") as folder:
        path = Path(folder) / f"{body.stream}.{FORM}"
        path.write_bytes(body.content)
        if body.signature is not None:
            path.with_name(path.name + SIGNED).write_text(body.signature, encoding="ascii")
        ingestion = Ingestion(
            record.engine, archive, terms, clock=clock, bulk=False, most_waiting=FEW_WAITING
        )
        report = _ingested(ingestion, path)
    if report.is_ours:
        _LOG.error("messages could not be taken in: %s", report.error)
        raise NotReady(("what comes in cannot be kept at this moment: see to the archive's disk",))
    if report.error is not None or report.batch is None or report.digest is None:
        found = str(report.error)[:300]
        raise MalformedMessages("lines of messages", found, "see docs/schemas for the stream's")
    return MessagesAnswer(
        stream=body.stream,
        batch=report.batch,
        repeats=report.repeats,
        sha256=report.digest,
        signed=bool(report.signed_by),
        received=report.counts.received,
        accepted=report.counts.accepted,
        quarantined=report.counts.quarantined,
        duplicate=report.counts.duplicate,
        record_position=record.position(),
        refused=tuple(
            map(_told, refused_of(record.engine, report.repeats or report.batch, MOST_TOLD))
        ),
    )


def _check(record: Record, body: Body, terms: Terms) -> None:
    if body.signature is None:
        return
    try:
        (vouched,) = checked(record.engine, [body.signature], body.statement, terms.now)
    except BadStatement as error:
        raise BadSignature(
            "a signed statement about this body", str(error)[:300], "sign the body as it is sent"
        ) from error
    if terms.provider is not None and vouched.key.provider != terms.provider:
        raise BadSignature(
            f"a signature of {terms.provider}", "one of another provider", "sign with your own key"
        )


def _ingested(ingestion: Ingestion, path: Path) -> FileReport:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ingestion.run([path]).files[0]
        except Occupied as error:
            if time.monotonic() > deadline:
                raise NotReady((BUSY,)) from error
            time.sleep(PAUSE)


def _told(one: Refused) -> RefusedMessage:
    return RefusedMessage(
        row=one.row, reason=one.reason, detail=one.detail, help=HELP[Reason(one.reason)]
    )
