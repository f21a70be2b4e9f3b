"""Times as the port's clock shows them; the page's hover text has them in UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from features.calendar import parse_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(at: int | str | None) -> Markup:
    """Date and minute at the port, in a ``time`` element.

    Parameters
    ----------
    at : int or str or None
        UTC microseconds, or RFC 3339.
    """
    return _element(at, "%Y-%m-%d %H:%M")


def day(at: int | str | None) -> Markup:
    """Date at the port, in a ``time`` element."""
    return _element(at, "%Y-%m-%d")


def micros(at: int | str) -> int:
    """UTC microseconds of a time that is told either way."""
    return parse_time(at) if isinstance(at, str) else at


def days_between(earlier: int, later: int) -> int:
    """Whole days from one time to another."""
    return (later - earlier) // 86_400_000_000


def local(at: int | str) -> datetime:
    """The time at the port."""
    return (_EPOCH + timedelta(microseconds=micros(at))).astimezone(SHANGHAI)


def _element(at: int | str | None, form: str) -> Markup:
    if at is None:
        return Markup("–")
    utc = _EPOCH + timedelta(microseconds=micros(at))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        local(at).strftime(form),
    )
