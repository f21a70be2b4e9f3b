"""How much a job may be, and where its files lie."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path("var/jobs")


class JobSettings(BaseModel):
    """What holds for jobs.

    Attributes
    ----------
    folder : Path
        Where files that were handed in, and results, lie: seen by all workers alike.
    body_bytes, rows : int
        The most that one file may carry.
    open_jobs : int
        That one tenant may have waiting or running.
    work : bool
        Whether ``serve`` keeps a process that does the jobs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = FOLDER
    body_bytes: int = Field(64 * 1_048_576, ge=1)
    rows: int = Field(200_000, ge=1)
    open_jobs: int = Field(20, ge=1)
    work: bool = True
