"""How much is known of an enterprise: whether it is enough for a score, and what is late."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import Facts, stream_of
from supervision.arrays import MISSING, NEVER, Integers

LEAST_DAYS = 90
"""An enterprise is not scored before it has been on record for so many days."""

NEEDED = ("declaration", "custody")
"""At least one of these streams must have spoken within the last year."""

YEAR = 365
"""Days after which a stream that is silent is no longer late: it has ended."""

RHYTHMIC = ("declaration", "document", "custody", "title", "financing", "appraisal")
"""Tables that speak again and again while an enterprise trades; the others tell events that may
never come again, and silence of theirs means nothing."""

FEWEST_DAYS = 12
"""Days with news that make a rhythm, as of a year of months."""
LOOKED_BACK = 2 * YEAR
"""Days of the past from which the rhythm is taken."""
USUAL = 95
"""Percentage of the gaps between days with news that are no longer than the usual gap."""
TIMES = 2
"""A stream is late after so many usual gaps. Were the gaps exponential, a stream that still speaks
would be silent for so long once in 400 gaps (20 to the power of -2)."""
PATIENCE = 7
"""Days that no stream is late, however often it speaks: offices close over a holiday."""


@dataclass(frozen=True)
class Late:
    """A stream of an enterprise that has been silent for longer than its own past explains.

    Attributes
    ----------
    table : str
        Table of :class:`features.facts.Facts` in which its messages stand.
    silent_days : int
        Whole days since its newest message was known.
    expected_days : int
        Days within which it was expected to speak again.
    """

    table: str
    silent_days: int
    expected_days: int

    @property
    def stream(self) -> str:
        """Name of the stream."""
        return stream_of(self.table)


@dataclass(frozen=True)
class DataDepth:
    """What the record held of an enterprise as of a time.

    Attributes
    ----------
    messages : dict of str to int
        Messages that stand, by stream.
    newest_known_at : int or None
        When the newest message about the enterprise was known; None if there is none.
    days_on_record : int
    recent : tuple of str
        Streams that spoke within 365 days.
    late : tuple of Late
        Streams that are late.
    appraised : bool
        Whether any of its lots was appraised within 365 days.
    """

    messages: dict[str, int]
    newest_known_at: int | None
    days_on_record: int
    recent: tuple[str, ...]
    late: tuple[Late, ...] = ()
    appraised: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Streams without which there is no score: all of the needed ones, if none spoke."""
        if any(stream in self.recent for stream in NEEDED):
            return ()
        return NEEDED

    @property
    def is_sufficient(self) -> bool:
        """Whether a score would rest on enough."""
        return self.days_on_record >= LEAST_DAYS and not self.missing


def data_depth(facts: Facts, enterprise: int, as_of: int) -> DataDepth:
    """Measure what is known of an enterprise as of a time."""
    messages: dict[str, int] = {}
    recent: set[str] = set()
    late: list[Late] = []
    oldest, newest = NEVER, MISSING
    for name, table in facts.tables.items():
        is_stream = stream_of(name) == name
        if not is_stream and name not in RHYTHMIC:
            continue
        own = ((table["enterprise_id"] == enterprise) & (table["known_at"] <= as_of)).nonzero()[0]
        messages[name] = 0
        if not len(own):
            continue
        times = table["known_at"][own]
        last = int(times.max())
        if name in RHYTHMIC and (found := lateness(name, times, last, as_of)):
            late.append(found)
        stands = own[table["reversed_at"][own] > as_of]
        if table["occurred_at"][stands].max(initial=MISSING) > as_of - YEAR * DAY:
            recent.add(name)
        messages[name] = len(stands)
        if is_stream:
            oldest, newest = min(oldest, int(times.min())), max(newest, last)
    appraised = "appraisal" in recent
    messages.pop("appraisal", None)
    spoke = tuple(name for name in messages if name in recent)
    if newest == MISSING:
        return DataDepth(messages, None, 0, spoke, tuple(late), appraised)
    return DataDepth(messages, newest, (as_of - oldest) // DAY, spoke, tuple(late), appraised)


def lateness(table: str, known_at: Integers, newest: int, as_of: int) -> Late | None:
    """Compare a stream's silence with its own rhythm; None where it is not late, or has none.

    Parameters
    ----------
    table : str
    known_at : Integers
        When each of its messages was known, none after ``as_of``, in any order; at least one.
    newest : int
        The last of them.
    as_of : int
        UTC microseconds.
    """
    silent = (as_of - newest) // DAY
    if len(known_at) < FEWEST_DAYS or not PATIENCE < silent <= YEAR:
        return None
    ago = np.unique((as_of - known_at) // DAY)
    ago = ago[ago <= LOOKED_BACK]
    if len(ago) < FEWEST_DAYS:
        return None
    gaps = np.sort(np.diff(ago))
    expected = max(PATIENCE, TIMES * int(gaps[(len(gaps) * USUAL - 1) // 100]))
    return Late(table, silent, expected) if silent > expected else None
