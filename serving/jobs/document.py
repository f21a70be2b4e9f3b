"""A job, as it is told."""

from typing import Any, Literal

from pydantic import Field

from serving.instants import text_if_any, text_of
from serving.jobs.job import Standing
from serving.problems import Problem
from serving.scores.many import RowOutcome
from serving.scores.part import Part, Sha256, Time

VERSION = 1
_SECOND = 1_000_000


class JobRow(RowOutcome):
    """What came of one row of a job: a line of its result."""

    enterprise_id: str | None = Field(default=None, description="of a refused row, as it said")
    client_reference: str | None = Field(default=None, description="of a refused row")


class RefusedRow(Part):
    """A row that was not answered."""

    row: int = Field(description="its place in the file, from 0")
    enterprise_id: str | None
    client_reference: str | None
    problem: Problem


class Rows(Part):
    """Rows of a job, by what came of them so far."""

    total: int
    done: int
    scored: int
    insufficient_data: int
    refused: int


class JobAnswer(Part):
    """A job as it stands."""

    version: int = VERSION
    job_id: str = Field(examples=["0f0a6c1e-6f53-4f0e-a6c5-7c2f5cf3a1f0"])
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    form: Literal["csv", "ndjson", "parquet"] = Field(description="of the file that came")
    sha256: Sha256
    bytes: int
    purpose: str
    default_as_of: Time
    submitted_at: Time
    started_at: Time | None
    ended_at: Time | None
    expected_at: Time | None = Field(description="when it may be done, at its pace so far")
    rows: Rows
    refused: tuple[RefusedRow, ...] = Field(description="the first twenty rows not answered")
    failure: str | None
    result: str | None = Field(description="where the result is fetched, once it is done")


def told(standing: Standing, now: int) -> JobAnswer:
    """Tell a job as it stands at a time."""
    job, tally, left = standing.job, standing.tally, standing.seconds_left(now)
    return JobAnswer(
        job_id=job.job_id,
        status=standing.status,
        form=job.form,
        sha256=job.sha256,
        bytes=job.size,
        purpose=job.purpose,
        default_as_of=text_of(job.default_as_of),
        submitted_at=text_of(job.submitted_at),
        started_at=text_if_any(standing.started_at),
        ended_at=text_if_any(standing.ended_at),
        expected_at=None if left is None else text_of(now + int(left * _SECOND)),
        rows=Rows(
            total=job.rows,
            done=tally.rows,
            scored=tally.scored,
            insufficient_data=tally.insufficient,
            refused=tally.refused,
        ),
        refused=tuple(
            RefusedRow(
                row=each.row,
                enterprise_id=each.outcome.get("enterprise_id"),
                client_reference=each.outcome.get("client_reference"),
                problem=Problem.model_validate(each.outcome["problem"]),
            )
            for each in standing.refused
        ),
        failure=standing.failure or None,
        result=f"/v1/jobs/{job.job_id}/result" if standing.status == "done" else None,
    )


EXAMPLE: dict[str, Any] = {
    "version": VERSION,
    "job_id": "0f0a6c1e-6f53-4f0e-a6c5-7c2f5cf3a1f0",
    "status": "running",
    "form": "csv",
    "sha256": "9b74" * 16,
    "bytes": 1_270_411,
    "purpose": "credit",
    "default_as_of": "2023-01-02T16:00:00Z",
    "submitted_at": "2023-01-02T16:00:00Z",
    "started_at": "2023-01-02T16:00:01Z",
    "ended_at": None,
    "expected_at": "2023-01-02T16:02:04Z",
    "rows": {
        "total": 20_000,
        "done": 3_200,
        "scored": 3_011,
        "insufficient_data": 188,
        "refused": 1,
    },
    "refused": [
        {
            "row": 17,
            "enterprise_id": "91350211MA310090",
            "client_reference": "loan-17",
            "problem": {
                "type": "urn:cargoworthy:problem:malformed-credit-code",
                "title": "Not a unified social credit code",
                "status": 422,
                "detail": "Expected a unified social credit code (GB 32100): 18 digits and capital "
                "letters without I, O, S, V, Z, the last of which fits the others, found "
                "'91350211MA310090'; compare it with the business licence.",
                "instance": "/v1/jobs",
                "expected": "a unified social credit code (GB 32100): 18 digits and capital "
                "letters without I, O, S, V, Z, the last of which fits the others",
                "found": "'91350211MA310090'",
                "remedy": "compare it with the business licence",
            },
        }
    ],
    "failure": None,
    "result": None,
}
