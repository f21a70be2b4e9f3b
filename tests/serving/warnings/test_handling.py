"""Where a warning stands and who may do what about it."""

from dataclasses import replace

import pytest

from serving.warnings.event import SERVICE, Kind, Outcome, WarningEvent
from serving.warnings.handling import (
    CLOSED_WITHIN,
    GRAVE,
    TAKEN_WITHIN,
    Handling,
    handlings,
    permitted,
)
from serving.webhooks.signals import Warned

RAISED = WarningEvent(
    "S1", "BANK-7", "E1", 0, Kind.RAISED, 1_000, SERVICE, SERVICE, as_of=500,
    warned=(Warned("points_lost", "It fell.", "下降。", 600, 555),),
)  # fmt: skip


def after(handling: Handling, kind: Kind, by: str, at: int = 2_000) -> Handling:
    outcome = Outcome.REPAID if kind is Kind.CLOSED else None
    event = WarningEvent(
        "S1", "BANK-7", "E1", handling.place, kind, at, by, by.title(), "seen", outcome
    )
    return Handling((*handling.events, event))


def raised(code: str = "points_lost") -> Handling:
    return Handling((replace(RAISED, warned=(Warned(code, "en", "zh"),)),))


def may(handling: Handling, name: str, *, senior: bool = False) -> set[Kind]:
    return set(permitted(handling, name, senior=senior))


def test_it_is_taken_before_it_is_closed() -> None:
    handling = raised()
    assert handling.state == "raised"
    for senior in (False, True):
        assert may(handling, "li.wei", senior=senior) == {Kind.NOTED, Kind.TAKEN}


def test_who_has_it_in_hand_closes_it_or_a_senior_officer_does() -> None:
    handling = after(raised(), Kind.TAKEN, "li.wei")
    assert handling.state == "taken"
    assert may(handling, "li.wei") == {Kind.NOTED, Kind.CLOSED}
    assert may(handling, "zhang.hua") == {Kind.NOTED, Kind.TAKEN}
    assert Kind.CLOSED in may(handling, "wang.min", senior=True)
    over = after(handling, Kind.TAKEN, "zhang.hua")
    assert may(over, "li.wei") == {Kind.NOTED, Kind.TAKEN}
    assert Kind.CLOSED in may(over, "zhang.hua")


@pytest.mark.parametrize("code", sorted(GRAVE))
def test_a_grave_one_takes_two_people_one_of_them_senior(code: str) -> None:
    taken = after(raised(code), Kind.TAKEN, "wang.min")
    assert taken.is_grave
    assert Kind.CLOSED not in may(taken, "wang.min", senior=True)
    assert Kind.CLOSED not in may(taken, "li.wei")
    assert Kind.CLOSED in may(taken, "sun.li", senior=True)


def test_nothing_comes_after_the_end() -> None:
    closed = after(after(raised(), Kind.TAKEN, "li.wei"), Kind.CLOSED, "li.wei")
    assert closed.state == "closed"
    assert may(closed, "li.wei") == may(closed, "wang.min", senior=True) == set()
    assert not closed.is_late(10**18)


def test_it_is_late_when_nobody_takes_it_and_when_nobody_closes_it() -> None:
    handling, taken = raised(), after(raised(), Kind.TAKEN, "li.wei")
    assert not handling.is_late(1_000 + TAKEN_WITHIN)
    assert handling.is_late(1_001 + TAKEN_WITHIN)
    assert not taken.is_late(1_000 + CLOSED_WITHIN)
    assert taken.is_late(1_001 + CLOSED_WITHIN)


def test_events_are_put_together_by_warning_and_in_their_order() -> None:
    second = after(Handling((RAISED,)), Kind.TAKEN, "li.wei").events[1]
    other = replace(RAISED, warning_id="S2")
    assert handlings([second, other, RAISED]) == (Handling((RAISED, second)), Handling((other,)))


def test_a_row_says_the_same_as_the_event() -> None:
    closed = after(Handling((RAISED,)), Kind.CLOSED, "li.wei").events[1]
    for event in (RAISED, closed):
        assert WarningEvent.of({"number": 1, **event.row()}) == event
