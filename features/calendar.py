"""As-of points: month ends and midnights at the port, as UTC microseconds."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from supervision.arrays import Integers
from supervision.errors import UsageError

PORT_TIME = ZoneInfo("Asia/Shanghai")
DAY = 86_400_000_000
"""Microseconds of a day."""

PORT_OFFSET = 8 * 3_600_000_000
"""Microseconds by which the port's clock is ahead of UTC, all year."""

_FIRST_DAY = date(1970, 1, 1).toordinal()


def micros(moment: datetime) -> int:
    """UTC microseconds of a moment that knows its zone.

    Raises
    ------
    UsageError
        If the moment has no zone.
    """
    if moment.tzinfo is None:
        raise UsageError(
            f"expected a time with its zone, found {moment.isoformat()}; "
            "write for example 2023-01-01T00:00:00+08:00"
        )
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def parse_time(text: str) -> int:
    """UTC microseconds of an RFC 3339 time, or of a date's midnight at the port.

    Raises
    ------
    UsageError
        If the text is neither.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return micros(datetime.fromisoformat(text).replace(tzinfo=PORT_TIME))
        return micros(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"expected a date (2023-01-01) or a time with its zone "
            f"(2023-01-01T00:00:00+08:00), found {text!r:.60}"
        ) from error


def show_time(at: int) -> str:
    """Write UTC microseconds as a time of the port, to the second."""
    return datetime.fromtimestamp(at // 1_000_000, tz=PORT_TIME).isoformat()


def midnight(at: int) -> int:
    """Last 00:00 at the port that is not after ``at``; the port has no summer time."""
    return (at + PORT_OFFSET) // DAY * DAY - PORT_OFFSET


def calendar_day(at: int) -> int:
    """Day of the port's calendar in which a time lies, as YYYYMMDD."""
    day = date.fromordinal(_FIRST_DAY + (at + PORT_OFFSET) // DAY)
    return day.year * 10_000 + day.month * 100 + day.day


def midnights(at: Integers) -> Integers:
    """Last 00:00 at the port not after each time."""
    return (at + PORT_OFFSET) // DAY * DAY - PORT_OFFSET


def month_end(month: str) -> int:
    """As-of point of a month: the midnight with which it ends.

    Raises
    ------
    UsageError
        If the text is not a month.

    Examples
    --------
    >>> show_time(month_end("2019-12"))
    '2020-01-01T00:00:00+08:00'
    """
    year, number = _month(month)
    following = (year + number // 12, number % 12 + 1)
    return micros(datetime(*following, 1, tzinfo=PORT_TIME))


def month_ends(first: str, last: str) -> Integers:
    """As-of points of all months from the first to the last, both included.

    Raises
    ------
    UsageError
        If a text is not a month or the last is before the first.
    """
    (year, number), (last_year, last_number) = _month(first), _month(last)
    count = (last_year - year) * 12 + last_number - number + 1
    if count < 1:
        raise UsageError(f"expected --to to be {first} or later, found {last}")
    months = (
        f"{year + (number - 1 + i) // 12:04d}-{(number - 1 + i) % 12 + 1:02d}" for i in range(count)
    )
    return np.array([month_end(month) for month in months], np.int64)


def _month(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not found or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) < 2100:
        raise UsageError(
            f"expected a month from 2000-01 to 2099-12, such as 2019-12, found {text!r:.40}"
        )
    return int(found[1]), int(found[2])
