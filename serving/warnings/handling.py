"""Where the handling of a warning stands, and what an officer may do about it now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from serving.warnings.event import Kind, Outcome, WarningEvent

State = Literal["raised", "taken", "closed"]

GRAVE = frozenset(("close_out_line", "default", "dishonest_debtor"))
"""Rules whose warnings a senior officer closes who did not handle them."""

DAY = 86_400_000_000
TAKEN_WITHIN = 3 * DAY
CLOSED_WITHIN = 30 * DAY
"""After which a warning is late. The house's own; a lender's rules may be stricter."""


class OpenWarning(NamedTuple):
    """A warning that is not closed, in brief; a tuple, because a portfolio may have thousands.

    Attributes
    ----------
    warning_id, enterprise_id : str
    raised_at : int
        UTC microseconds.
    is_taken : bool
    """

    warning_id: str
    enterprise_id: str
    raised_at: int
    is_taken: bool

    @property
    def state(self) -> State:
        """Where it stands."""
        return "taken" if self.is_taken else "raised"

    def is_late(self, now: int) -> bool:
        """Whether it should have been taken, or closed, by now."""
        return now - self.raised_at > (CLOSED_WITHIN if self.is_taken else TAKEN_WITHIN)


class ClosedWarning(NamedTuple):
    """A warning that is closed, in brief.

    Attributes
    ----------
    warning_id, enterprise_id : str
    raised_at, closed_at : int
        UTC microseconds.
    outcome : Outcome or None
    """

    warning_id: str
    enterprise_id: str
    raised_at: int
    closed_at: int
    outcome: Outcome | None


@dataclass(frozen=True)
class Handling:
    """All events of one warning, the oldest first; the first of them raised it.

    Attributes
    ----------
    events : tuple of WarningEvent
    """

    events: tuple[WarningEvent, ...]

    @property
    def raised(self) -> WarningEvent:
        """That it was raised, by what, and when."""
        return self.events[0]

    @property
    def taken(self) -> WarningEvent | None:
        """Who has it in hand."""
        return next((e for e in reversed(self.events) if e.kind is Kind.TAKEN), None)

    @property
    def closed(self) -> WarningEvent | None:
        """That it was closed; nothing comes after it."""
        last = self.events[-1]
        return last if last.kind is Kind.CLOSED else None

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.closed:
            return "closed"
        return "taken" if self.taken else "raised"

    @property
    def brief(self) -> "OpenWarning":
        """What lists tell of it while it is open."""
        raised = self.raised
        return OpenWarning(raised.warning_id, raised.enterprise_id, raised.at, bool(self.taken))

    @property
    def place(self) -> int:
        """Where the next event stands."""
        return len(self.events)

    @property
    def is_grave(self) -> bool:
        """Whether it takes two people to close it."""
        return any(each.code in GRAVE for each in self.raised.warned)

    def is_late(self, now: int) -> bool:
        """Whether it should have been taken, or closed, by now."""
        return not self.closed and self.brief.is_late(now)


def permitted(handling: Handling, name: str, *, senior: bool) -> frozenset[Kind]:
    """What an officer may do about a warning now.

    Whoever has it in hand closes it, or a senior officer does. A grave one is closed by a senior
    officer who does not have it in hand.

    Parameters
    ----------
    handling : Handling
    name : str
        The officer's.
    senior : bool
    """
    if handling.closed:
        return frozenset()
    found, taken = {Kind.NOTED}, handling.taken
    if taken is None or taken.by != name:
        found.add(Kind.TAKEN)
    if taken is not None:
        mine = taken.by == name
        if (senior and not mine) if handling.is_grave else (senior or mine):
            found.add(Kind.CLOSED)
    return frozenset(found)


def handlings(events: Iterable[WarningEvent]) -> tuple[Handling, ...]:
    """Put the events of several warnings together, each in its own order."""
    found: dict[str, list[WarningEvent]] = {}
    for event in events:
        found.setdefault(event.warning_id, []).append(event)
    return tuple(
        Handling(tuple(sorted(own, key=lambda event: event.place))) for own in found.values()
    )
