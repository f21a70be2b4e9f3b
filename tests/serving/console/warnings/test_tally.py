"""Counts of warnings by where they stand and how they ended."""

from dataclasses import replace

from serving.console.warnings.tally import tally
from serving.warnings.event import SERVICE, Kind, Outcome, WarningEvent
from serving.warnings.handling import DAY, ClosedWarning, Handling

RAISED = WarningEvent("S1", "BANK-7", "E1", 0, Kind.RAISED, 0, SERVICE, SERVICE, as_of=0)


def handling(raised_at: int, *then: tuple[Kind, int, Outcome | None]) -> Handling:
    events = [replace(RAISED, at=raised_at)]
    for kind, at, outcome in then:
        events.append(replace(RAISED, place=len(events), kind=kind, at=at, outcome=outcome))
    return Handling(tuple(events))


def test_warnings_are_counted_by_state_age_and_outcome() -> None:
    fresh, old = handling(10 * DAY), handling(5 * DAY)
    held = handling(2 * DAY, (Kind.TAKEN, 3 * DAY, None))
    closed = [
        ClosedWarning("C1", "E1", DAY, 5 * DAY, Outcome.REPAID),
        ClosedWarning("C2", "E1", DAY, 7 * DAY, Outcome.ACCEPTED),
        ClosedWarning("C3", "E1", DAY, 15 * DAY, Outcome.REPAID),
    ]
    found = tally([fresh.brief, old.brief, held.brief], closed, 10 * DAY)
    assert (found.raised, found.taken, found.late, found.oldest) == (2, 1, 1, 8)
    assert (found.closed, found.days_to_close) == (3, 6.0)
    assert list(found.outcomes.items()) == [(Outcome.REPAID, 2), (Outcome.ACCEPTED, 1)]


def test_of_nothing_there_is_nothing_to_tell() -> None:
    found = tally([], [], 10 * DAY)
    assert (found.raised, found.closed, found.oldest, found.days_to_close) == (0, 0, None, None)
