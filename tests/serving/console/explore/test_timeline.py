"""The timeline to explore: every event of the cargo page on its date, in its state, unnamed."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime

import orjson
import pytest

from features.calendar import DAY, parse_time
from serving.console.cargo.faults import Fault
from serving.console.cargo.pledges import Pledge
from serving.console.cargo.reading import CargoPage, cargo_page, standpoint
from serving.console.cargo.release_orders import ReleaseOrder
from serving.console.cargo.statements import Statement
from serving.console.cargo.titles import Transfer
from serving.console.explore.timeline import TimelineFigure, timeline_figure
from serving.console.language import translations
from tests.serving.conftest import DEFAULTED, NEWCOMER, STRONG, WEAK
from tests.serving.console.conftest import AS_OFS, BANK, Console

NOON = parse_time("2022-11-05T12:00:00+08:00")


def page_of(console: Console, enterprise_id: str) -> CargoPage:
    at = standpoint(console.rooms, enterprise_id, BANK, AS_OFS[-1])
    assert at is not None
    return cargo_page(console.rooms, at)


def drawn(page: CargoPage, language: str = "en") -> TimelineFigure:
    said = translations("zh" if language == "zh" else "en").gettext
    return timeline_figure(page, language, said)


def told(stream: str, kind: str, at: int = NOON, **values: object) -> Statement:
    return Statement(stream, "M1", kind, "P1", None, at, 1, taken_back=False, values=values)


@pytest.fixture(scope="module")
def empty(console: Console) -> CargoPage:
    page = page_of(console, WEAK)
    return replace(page, faults=(), pledges=(), orders=(), transfers=())


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK, DEFAULTED, NEWCOMER])
def test_all_that_the_page_tells_stands_on_it(console: Console, enterprise_id: str) -> None:
    page = page_of(console, enterprise_id)
    figure = drawn(page)
    rows = Counter(figure.rows[row] for _, row, _, _ in figure.events)
    sides = Counter(each.side for each in page.transfers)
    wanted = Counter(kind.kind.replace("_", " ") for kind in page.faults)
    wanted["Pledges to you"] = min(200, len(page.pledges))
    wanted["Release orders"] = min(200, len(page.orders))
    wanted["Sold to a buyer"] = min(200, sides["sold"])
    wanted["Bought from a seller"] = min(200, sides["bought"])
    assert rows == +wanted
    assert [run.values for run in figure.runs] == [
        tuple(each.appraised // 100 for each in page.worth),
        tuple(each.market // 100 for each in page.worth),
    ]
    assert len(figure.times) == len(page.worth)


@pytest.mark.parametrize("enterprise_id", [STRONG, WEAK])
def test_nothing_lies_outside_of_what_can_be_shown(console: Console, enterprise_id: str) -> None:
    figure = drawn(page_of(console, enterprise_id))
    moments = [*figure.times, *(event[0] for event in figure.events)]
    assert figure.whole[0] <= figure.shown[0] < figure.shown[1] == figure.whole[1]
    assert all(figure.whole[0] < moment < figure.whole[1] for moment in moments)
    assert [datetime.fromisoformat(each) for each in figure.times] == sorted(
        datetime.fromisoformat(each) for each in figure.times
    )


def test_third_parties_have_no_name_on_it(console: Console) -> None:
    for enterprise_id in (STRONG, WEAK, DEFAULTED):
        text = orjson.dumps(drawn(page_of(console, enterprise_id))).decode()
        assert not re.search(r"SUPPLIER|BUYER-|bank-b|BANK", text)
        assert enterprise_id not in text


def test_times_are_the_ports(empty: CargoPage) -> None:
    late = told("custody", "exception", parse_time("2022-11-05T20:30:00Z"), warehouse="W<1>")
    late = replace(late, values={**late.values, "exception": "seal_broken"})
    figure = drawn(replace(empty, faults=(Fault(late, "stands"),)))
    assert figure.events == (("2022-11-06 04:30", 0, 0, "W<1> · Not settled"),)
    assert figure.rows == ("seal broken",)


@pytest.mark.parametrize(("state", "look"), [("stands", 0), ("settled", 2), ("gone", 2)])
def test_an_exception_needs_attention_until_it_is_settled(
    empty: CargoPage, state: str, look: int
) -> None:
    fault = Fault(told("custody", "exception", exception="count_mismatch"), state)  # type: ignore[arg-type]
    assert drawn(replace(empty, faults=(fault,))).events[0][2] == look


@pytest.mark.parametrize(
    ("ended", "look", "said"),
    [
        (None, 1, "¥700 · Still pledged"),
        ("released", 2, "¥900 · Released"),
        ("enforced", 0, "¥900 · Pledge enforced"),
    ],
)
def test_a_pledge_by_what_became_of_it(
    empty: CargoPage, ended: str | None, look: int, said: str
) -> None:
    pledge = Pledge("R1", 999_999, told("pledge", "registered", amount=90_000), 1, 70_000, ended)
    assert drawn(replace(empty, pledges=(pledge,))).events == (("2022-11-05 12:00", 0, look, said),)


def test_a_release_order_by_how_far_it_has_come(empty: CargoPage) -> None:
    asked = told("pledge", "release_requested")
    word, gone = (
        told("pledge", "authorised", NOON + DAY),
        told("pledge", "released", NOON + 2 * DAY),
    )
    cases = (
        (None, None, 0, "Waits for your word"),
        (word, None, 1, "Authorised, goods not released"),
        (word, gone, 2, "Released on your word 2022-11-07"),
        (None, gone, 0, "Released without your word 2022-11-07"),
    )
    for own, done, look, said in cases:
        order = ReleaseOrder("O1", None, asked, own, (), done)
        (event,) = drawn(replace(empty, orders=(order,))).events
        assert event[2:] == (look, said)


def test_a_transfer_by_whether_it_was_paid(empty: CargoPage) -> None:
    sold = told("title", "transferred", price=123_456_700)
    cases = (
        (Transfer("sold", sold, None, NOON + DAY, is_overdue=False), 2, "付清日 2022-11-06"),
        (Transfer("sold", sold, NOON, None, is_overdue=True), 0, "逾期未付"),
        (Transfer("bought", sold, NOON, None, is_overdue=False), 1, "尚未付款"),
    )
    for transfer, look, said in cases:
        (event,) = drawn(replace(empty, transfers=(transfer,)), "zh").events
        assert event[2:] == (look, f"123.5万 · {said}")


def test_of_many_events_of_a_kind_the_last_are_told(empty: CargoPage) -> None:
    many = tuple(
        Transfer("sold", told("title", "transferred", NOON - n * DAY), None, None, is_overdue=False)
        for n in range(250)
    )
    figure = drawn(replace(empty, transfers=many))
    assert len(figure.events) == 200
    assert figure.rows == ("Sold to a buyer, last 200",)
    assert drawn(replace(empty, transfers=many), "zh").rows == ("售予买方（最近200笔）",)
    assert max(event[0] for event in figure.events) == "2022-11-05 12:00"
    assert min(event[0] for event in figure.events).startswith("2022-04-20")


def test_a_yard_in_which_nothing_happened_has_no_rows(empty: CargoPage) -> None:
    figure = drawn(empty)
    assert (figure.rows, figure.events) == ((), ())
    assert figure.whole == figure.shown
