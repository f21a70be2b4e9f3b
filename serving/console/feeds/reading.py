"""The feeds of the port: each provider in each stream, those that need a word first."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from serving.console.feeds.rhythm import LOOKED_BACK, Rhythm, State, rhythm
from supervision.arrivals.counting import day_of
from supervision.arrivals.tally import Day, Tally
from supervision.record import Record

_FRESH = 7
"""Days of silence that take hardly anything from the last year's days with news."""
MOST = 300
"""Feeds that a page lists."""
_ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class Feed:
    """One provider in one stream.

    Attributes
    ----------
    stream, provider : str
    rhythm : Rhythm
    """

    stream: str
    provider: str
    rhythm: Rhythm

    @property
    def flags(self) -> tuple[str, ...]:
        """All by which it can be picked: its state, ``slow``, ``thin``."""
        told = self.rhythm
        marks = (("slow", told.is_slow), ("thin", told.is_thin))
        return (told.state.value, *(name for name, holds in marks if holds))


@dataclass(frozen=True)
class Feeds:
    """The feeds that were asked for.

    Attributes
    ----------
    lines : tuple of Feed
        At most :data:`MOST`.
    found : int
        How many fit.
    total : int
        How many there are.
    by_flag : Counter of str
    """

    lines: tuple[Feed, ...]
    found: int
    total: int
    by_flag: Counter[str]


def feeds_of(tally: Tally, record: Record, today: int) -> list[Feed]:
    """Read all feeds as they stood at a time, UTC microseconds."""
    last = day_of(today)
    days: dict[tuple[str, int], list[Day]] = defaultdict(list)
    for one in tally.days(last - LOOKED_BACK, last):
        days[one.stream, one.provider].append(one)
    newest = tally.newest(last)
    for feed, at in newest.items():
        if _FRESH < last - day_of(at) <= LOOKED_BACK:
            days[feed] = tally.days(day_of(at) - LOOKED_BACK, last, feed)
    called = record.text_of(sorted({provider for _, provider in newest}))
    return [
        Feed(stream, called[provider], rhythm(days[stream, provider], at, day_of(at), last))
        for (stream, provider), at in newest.items()
    ]


def picked(feeds: Sequence[Feed], text: str, stream: str, flag: str) -> Feeds:
    """Pick feeds by a part of the provider's name, by stream and by flag; the worst first."""
    fitting = [
        feed
        for feed in feeds
        if text.lower() in feed.provider.lower()
        and stream in ("", feed.stream)
        and (not flag or flag in feed.flags)
    ]
    fitting.sort(key=_urgency)
    by_flag = Counter(mark for feed in feeds for mark in feed.flags)
    return Feeds(tuple(fitting[:MOST]), len(fitting), len(feeds), by_flag)


def _urgency(feed: Feed) -> tuple[object, ...]:
    told = feed.rhythm
    over = told.silent_days / told.usual_days if told.usual_days else 0.0
    marks = told.is_slow + told.is_thin
    return (_ORDER[told.state], -marks, -over, feed.stream, feed.provider)
