"""``/v1/jobs``: a portfolio is handed in as a file, looked after, and fetched."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as File
from typing import Annotated, Any

import orjson
import pyarrow as pa
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, StreamingResponse

from serving.accept_language import LanguageHere
from serving.access.consents import Matter
from serving.access.errors import TooManyCalls
from serving.access.gate import Gate, GateHere
from serving.body_form import body_form
from serving.description import answers, problems
from serving.errors import NotAcceptable
from serving.instants import TimeText, checked_as_of, micros_of
from serving.jobs.document import EXAMPLE, told
from serving.jobs.errors import MalformedFile, no_such_job, not_done
from serving.jobs.job import Job
from serving.jobs.portfolio_file import MEDIA_TYPES, rows_of
from serving.jobs.result import RESULT, enterprises, lines, write_permitted, write_result
from serving.jobs.rows_file import INCOMING, ROWS, Received, receive, write_rows
from serving.jobs.store import Jobs
from serving.json_answer import json_answer
from serving.keys import Key, Outcome
from serving.language import Language
from serving.problems import declined, plain
from serving.rooms import Rooms
from serving.scores.call import KeyHeader
from serving.scores.routes import REPLAYED
from serving.state import Now, RoomsHere

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
PATH = "/v1/jobs"
NDJSON, PARQUET = "application/x-ndjson", "application/vnd.apache.parquet"
_TOLD = answers("JobAnswer", examples={"A job that is running": EXAMPLE})
_TAKEN: dict[int | str, dict[str, Any]] = {
    202: {**_TOLD[200], "description": "Taken: `Location` says where its status is told"}
}
_RESULT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The result: a line, or a row, an outcome",
        "content": {
            NDJSON: {"schema": {"$ref": "#/components/schemas/JobRow"}},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "one enterprise a row: `enterprise_id`, and optionally `client_reference`, "
        "`as_of`, `own_funds_fen`, `other_funding_fen`, `payable_days`; NDJSON takes requests of "
        "`POST /v1/scores`",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            NDJSON: {"schema": {"$ref": "#/components/schemas/ScoreRequest"}},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
JobId = Annotated[str, Path(description="job_id of a job that was handed in")]


@router.post(
    "",
    status_code=202,
    summary="Score a portfolio in the background",
    responses={**_TAKEN, **problems(400, 409, 413, 415, 422, 500, 503)},
    openapi_extra=_BODY,
)
async def post_job(
    request: Request,
    rooms: RoomsHere,
    now: Now,
    gate: GateHere,
    language: LanguageHere,
    key: KeyHeader = None,
    as_of: Annotated[
        TimeText | None, Query(description="of rows that name none; now if left out")
    ] = None,
) -> Response:
    """Take a file of enterprises to score; each row has an outcome of its own.

    The rows are scored in the background, some at a time, as if each had been asked alone: by the
    consents that hold at its turn, logged and replayable. The file is refused as a whole only
    where it cannot be read; a row that is wrong is an outcome.
    """
    form = body_form(request, MEDIA_TYPES)
    limits = rooms.settings.jobs
    path = limits.folder / INCOMING / f"{uuid.uuid4().hex}.{form}"
    try:
        received = await receive(request.stream(), path, limits.body_bytes)
        stated = None if as_of is None else checked_as_of(micros_of(as_of), now)
        terms = _Terms(gate, language, key, stated)
        return await run_in_threadpool(_taken, received, rooms, terms)
    finally:
        await run_in_threadpool(_forget, path)


@dataclass(frozen=True)
class _Terms:
    """What a file came with."""

    gate: Gate
    language: Language
    key: str | None
    as_of: int | None


def _taken(received: Received, rooms: Rooms, terms: _Terms) -> Response:
    gate = terms.gate
    limits, ledger, form = rooms.settings.jobs, rooms.ledger(), received.path.suffix[1:]
    jobs, job_id, who = Jobs(ledger), str(uuid.uuid4()), gate.principal
    if len(jobs.open_jobs(who.tenant)) >= limits.open_jobs:
        raise TooManyCalls(
            f"at most {limits.open_jobs} jobs that are not done",
            "more",
            "wait until one is done",
            {"Retry-After": "60"},
        )
    folder = limits.folder / job_id
    try:
        rows = write_rows(folder, rows_of(received.path, form), limits.rows)  # type: ignore[arg-type]
        if not rows:
            raise MalformedFile("at least one row", "none", "name the enterprises to score")
        _charge(gate, rows)
        times = (terms.as_of, rooms.settings.as_of, gate.now)
        job = Job(
            job_id=job_id,
            tenant=who.tenant,
            client_id=who.client_id,
            role=None if who.role is None else who.role.value,
            purpose=gate.purpose.value,
            language=terms.language,
            form=form,
            sha256=received.sha256,
            size=received.size,
            rows=rows,
            default_as_of=next(at for at in times if at is not None),
            submitted_at=gate.now,
        )
        found, again = jobs.submit(job, _key(job, terms))
    except BaseException:
        _remove(folder)
        raise
    if again:
        _remove(folder)
    return _answer(jobs, _job(jobs, found, gate), gate, 202, REPLAYED if again else {})


@router.get(
    "/{job_id}",
    summary="How far a job is",
    responses={**_TOLD, **problems(404, 500, 503)},
)
def get_job(job_id: JobId, rooms: RoomsHere, gate: GateHere) -> Response:
    """Tell the status of a job, its rows by outcome, and when it may be done."""
    jobs = Jobs(rooms.ledger())
    return _answer(jobs, _job(jobs, job_id, gate), gate)


@router.delete(
    "/{job_id}",
    summary="Cancel a job",
    responses={**_TOLD, **problems(404, 500, 503)},
)
def delete_job(job_id: JobId, rooms: RoomsHere, gate: GateHere) -> Response:
    """Score no more rows of a job; those that are done stay. A job that has ended stays so."""
    jobs = Jobs(rooms.ledger())
    job = _job(jobs, job_id, gate)
    jobs.end(job, "cancelled", gate.now, by=gate.principal.client_id)
    return _answer(jobs, job, gate)


@router.get(
    "/{job_id}/result",
    summary="The result of a job",
    responses={**_RESULT, **problems(404, 406, 409, 500, 503)},
)
def get_result(job_id: JobId, request: Request, rooms: RoomsHere, gate: GateHere) -> Response:
    """Give what came of each row, in the order of the file, as NDJSON or as Parquet.

    `Accept` chooses. Rows of enterprises that no longer consent are told as such.
    """
    media = _accepted(request.headers.get("accept", "*/*"))
    jobs = Jobs(rooms.ledger())
    job = _job(jobs, job_id, gate)
    status = jobs.standing(job, gate.principal.wall).status
    if status != "done":
        raise not_done(status)
    result, found = _result(jobs, job, rooms.settings.jobs.folder / job.job_id)
    hidden = _hidden(found, Gate(gate.door, gate.principal, job.for_purpose, gate.now))
    name = f'attachment; filename="{job.job_id}.{"ndjson" if media == NDJSON else "parquet"}"'
    headers = {"Content-Disposition": name}
    if media == NDJSON:
        return StreamingResponse(lines(result, hidden), media_type=media, headers=headers)
    if not hidden:
        return FileResponse(result, media_type=media, headers=headers)
    copy = write_permitted(result, hidden)
    done = BackgroundTask(copy.unlink, missing_ok=True)
    return FileResponse(copy, media_type=media, headers=headers, background=done)


def _result(jobs: Jobs, job: Job, folder: File) -> tuple[File, set[str]]:
    """The result of a job and the enterprises in it; made anew where it is missing or damaged."""
    result = folder / RESULT
    try:
        return result, enterprises(result)
    except (OSError, pa.ArrowException):
        write_result(jobs, job, folder)
    return result, enterprises(result)


def _hidden(codes: Iterable[str], gate: Gate) -> dict[str, Outcome]:
    """Enterprises that may not be seen any more, each with the outcome told instead."""
    if gate.principal.is_open:
        return {}
    found, wanted = {}, sorted(codes)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        for code in set(some) - gate.permitted(some, Matter.SCORES).keys():
            problem = plain(declined(gate.unseen(code), PATH))
            found[code] = {"enterprise_id": code, "problem": problem}
    return found


def _job(jobs: Jobs, job_id: str, gate: Gate) -> Job:
    job = jobs.find(job_id, gate.principal.wall)
    if job is None or not (gate.principal.is_open or job.tenant == gate.principal.tenant):
        raise no_such_job(job_id)
    return job


def _charge(gate: Gate, rows: int) -> None:
    """Count a file's rows; a large one takes half of what its client may ask in a minute."""
    gate.door.charge(gate.principal, min(rows, max(1, gate.door.settings.rows_a_minute // 2)))


def _key(job: Job, terms: _Terms) -> Key | None:
    if terms.key is None:
        return None
    asked = {"form": job.form, "sha256": job.sha256, "purpose": job.purpose}
    asked |= {"language": job.language, "as_of": "" if terms.as_of is None else str(terms.as_of)}
    return Key.of(job.client_id, terms.key, "job", orjson.dumps(asked), job.submitted_at)


def _answer(
    jobs: Jobs, job: Job, gate: Gate, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    found = {**(headers or {})}
    if status == 202:
        found["Location"] = f"{PATH}/{job.job_id}"
    return json_answer(told(jobs.standing(job, gate.principal.wall), gate.now), status, found)


def _accepted(accept: str) -> str:
    """The form of the result that a caller likes best."""
    liked: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        weights = [p[2:] for p in parameters if p.startswith("q=")]
        liked[name] = _number(weights[0]) if weights else 1.0
    rest = liked.get("application/*", liked.get("*/*", 0.0))
    best = max((NDJSON, PARQUET), key=lambda media: liked.get(media, rest))
    if liked.get(best, rest) <= 0:
        raise NotAcceptable(
            "not-acceptable",
            f"an Accept of {NDJSON} or {PARQUET}",
            repr(accept[:60]),
            "name one of them",
        )
    return best


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _forget(path: File) -> None:
    with suppress(OSError):  # the fault of the disk that is being told
        path.unlink(missing_ok=True)


def _remove(folder: File) -> None:
    _forget(folder / ROWS)
    with suppress(OSError):
        folder.rmdir()
