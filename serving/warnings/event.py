"""One event of an early warning: that it was raised, taken, noted about or closed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import orjson

from serving.webhooks.signals import Warned


class Kind(StrEnum):
    """Kinds of events."""

    RAISED = "raised"
    TAKEN = "taken"
    NOTED = "noted"
    CLOSED = "closed"


class Outcome(StrEnum):
    """Codes of what came of a warning."""

    PASSED = "passed"
    TOPPED_UP = "topped_up"
    SECURED = "secured"
    LIMIT_CUT = "limit_cut"
    REPAID = "repaid"
    COLLECTION = "collection"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    OTHER = "other"


SERVICE = "service"
"""Who raises warnings."""


@dataclass(frozen=True)
class WarningEvent:
    """One event.

    Attributes
    ----------
    warning_id : str
        The id of the score that raised it.
    tenant, enterprise_id : str
    place : int
        Among the events of this warning, from 0: two in one place cannot be.
    kind : Kind
    at : int
        UTC microseconds.
    by, called : str
        The officer's name, and as pages show it; :data:`SERVICE` of one that was raised.
    note : str
    outcome : Outcome or None
        Of one that was closed.
    as_of : int or None
        Of the score that raised it, UTC microseconds.
    warned : tuple of Warned
        The rules that spoke, of one that was raised.
    """

    warning_id: str
    tenant: str
    enterprise_id: str
    place: int
    kind: Kind
    at: int
    by: str
    called: str
    note: str = ""
    outcome: Outcome | None = None
    as_of: int | None = None
    warned: tuple[Warned, ...] = ()

    @property
    def event(self) -> str:
        """What no other row says."""
        return f"{self.warning_id}/{self.place}"

    def row(self) -> dict[str, object]:
        """The event as a row of the table."""
        told = {**vars(self), "event": self.event, "kind": self.kind.value}
        told["outcome"] = None if self.outcome is None else self.outcome.value
        told["warned"] = orjson.dumps([vars(each) for each in self.warned]).decode()
        return told

    @classmethod
    def of(cls, row: dict[str, object]) -> Self:
        """A row of the table as an event."""
        told = {name: row[name] for name in cls.__dataclass_fields__}
        told["kind"] = Kind(str(row["kind"]))
        told["outcome"] = None if row["outcome"] is None else Outcome(str(row["outcome"]))
        told["warned"] = tuple(Warned(**each) for each in orjson.loads(str(row["warned"])))
        return cls(**told)  # type: ignore[arg-type]
