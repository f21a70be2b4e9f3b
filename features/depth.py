"""How much is known of an enterprise: whether there is enough to score it at all."""

from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import Facts, stream_of

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
    newest_known_at, newest_position : int or None
        The newest message about the enterprise.
    days_on_record : int
    recent : tuple of str
        Streams that spoke within 365 days.
    """

    messages: dict[str, int]
    newest_known_at: int | None
    newest_position: int | None
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
    earliest: list[int] = []
    newest: list[tuple[int, int]] = []
    for name, table in facts.tables.items():
        if stream_of(name) != name:
            continue
        own = (table["enterprise_id"] == enterprise) & (table["known_at"] <= as_of)
        if own.any():
            known, positions = table["known_at"][own], table["position"][own]
            earliest.append(int(known.min()))
            last = int(np.lexsort((positions, known))[-1])
            newest.append((int(known[last]), int(positions[last])))
        stands = own & (table["reversed_at"] > as_of)
        messages[name] = int(stands.sum())
        if (table["occurred_at"][stands] > as_of - 365 * DAY).any():
            recent.append(name)
    known_at, position = max(newest, default=(None, None))
    since = min(earliest, default=as_of)
    return DataDepth(messages, known_at, position, int((as_of - since) // DAY), tuple(recent))
