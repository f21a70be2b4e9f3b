"""What became of messages, as the answer tells it."""

from typing import Any

from pydantic import Field

from serving.scores.part import Part, Sha256

VERSION = 1


class RefusedMessage(Part):
    """A message that was not accepted: it waits in quarantine, as it came."""

    row: int = Field(description="its line in the body, the first is 1")
    reason: str = Field(examples=["wrong_unit"])
    detail: str = Field(description="what was expected and what was found")
    help: str = Field(description="what to do")


class MessagesAnswer(Part):
    """What became of every message: received = accepted + quarantined + duplicate."""

    version: int = VERSION
    stream: str = Field(examples=["custody"])
    batch: int = Field(description="its number in the record")
    repeats: int | None = Field(
        description="batch that brought the same body before; then all is duplicate"
    )
    sha256: Sha256 = Field(description="of the body, under which it is kept as it came")
    signed: bool = Field(description="whether a signature of the provider vouches for it")
    received: int
    accepted: int
    quarantined: int
    duplicate: int
    record_position: int = Field(description="newest position of the record afterwards")
    refused: tuple[RefusedMessage, ...] = Field(
        max_length=100,
        description="the first hundred of those now in quarantine, of this body or the same before",
    )


EXAMPLE: dict[str, Any] = {
    "version": 1,
    "stream": "custody",
    "batch": 41,
    "repeats": None,
    "sha256": "5f0c1d6f1b7a3c1e0c7c9a4f2f6d8e8b3a1f5d4c7b6a59788796a5b4c3d2e1f0",
    "signed": True,
    "received": 3,
    "accepted": 2,
    "quarantined": 1,
    "duplicate": 0,
    "record_position": 2_183_404,
    "refused": [
        {
            "row": 2,
            "reason": "wrong_unit",
            "detail": "unit: expected one of kg, found 't'",
            "help": "The value is in another unit than the contract's.",
        }
    ],
}
