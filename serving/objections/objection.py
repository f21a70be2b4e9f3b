"""An objection (异议): an enterprise says that a message about it is wrong.

The regulation on the credit reporting industry (征信业管理条例, art. 25) has whoever receives an
objection mark the fact as disputed, check it, and answer within 20 days of receiving it. The record
is never edited: where the enterprise is right, the provider reverses its message.
"""

from dataclasses import dataclass
from enum import StrEnum

from features.calendar import DAY, midnight

STATUTORY_DAYS = 20
"""征信业管理条例 (State Council order 631, 2013), art. 25."""


class Ground(StrEnum):
    """What an enterprise says is wrong."""

    NOT_OURS = "not_ours"
    NEVER_HAPPENED = "never_happened"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_QUANTITY = "wrong_quantity"
    WRONG_TIME = "wrong_time"
    STATED_TWICE = "stated_twice"
    ALREADY_SETTLED = "already_settled"
    OTHER = "other"


class Outcome(StrEnum):
    """How an objection ends."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class State(StrEnum):
    """Where an objection stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Fact:
    """A message that an enterprise objects to.

    Attributes
    ----------
    enterprise_id, message_id, stream, provider_id : str
    position : int
        Its place in the record.
    """

    enterprise_id: str
    message_id: str
    stream: str
    provider_id: str
    position: int


@dataclass(frozen=True)
class Resolution:
    """How an objection was settled.

    Attributes
    ----------
    outcome : Outcome
    text : str
        The answer to the enterprise.
    at : int
        UTC microseconds.
    """

    outcome: Outcome
    text: str
    at: int


@dataclass(frozen=True)
class Objection:
    """One objection as it stands.

    Attributes
    ----------
    objection_id : str
    fact : Fact
    ground : Ground
    text : str
        In the enterprise's own words.
    lodged_at, due_at : int
        UTC microseconds.
    effect : str
        The score with and without the fact when it was lodged, canonical JSON.
    resolution : Resolution or None
    """

    objection_id: str
    fact: Fact
    ground: Ground
    text: str
    lodged_at: int
    due_at: int
    effect: str
    resolution: Resolution | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return State.OPEN if self.resolution is None else State(self.resolution.outcome.value)

    def overdue(self, now: int) -> bool:
        """Whether the statutory days are over and nobody has settled it."""
        return self.resolution is None and now >= self.due_at


def due_at(lodged_at: int) -> int:
    """End of the last day on which an objection may be answered, UTC microseconds.

    The day of receipt is not counted and the last one counts to its end, at the port's time (民法典
    art. 201 and 203); calendar days, also where the last is a holiday: the stricter reading.

    Examples
    --------
    >>> from features.calendar import parse_time, show_time
    >>> show_time(due_at(parse_time("2026-11-02T15:00:00+08:00")))
    '2026-11-23T00:00:00+08:00'
    """
    return midnight(lodged_at) + (STATUTORY_DAYS + 1) * DAY
