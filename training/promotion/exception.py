"""An exception: a person's signed word that a model may serve although checks are red.

What is signed is one canonical text: the statement as JSON with sorted keys, behind a first line
that says what kind of text it is, so that a signature made for anything else is of no use here.
"""

from pathlib import Path
from typing import Annotated, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.model.manifest import json_bytes
from training.model.signature import is_signed, sign
from training.promotion.errors import SignatureRefused
from training.promotion.keys import public_key
from training.promotion.people import Name, Person

_PURPOSE = b"cargoworthy promotion exception 1\n"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SHORTEST_REASON = 10
"""Characters that a reason for an exception has at least."""

Reason = Annotated[str, Field(min_length=SHORTEST_REASON, max_length=2000)]


class Statement(BaseModel):
    """What a person signs.

    Attributes
    ----------
    model_hash, report_sha256 : str
        Of the very model and the very report.
    red : tuple of str
        Codes of all red checks of that report, sorted.
    reason, person : str
    day : str
        At the port, as 2023-01-31.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model_hash: Sha256
    report_sha256: Sha256
    red: tuple[str, ...]
    reason: Reason
    person: Name
    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]

    def message(self) -> bytes:
        """The bytes that are signed."""
        return _PURPOSE + json_bytes(self.model_dump(mode="json"))


class SignedException(BaseModel):
    """A statement and its signature.

    Attributes
    ----------
    statement : Statement
    signature : str
        Ed25519, in base64.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    statement: Statement
    signature: str

    @classmethod
    def make(cls, statement: Statement, private: Ed25519PrivateKey) -> Self:
        """Sign a statement."""
        return cls(statement=statement, signature=sign(private, statement.message()))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that ``cargoworthy sign-exception`` wrote.

        Raises
        ------
        SignatureRefused
            If there is none, or it is something else.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as fault:
            raise SignatureRefused(
                f"no exception at {path}; each signer makes one with `cargoworthy sign-exception`"
            ) from fault
        except ValidationError as fault:
            wrong = fault.errors()[0]
            place = ".".join(str(part) for part in wrong["loc"])
            raise SignatureRefused(
                f"{path} is no signed exception: {place} {wrong['msg']!s:.120}; make it again with "
                "`cargoworthy sign-exception`"
            ) from fault

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(json_bytes(self.model_dump(mode="json")))

    def is_of(self, person: Person) -> bool:
        """Whether this person's key signed this very statement."""
        named = self.statement.person == person.name
        message = self.statement.message()
        return named and is_signed(public_key(person.public_key), message, self.signature)
