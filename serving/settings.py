"""What the service is told when it starts, read once and passed down."""

import os
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

VARIABLE = "CARGOWORTHY_SERVING"
"""Environment variable through which ``serve`` hands its settings, as JSON, to its workers."""


class Settings(BaseModel):
    """Where things lie.

    Attributes
    ----------
    database : str
        SQLAlchemy URL of the record.
    ledger : str
        SQLAlchemy URL of the ledger, another database than the record's.
    models : Path
        Folder where promotion lays champions.
    policy : Path
        The lender's policy, a YAML file.
    packed : Path
        Packed enterprises, read where they are of this record.
    snapshots : Path
        Folder of what was published of all enterprises, midnight by midnight.
    as_of : int or None
        As-of of requests that name none, UTC microseconds; None for the clock.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = "sqlite:///var/record.db"
    ledger: str = "sqlite:///var/ledger.db"
    models: Path = Path("var/models")
    policy: Path = Path("configs/policy/default.yaml")
    packed: Path = Path("var/packed.db")
    snapshots: Path = Path("var/snapshots")
    as_of: int | None = None

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings that ``serve`` left for its workers; without any, the defaults."""
        return cls.model_validate_json(os.environ.get(VARIABLE, "{}"))
