"""The providers' own record: what each reported, and how much of it was wrong."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from serving.console.feeds.fault import provider_of
from supervision.arrivals.counting import day_of
from supervision.arrivals.tally import Tally
from supervision.reasons import Reason
from supervision.record import Record
from supervision.refused import refused
from supervision.tables import BATCH, QUARANTINE

READ = 20_000
"""Rows of the quarantine, the newest, of which the providers are read."""
_RELEASED = sorted(set(Reason) - {Reason.REVERSAL_WAITS})
"""Reasons whose rows leave the quarantine by a release alone, each counted as a duplicate of its
batch though nobody sent it again. A waiting reversal leaves by itself: accepted, or a duplicate."""


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
        Rows that it sent again, released ones not among them; None where its rows came in files
        together with others'.
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
    duplicates, mixed = tally.by_sole_source(_sent_again(record)), tally.mixed_sources()
    lines = tuple(
        ProviderRecord(
            provider=called[number],
            streams=tuple(sorted(streams[number])),
            messages=total.messages,
            reversals=total.reversals,
            quarantined=reasons[called[number]].total(),
            reasons=tuple(reasons[called[number]].most_common()),
            duplicates=None if number in mixed else duplicates.get(number, 0),
            checks=total.checks,
            disagreements=total.disagreements,
            delay_hours=_share(total.delay_seconds / 3600, total.messages),
        )
        for number, total in totals.items()
    )
    named = sum(one.quarantined for one in lines)
    ordered = sorted(lines, key=lambda one: (-(one.quarantined_share or 0), one.provider))
    return Providers(tuple(ordered), len(rows) - named, len(rows) == READ)


def _sent_again(record: Record) -> dict[int, int]:
    """Rows that were duplicates as they came, by the batch that first had their file."""
    q = QUARANTINE.c
    released = (
        sa.select(q.batch, sa.func.count().label("number"))
        .where(q.reason.in_(_RELEASED), q.settled_at.is_not(None))
        .group_by(q.batch)
        .subquery()
    )
    first = sa.func.coalesce(BATCH.c.repeats, BATCH.c.batch)
    number = sa.func.sum(BATCH.c.duplicate - sa.func.coalesce(released.c.number, 0))
    query = (
        sa.select(first, number)
        .select_from(sa.outerjoin(BATCH, released, released.c.batch == BATCH.c.batch))
        .where(BATCH.c.duplicate > 0)
        .group_by(first)
        .having(number > 0)
    )
    with record.engine.connect() as connection:
        return {int(batch): int(rows) for batch, rows in connection.execute(query)}


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
