"""A feed's own rhythm: how often it speaks, how long it is silent, how late its messages come."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from supervision.arrivals.tally import Day

LOOKED_BACK = 365
"""Days of the past from which a rhythm is taken."""
MONTH = 30
SHOWN = 60
"""Days that a page draws."""
FEWEST = 12
"""Days with news that make a rhythm, as of a year of months."""
USUAL = 95
"""Percentage of the gaps between days with news that are no longer than the usual gap."""
TIMES, LEAST_SILENCE = 2, 3
"""A feed is silent after so many usual gaps, and not before so many days."""
SLOWER, SLOWER_HOURS = 2, 6
"""A month's messages are slow that take so many times as long as usual, and so many hours more."""
THINNER = 2
"""A month is thin that brings less than the so-manieth part of what is usual."""


class State(StrEnum):
    """How a feed stands; the worst first."""

    SILENT = "silent"
    LATE = "late"
    SPEAKS = "speaks"
    IRREGULAR = "irregular"
    ENDED = "ended"


@dataclass(frozen=True)
class Rhythm:
    """How one provider reports in one stream.

    Attributes
    ----------
    state : State
    newest : int
        When its newest message was known, UTC microseconds.
    silent_days : int
        Days at the port since then.
    usual_days : int or None
        Days within which 95 of 100 of its messages were followed by the next; None without rhythm.
    month, usual_month : int and int or None
        Messages in 30 days: the last ones, and the mean of the year before them.
    delay_hours, usual_delay_hours : float or None
        Mean time from when something occurs until it is known: of the last 30 days, of the year
        before them.
    daily : tuple of int
        Messages of each of the last days, the oldest first.
    """

    state: State
    newest: int
    silent_days: int
    usual_days: int | None
    month: int
    usual_month: int | None
    delay_hours: float | None
    usual_delay_hours: float | None
    daily: tuple[int, ...]

    @property
    def is_slow(self) -> bool:
        """Whether the last month's messages came later than usual."""
        now, usual = self.delay_hours, self.usual_delay_hours
        return (
            now is not None
            and usual is not None
            and now > max(SLOWER * usual, usual + SLOWER_HOURS)
        )

    @property
    def is_thin(self) -> bool:
        """Whether the last month brought much less than is usual."""
        return (
            self.state is not State.ENDED
            and self.usual_month is not None
            and self.month * THINNER < self.usual_month
        )


def rhythm(days: list[Day], newest: int, newest_day: int, today: int) -> Rhythm:
    """Compare a feed's silence with its own past.

    Parameters
    ----------
    days : list of Day
        Of this feed, in order, none after ``today``; those of the year before its newest at
        least, for else a feed would lose its rhythm by its own silence.
    newest : int
        When its newest message was known, UTC microseconds.
    newest_day, today : int
        Days at the port since 1970.
    """
    year = [one for one in days if today - LOOKED_BACK < one.day <= today]
    month = [one for one in year if one.day > today - MONTH]
    before = year[: len(year) - len(month)]
    silent = today - newest_day
    usual = _usual_gap([one.day for one in days if one.day > newest_day - LOOKED_BACK])
    daily = dict.fromkeys(range(today - SHOWN + 1, today + 1), 0)
    daily |= {one.day: one.messages for one in year if one.day in daily}
    return Rhythm(
        state=_state(silent, usual),
        newest=newest,
        silent_days=silent,
        usual_days=usual,
        month=sum(one.messages for one in month),
        usual_month=_usual_month(before, today),
        delay_hours=_delay(month),
        usual_delay_hours=_delay(before),
        daily=tuple(daily.values()),
    )


def _state(silent: int, usual: int | None) -> State:
    if silent > LOOKED_BACK:
        return State.ENDED
    if usual is None:
        return State.IRREGULAR
    if silent > max(TIMES * usual, LEAST_SILENCE - 1):
        return State.SILENT
    return State.LATE if silent > usual else State.SPEAKS


def _usual_gap(days: list[int]) -> int | None:
    if len(days) < FEWEST:
        return None
    gaps = np.sort(np.diff(np.array(days, np.int64)))
    return int(gaps[(len(gaps) * USUAL - 1) // 100])


def _usual_month(before: list[Day], today: int) -> int | None:
    """Mean of 30 days, from the first day with news on: a provider that joined lately has less."""
    if len(before) < FEWEST:
        return None
    span = today - MONTH - before[0].day + 1
    return round(sum(one.messages for one in before) * MONTH / span)


def _delay(days: list[Day]) -> float | None:
    messages = sum(one.messages for one in days)
    return sum(one.delay_seconds for one in days) / messages / 3600 if messages else None
