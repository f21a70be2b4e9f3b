"""How much is known of an enterprise: whether there is enough to score it at all."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import Facts, stream_of
from supervision.arrays import MISSING, Integers

LEAST_DAYS = 90
"""An enterprise is not scored before it has been on record for so many days."""

NEEDED = ("declaration", "custody")
"""At least one of these streams must have spoken within the last year."""


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
    """

    messages: dict[str, int]
    newest_known_at: int | None
    days_on_record: int
    recent: tuple[str, ...]

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
    recent: list[str] = []
    known: list[Integers] = []
    for name, table in facts.tables.items():
        if stream_of(name) != name:
            continue
        own = ((table["enterprise_id"] == enterprise) & (table["known_at"] <= as_of)).nonzero()[0]
        stands = own[table["reversed_at"][own] > as_of]
        known.append(table["known_at"][own])
        messages[name] = len(stands)
        if table["occurred_at"][stands].max(initial=MISSING) > as_of - 365 * DAY:
            recent.append(name)
    times = np.concatenate(known)
    if not len(times):
        return DataDepth(messages, None, 0, tuple(recent))
    days = (as_of - int(times.min())) // DAY
    return DataDepth(messages, int(times.max()), days, tuple(recent))
