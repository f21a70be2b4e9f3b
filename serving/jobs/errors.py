"""The ways in which a job cannot be taken or goes wrong."""

from serving.errors import Conflict, NotFound, Refusal
from supervision.errors import CargoworthyError


class MalformedFile(Refusal):
    """A file that is no portfolio: where and why."""

    code = "malformed-file"
    title = "The file cannot be read as rows to score"


class NoRoom(CargoworthyError):
    """The file or the result could not be written."""


class RowsGone(CargoworthyError):
    """The rows of a job that was taken are no longer there, or are not what was handed in."""


def no_such_job(job_id: str) -> NotFound:
    """The problem of a job that never was, or not for this caller."""
    return NotFound(
        "no-such-job",
        "the job_id of a job that was handed in",
        repr(job_id[:60]),
        "copy it from the answer of POST /v1/jobs",
    )


def not_done(status: str) -> Conflict:
    """The problem of a result that is not there yet, or never will be."""
    remedies = {
        "failed": "hand the file in again",
        "cancelled": "hand the file in again",
    }
    return Conflict(
        "job-not-done",
        "a job that is done",
        f"one that is {status}",
        remedies.get(status, "ask GET /v1/jobs/{job_id} until its status is done"),
    )
