"""How old the newest message of each stream is: what the score could not know lies after it."""

from collections.abc import Iterable
from dataclasses import dataclass

from features.calendar import DAY
from features.facts import Facts, standing
from supervision.contract.messages import STREAMS

_TELLING = tuple(name for name in STREAMS if name != "valuation")


@dataclass(frozen=True)
class StreamAge:
    """One stream of an enterprise.

    Attributes
    ----------
    stream : str
    messages : int
        Of its own that stand.
    newest_known_at : int or None
        UTC microseconds; None where there is none.
    days : int or None
        From then to the score's as-of.
    is_missing : bool
        Whether a score rests on it and it did not speak within a year.
    """

    stream: str
    messages: int
    newest_known_at: int | None
    days: int | None
    is_missing: bool


def stream_ages(
    facts: Facts, enterprise: int, as_of: int, missing: Iterable[str]
) -> tuple[StreamAge, ...]:
    """Age of each stream's newest message as of a time."""
    lacking = set(missing)
    found = []
    for stream in (*_TELLING, "valuation"):
        columns = facts.tables["appraisal" if stream == "valuation" else stream]
        known = columns["known_at"][standing(columns, enterprise, as_of)]
        newest = int(known.max()) if len(known) else None
        days = None if newest is None else (as_of - newest) // DAY
        found.append(StreamAge(stream, len(known), newest, days, stream in lacking))
    return tuple(found)
