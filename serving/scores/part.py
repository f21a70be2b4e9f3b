"""What all parts of an answer have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(description="RFC 3339, UTC", examples=["2022-12-31T16:00:00Z"])]
Spoken = Annotated[str, Field(description="in the language that was asked for")]
Sha256 = Annotated[str, Field(description="SHA-256, hexadecimal")]


class Part(BaseModel):
    """A part of an answer: frozen, and with no field that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")
