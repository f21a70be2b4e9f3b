"""What the service is told when it starts, read once and passed down."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from serving.access.settings import AccessSettings
from serving.jobs.settings import JobSettings
from serving.webhooks.settings import WebhookSettings

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
    promotion_key : Path or None
        Public key of promotions: where the file is there, only what it seals is served.
    promotions : str
        SQLAlchemy URL of the record of promotions, which the console's page of models reads.
    policy : Path
        The lender's policy, a YAML file.
    packed : Path
        Packed enterprises, read where they are of this record.
    snapshots : Path
        Folder of what was published of all enterprises, midnight by midnight.
    peers : Path
        The file of ``features peers``, used where it is of this record.
    arrivals : Path
        What was counted of the record's arrivals, for the page of feeds.
    archive : Path
        Folder in which the ingestion keeps files as they came.
    port_key : Path or None
        The port's key, without which no row of a record that was taken in under it is released.
    as_of : int or None
        As-of of requests that name none, UTC microseconds; None for the clock.
    access : {"open", "required"}
        Whether a token is asked for.
    drain_seconds : float
        How long a service that is told to end says so before it stops listening.
    tokens : AccessSettings
        Whose tokens, and how much a client may ask.
    jobs : JobSettings
        How large a job may be, and where its files lie.
    webhooks : WebhookSettings
        How events are delivered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str = "sqlite:///var/record.db"
    ledger: str = "sqlite:///var/ledger.db"
    models: Path = Path("var/models")
    promotion_key: Path | None = None
    promotions: str = "sqlite:///var/promotions.db"
    policy: Path = Path("configs/policy/default.yaml")
    packed: Path = Path("var/packed.db")
    snapshots: Path = Path("var/snapshots")
    peers: Path = Path("var/peers.json")
    arrivals: Path = Path("var/arrivals.db")
    archive: Path = Path("var/archive")
    port_key: Path | None = None
    as_of: int | None = None
    access: Literal["open", "required"] = "required"
    drain_seconds: float = Field(2.0, ge=0)
    tokens: AccessSettings = AccessSettings()
    jobs: JobSettings = JobSettings()
    webhooks: WebhookSettings = WebhookSettings()

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings that ``serve`` left for its workers; without any, the defaults."""
        return cls.model_validate_json(os.environ.get(VARIABLE, "{}"))
