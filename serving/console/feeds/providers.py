"""The providers' own record: what each reported, and how much of it was wrong."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from serving.console.feeds.fault import provider_of
from supervision.arrivals.counting import day_of
from supervision.arrivals.tally import Tally
from supervision.record import Record
from supervision.refused import refused
from supervision.tables import BATCH

READ = 20_000
"""Rows of the quarantine, the newest, of which the providers are read."""


@dataclass(frozen=True)
class ProviderRecord:
    """What one provider reported up to a time.

    Attributes
    ----------
    provider : str
    streams : tuple of str
    messages, reversals : int
        Facts that were accepted, and how many of them it took back.
    quarantined : int
        Rows in quarantine that name it.
    reasons : tuple of (str, int)
        Of these, the most frequent first.
    duplicates : int or None
        Rows that it sent again; None where its rows came in files together with others'.
    checks, disagreements : int
        Of a warehouse: counts made, and how often goods disagreed with books or papers.
    delay_hours : float or None
        Mean time from when something occurs until it is known.
    """

    provider: str
    streams: tuple[str, ...]
    messages: int
    reversals: int
    quarantined: int
    reasons: tuple[tuple[str, int], ...]
    duplicates: int | None
    checks: int
    disagreements: int
    delay_hours: float | None

    @property
    def quarantined_share(self) -> float | None:
        """Of all rows that were judged."""
        return _share(self.quarantined, self.messages + self.reversals + self.quarantined)

    @property
    def reversed_share(self) -> float | None:
        """Of its facts."""
        return _share(self.reversals, self.messages)

    @property
    def disagreeing_share(self) -> float | None:
        """Disagreements a count."""
        return _share(self.disagreements, self.checks)


@dataclass(frozen=True)
class Providers:
    """The record of all providers.

    Attributes
    ----------
    lines : tuple of ProviderRecord
        Those with the greatest share in quarantine first.
    unnamed : int
        Rows in quarantine that name no provider that the record knows.
    is_cut : bool
        Whether there are more rows in quarantine than were read.
    """

    lines: tuple[ProviderRecord, ...]
    unnamed: int
    is_cut: bool


def providers_of(tally: Tally, record: Record, today: int) -> Providers:
    """Read the providers' record as it stood at a time, UTC microseconds."""
    last = day_of(today)
    totals = {total.provider: total for total in tally.totals(last)}
    streams: dict[int, list[str]] = defaultdict(list)
    for stream, provider in tally.newest(last):
        streams[provider].append(stream)
    called = record.text_of(sorted(totals))
    rows = refused(record.engine, most=READ)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        reasons[provider_of(row)][row.reason] += 1
    duplicates, mixed = _duplicates(record, tally.sole_sources()), tally.mixed_sources()
    lines = tuple(
        ProviderRecord(
            provider=called[number],
            streams=tuple(sorted(streams[number])),
            messages=total.messages,
            reversals=total.reversals,
            quarantined=reasons[called[number]].total(),
            reasons=tuple(reasons[called[number]].most_common()),
            duplicates=None if number in mixed else duplicates[number],
            checks=total.checks,
            disagreements=total.disagreements,
            delay_hours=_share(total.delay_seconds / 3600, total.messages),
        )
        for number, total in totals.items()
    )
    named = sum(one.quarantined for one in lines)
    ordered = sorted(lines, key=lambda one: (-(one.quarantined_share or 0), one.provider))
    return Providers(tuple(ordered), len(rows) - named, len(rows) == READ)


def _duplicates(record: Record, sole: dict[int, int]) -> Counter[int]:
    """Rows that were duplicates, by provider, of the files that are one provider's alone."""
    found: Counter[int] = Counter()
    query = sa.select(BATCH.c.batch, BATCH.c.repeats, BATCH.c.duplicate).where(
        BATCH.c.duplicate > 0
    )
    with record.engine.connect() as connection:
        for batch, repeats, number in connection.execute(query):
            provider = sole.get(batch if repeats is None else repeats)
            if provider is not None:
                found[provider] += number
    return found


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
