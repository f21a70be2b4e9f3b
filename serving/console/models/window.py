"""The window in which a default counts for a score, and when all of it is known."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from features.calendar import micros
from serving.console.figures.times import local

_MONTHS, _LAG = 12, 1
"""Of models that do not say."""


@dataclass(frozen=True)
class Window:
    """How long after a score a default counts, as the model was trained.

    Attributes
    ----------
    months : int
    lag_months : int
        After the window, until all its defaults are reported.
    """

    months: int
    lag_months: int

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """As a model's facts state it."""
        months, lag = facts.get("window_months"), facts.get("reporting_lag_months")
        return cls(_MONTHS if months is None else int(months), _LAG if lag is None else int(lag))

    def ends(self, as_of: int) -> int:
        """When the window of a score ends, UTC microseconds."""
        return months_after(as_of, self.months)

    def settles(self, as_of: int) -> int:
        """When all defaults of the window are known."""
        return months_after(as_of, self.months + self.lag_months)

    def elapsed(self, as_of: int, now: int) -> float:
        """Share of the window that is over, 0 to 1."""
        share = (now - as_of) / (self.ends(as_of) - as_of)
        return max(0.0, min(1.0, share))


def months_after(at: int, months: int) -> int:
    """The same day and time of the port some calendar months later, or the last day there is.

    Examples
    --------
    >>> from features.calendar import parse_time, show_time
    >>> show_time(months_after(parse_time("2022-01-31"), 13))
    '2023-02-28T00:00:00+08:00'
    """
    then = local(at)
    year, place = divmod(then.year * 12 + then.month - 1 + months, 12)
    day = min(then.day, monthrange(year, place + 1)[1])
    return micros(then.replace(year=year, month=place + 1, day=day))
