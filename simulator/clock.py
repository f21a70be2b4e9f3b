"""The world's calendar: days counted from its first midnight, told as UTC microseconds."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

HOUR = 3_600_000_000
DAY = 24 * HOUR
"""Microseconds of a day; Asia/Shanghai has kept UTC+8 without summer time since 1991."""
_OFFSET = 8 * HOUR
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Clock:
    """Days of the world, from its first midnight to its last, both at 00:00 Asia/Shanghai.

    Attributes
    ----------
    first : datetime.date
        First day, a first of a month.
    months : int
    """

    first: date
    months: int

    def month_start(self, month: int) -> date:
        """First day of the month that begins ``month`` months after the world."""
        years, place = divmod(self.first.month - 1 + month, 12)
        return date(self.first.year + years, place + 1, 1)

    @property
    def days(self) -> int:
        """How many days the world lasts."""
        return (self.month_start(self.months) - self.first).days

    @property
    def month_days(self) -> tuple[int, ...]:
        """The day on which each month begins, and at the end the day after the last."""
        return tuple(
            (self.month_start(month) - self.first).days for month in range(self.months + 1)
        )

    def midnight(self, day: int) -> int:
        """00:00 Asia/Shanghai of a day, UTC microseconds."""
        return ((self.first - _EPOCH).days + day) * DAY - _OFFSET

    def calendar(self, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Many days as YYYYMMDD."""
        dates = np.datetime64(self.first, "D") + np.asarray(days, np.int64)
        months = dates.astype("datetime64[M]")
        since = months.astype(np.int64)
        year, month = since // 12 + 1970, since % 12 + 1
        day = (dates - months).astype(np.int64) + 1
        return np.asarray(year * 10_000 + month * 100 + day, np.int64)
