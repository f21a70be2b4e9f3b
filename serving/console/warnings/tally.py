"""What became of warnings: how many are open, how many late, and how they were closed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from serving.console.figures.times import days_between
from serving.warnings.event import Outcome
from serving.warnings.handling import DAY, ClosedWarning, OpenWarning

LOOKS_BACK = 90
"""Days over which closed warnings are counted."""


@dataclass(frozen=True)
class Tally:
    """Warnings by where they stand.

    Attributes
    ----------
    raised, taken : int
        Open ones that nobody, or somebody, has in hand.
    late : int
        Of the open ones.
    oldest : int or None
        Days since the oldest open one was raised.
    closed : int
        Within the last :data:`LOOKS_BACK` days.
    days_to_close : float or None
        Median of these.
    outcomes : mapping of Outcome to int
        Of these, the most frequent first.
    """

    raised: int
    taken: int
    late: int
    oldest: int | None
    closed: int
    days_to_close: float | None
    outcomes: Mapping[Outcome, int]


def tally(still_open: Sequence[OpenWarning], closed: Sequence[ClosedWarning], now: int) -> Tally:
    """Count warnings.

    Parameters
    ----------
    still_open : sequence of OpenWarning
    closed : sequence of ClosedWarning
    now : int
        UTC microseconds.
    """
    taken = sum([one.is_taken for one in still_open])
    raised = [one.raised_at for one in still_open]
    took = [one.closed_at - one.raised_at for one in closed]
    ended = Counter([one.outcome for one in closed if one.outcome])
    return Tally(
        raised=len(still_open) - taken,
        taken=taken,
        late=sum([one.is_late(now) for one in still_open]),
        oldest=days_between(min(raised), now) if raised else None,
        closed=len(closed),
        days_to_close=median(took) / DAY if took else None,
        outcomes=dict(ended.most_common()),
    )
