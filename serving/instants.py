"""Times as texts: RFC 3339 with a zone on the outside, UTC microseconds on the inside."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
from pydantic import Field

from features.calendar import parse_time
from serving.errors import AsOfOutOfRange, MalformedAsOf
from supervision.contract.fields import EARLIEST
from supervision.errors import UsageError

AHEAD = 60_000_000
"""How far an as-of may lie ahead of the clock, in microseconds: clocks of two machines differ."""

TimeText = Annotated[str, Field(strict=True, json_schema_extra={"format": "date-time"})]
"""A time as it is asked for; :func:`micros_of` reads it."""
_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)


def micros_of(text: str) -> int:
    """Read an RFC 3339 time; digits beyond the microsecond are dropped, never rounded up.

    Examples
    --------
    >>> micros_of("2020-01-01T00:00:00+08:00") == micros_of("2019-12-31T16:00:00Z")
    True

    Raises
    ------
    MalformedAsOf
        If the text has another form, names no zone, or names a day that does not exist.
    AsOfOutOfRange
        If the time lies, in UTC, outside the years 1 to 9999.
    """
    fault: UsageError | None = None
    if _FORM.fullmatch(text):
        try:
            return parse_time(text.upper())
        except UsageError as error:
            fault = error
    if fault is not None and isinstance(fault.__cause__, OverflowError):
        raise AsOfOutOfRange(
            f"an as-of not before {text_of(EARLIEST)} and not after the server's clock",
            repr(text[:60]),
            "name a time that the record can know",
        ) from fault
    raise MalformedAsOf(
        "an RFC 3339 time with its zone, as 2022-12-31T00:00:00+08:00",
        repr(text[:60]),
        "write date, T, time, and Z or an offset such as +08:00 (in a URL %2B08:00)",
    ) from fault


def text_of(micros: int) -> str:
    """Write a time in UTC; a fraction is shown only where there is one.

    Examples
    --------
    >>> text_of(1_577_808_000_000_000)
    '2019-12-31T16:00:00Z'
    """
    return (_EPOCH + micros * _MICROSECOND).isoformat() + "Z"


def texts_of(micros: Sequence[int]) -> list[str]:
    """Write many times in UTC, as :func:`text_of` does one, in a fraction of the time.

    Examples
    --------
    >>> texts_of([1_577_808_000_000_000, 1_577_808_000_500_000])
    ['2019-12-31T16:00:00Z', '2019-12-31T16:00:00.500000Z']
    """
    texts = np.datetime_as_string(np.array(micros, "datetime64[us]")).tolist()
    return [f"{text.removesuffix('.000000')}Z" for text in texts]


def text_if_any(micros: int | None) -> str | None:
    """Write a time in UTC, where there is one."""
    return None if micros is None else text_of(micros)


def checked_as_of(as_of: int, now: int) -> int:
    """Return an as-of that may be scored.

    Parameters
    ----------
    as_of, now : int
        UTC microseconds; ``now`` is the clock of the machine that answers.

    Raises
    ------
    AsOfOutOfRange
        If it lies before 2000, or more than a minute ahead of the clock.
    """
    if as_of < EARLIEST:
        raise AsOfOutOfRange(
            f"an as-of not before {text_of(EARLIEST)}",
            text_of(as_of),
            "no message can be older; name a later time",
        )
    if as_of > now + AHEAD:
        raise AsOfOutOfRange(
            f"an as-of not after the server's clock, {text_of(now)}",
            text_of(as_of),
            "nobody knows yet what will be known then; leave as_of out for the present",
        )
    return as_of
