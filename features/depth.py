"""How much is known of an enterprise: whether it is enough for a score, and what is late."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import stream_of
from features.own_rows import OwnRows
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


def data_depth(rows: OwnRows) -> DataDepth:
    """Measure what is known of an enterprise as of a time."""
    as_of = rows.as_of
    told = [name for name in rows.facts.tables if stream_of(name) == name or name in RHYTHMIC]
    messages = dict.fromkeys(told, 0)
    recent: set[str] = set()
    late: list[Late] = []
    oldest, newest = NEVER, MISSING
    for name, known_at, (first, last, stand, occurred) in _heard(rows):
        if last == MISSING or name not in messages:
            continue
        if name in RHYTHMIC and (found := lateness(name, known_at, last, as_of)):
            late.append(found)
        messages[name] = stand
        if occurred > as_of - YEAR * DAY:
            recent.add(name)
        if stream_of(name) == name:
            oldest, newest = min(oldest, first), max(newest, last)
    appraised = "appraisal" in recent
    messages.pop("appraisal", None)
    spoke = tuple(name for name in messages if name in recent)
    if newest == MISSING:
        return DataDepth(messages, None, 0, spoke, tuple(late), appraised)
    return DataDepth(messages, newest, (as_of - oldest) // DAY, spoke, tuple(late), appraised)


def _heard(rows: OwnRows) -> Iterator[tuple[str, Integers, tuple[int, ...]]]:
    """Look through all tables at once.

    Of each table that has rows: when they were known, ``NEVER`` where the row is not known of the
    enterprise as of the time; when the first of those that are was known, and the last (``MISSING``
    if none is); how many stand, and when the newest of these occurred.
    """
    if not rows.spans:
        return
    starts = [span.start for span in rows.spans.values()]
    own_at = np.where(rows.known, rows.known_at, NEVER)
    measures = (
        np.minimum.reduceat(own_at, starts),
        np.maximum.reduceat(np.where(rows.known, rows.known_at, MISSING), starts),
        np.add.reduceat(rows.stands, starts, dtype=np.int64),
        np.maximum.reduceat(np.where(rows.stands, rows.column("occurred_at"), MISSING), starts),
    )
    each = zip(*(one.tolist() for one in measures), strict=True)
    for (name, span), measured in zip(rows.spans.items(), each, strict=True):
        yield name, own_at[span], measured


def lateness(table: str, known_at: Integers, newest: int, as_of: int) -> Late | None:
    """Compare a stream's silence with its own rhythm; None where it is not late, or has none.

    Parameters
    ----------
    table : str
    known_at : Integers
        When each of its messages was known, in any order; those after ``as_of`` are not looked at.
    newest : int
        The last of them that is not after ``as_of``.
    as_of : int
        UTC microseconds.
    """
    silent = (as_of - newest) // DAY
    if len(known_at) < FEWEST_DAYS or not PATIENCE < silent <= YEAR:
        return None
    looked_at = known_at[(known_at <= as_of) & (known_at > as_of - (LOOKED_BACK + 1) * DAY)]
    ago = np.bincount((as_of - looked_at) // DAY).nonzero()[0]
    if len(ago) < FEWEST_DAYS:
        return None
    gaps = np.sort(np.diff(ago))
    expected = max(PATIENCE, TIMES * int(gaps[(len(gaps) * USUAL - 1) // 100]))
    return Late(table, silent, expected) if silent > expected else None
