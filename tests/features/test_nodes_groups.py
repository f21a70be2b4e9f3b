"""Small cases reckoned by hand for what is asked of balances, of groups and of standing."""

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.engine.sums import Overflow, first_of_joined, joined
from features.families.balances import (
    BOUGHT_IN_STORAGE,
    PLEDGED,
    PLEDGED_QUANTITY,
    PLEDGED_TO_LENDER,
    RECEIVABLES,
    RECEIVABLES_BY_BUYER,
    SALES,
    SOLD_IN_STORAGE,
    STOCK,
)
from features.families.standing import SOURCES
from features.nodes.arithmetic import Difference, Ratio
from features.nodes.balances import (
    Above,
    LargestShare,
    OutstandingWith,
    Overdue,
    SharedKeys,
    WorstCover,
)
from features.nodes.groups import Groups, RoundTrips, ShareNamed, TopShare
from features.nodes.standing import DaysSinceFirst, Speaking, YearsSince
from features.nodes.windows import Total
from features.recipe import Rows
from tests.features.test_nodes_stock import LOT, SECOND, Told, ask, on, received, told

BUYER, SECOND_BUYER, LENDER, SECOND_LENDER = 31, 32, 41, 42
SALE, SECOND_SALE, RECEIPT, SECOND_RECEIPT = 51, 52, 61, 62
REGISTERED = Rows("enterprise", (("kind", ("registration",)),))
GRANTED = Rows("financing", (("kind", ("facility",)),))


def sold(day: float, price: int, buyer: int = BUYER, number: int = SALE, **facts: object) -> Told:
    return told("title", "transferred", day, price=price, buyer=buyer, number=number, **facts)


def paid(day: float, price: int, buyer: int = BUYER, number: int = SALE, **facts: object) -> Told:
    return told("title", "paid", day, price=price, buyer=buyer, number=number, **facts)


def pledged(day: float, quantity: int, lot: int = LOT, **facts: object) -> Told:
    facts = {"lender": LENDER, "receipt": RECEIPT, "form": "static", **facts}
    return told("pledge", "registered", day, cargo_code=lot, quantity=quantity, **facts)


def freed(day: float, quantity: int, lot: int = LOT, **facts: object) -> Told:
    facts = {"lender": LENDER, "receipt": RECEIPT, **facts}
    return told("pledge", "released", day, cargo_code=lot, quantity=quantity, **facts)


def feature(name: str, day: float, *messages: Told) -> float | None:
    """What a feature of the catalogue gives for us as of a day."""
    return ask(CATALOGUE.by_name[name].recipe, day, *messages)


@pytest.mark.parametrize(
    ("grace", "day", "expected"), [(0, 9.9, 0), (0, 10, 70), (30, 39.9, 0), (30, 40, 70)]
)
def test_a_sale_is_overdue_once_its_grace_is_over(grace: int, day: float, expected: int) -> None:
    messages = (
        sold(1, 100, due_at=on(10)),
        paid(2, 30),
        sold(1, 500, number=SECOND_SALE, due_at=on(90)),
    )
    assert ask(Overdue(RECEIVABLES, "due_at", grace), day, *messages) == expected


def test_a_sale_without_a_due_time_is_never_overdue() -> None:
    assert ask(Overdue(RECEIVABLES, "due_at", 30), 900, sold(1, 100)) == 0


def test_the_largest_debtor_is_told_by_what_is_left_open() -> None:
    messages = (
        sold(1, 400),
        paid(2, 390),
        sold(1, 20, buyer=SECOND_BUYER, number=SECOND_SALE),
        sold(3, 10, buyer=SECOND_BUYER, number=53),
    )
    assert ask(LargestShare(RECEIVABLES_BY_BUYER), 1.5, *messages) == 400 / 420
    assert ask(LargestShare(RECEIVABLES_BY_BUYER), 5, *messages) == 30 / 40
    assert ask(LargestShare(RECEIVABLES_BY_BUYER), 5, sold(1, 9), paid(2, 9)) is None


@pytest.mark.parametrize("least", [2**61, 2**62])
def test_balances_beyond_int64_are_refused(least: int) -> None:
    messages = (sold(1, least), sold(1, least, SECOND_BUYER, SECOND_SALE))
    with pytest.raises(Overflow):
        ask(LargestShare(RECEIVABLES_BY_BUYER), 2, *messages)
    with pytest.raises(Overflow):
        ask(Above(PLEDGED_QUANTITY, STOCK), 2, pledged(1, least), pledged(1, least, SECOND))


def test_lateness_of_payments() -> None:
    late = (
        paid(300, 1, due_at=on(290)),
        paid(380, 1, due_at=on(379.5)),
        paid(390, 1, due_at=on(386)),
    )
    assert feature("payment_late_share_365d", 400, *late) == 2 / 3
    assert feature("payment_lateness_mean_90d", 400, *late) == (0 + 4) / 2
    assert feature("payment_lateness_change_90d_365d", 400, *late) == 2 - 14 / 3
    assert feature("payment_lateness_change_90d_365d", 400, late[0]) is None


def test_days_of_sales_that_are_outstanding() -> None:
    messages = (
        sold(1, 100),
        sold(200, 300, number=SECOND_SALE),
        paid(201, 220, number=SECOND_SALE),
    )
    assert feature("days_sales_outstanding_365d", 300, *messages) == 365 * 180 / 400
    assert feature("days_sales_outstanding_365d", 370, *messages) == 365 * 180 / 300
    assert feature("days_sales_outstanding_365d", 800, *messages) is None


def test_what_it_owes_as_a_buyer() -> None:
    messages = (
        told("purchase", "transferred", 1, price=100, number=SALE, due_at=on(10)),
        told("purchase", "transferred", 1, price=300, number=SECOND_SALE, due_at=on(60)),
        told("purchase", "paid", 14, price=60, number=SALE, due_at=on(10)),
    )
    assert feature("payable_overdue_share_now", 9, *messages) == 0
    assert feature("payable_overdue_share_now", 20, *messages) == 40 / 340
    assert feature("payable_lateness_mean_365d", 20, *messages) == 4
    assert feature("payable_overdue_share_now", 20) is None


def _lot(kind: str, day: float, lot: int = LOT, **facts: object) -> Told:
    table = "title" if kind == "sold" else "purchase"
    facts = {"in_storage": "yes", "quantity": 1, **facts}
    return told(table, "transferred", day, cargo_code=lot, **facts)


ROUND_TRIPS = RoundTrips(SOLD_IN_STORAGE, BOUGHT_IN_STORAGE, "cargo_code", 365)


def test_a_lot_comes_back_only_if_it_was_sold_before_it_was_bought() -> None:
    assert ask(ROUND_TRIPS, 9, _lot("bought", 1), _lot("sold", 2)) == 0
    assert ask(ROUND_TRIPS, 9, _lot("sold", 2), _lot("bought", 2)) == 0
    assert ask(ROUND_TRIPS, 9, _lot("sold", 2), _lot("bought", 3)) == 1
    assert ask(ROUND_TRIPS, 9, _lot("sold", 2), _lot("bought", 3, SECOND)) == 0
    assert ask(ROUND_TRIPS, 9, _lot("sold", 2, in_storage="no"), _lot("bought", 3)) == 0


def test_a_round_trip_counts_each_lot_once_and_within_the_year() -> None:
    trip = (
        _lot("bought", 1),
        _lot("sold", 2),
        _lot("bought", 3),
        _lot("sold", 4),
        _lot("bought", 5),
    )
    assert ask(ROUND_TRIPS, 6, *trip) == 1
    assert ask(ROUND_TRIPS, 368.9, *trip) == 1
    assert ask(ROUND_TRIPS, 369, *trip) == 0
    other = (_lot("sold", 6, SECOND), _lot("bought", 7, SECOND, reversed_at=on(8)))
    assert ask(ROUND_TRIPS, 7, *trip, *other) == 2
    assert ask(ROUND_TRIPS, 8, *trip, *other) == 1


STORED = (received(LOT, 0, 100), received(SECOND, 0, 50))


def test_cover_and_overlap_of_pledged_lots() -> None:
    messages = (*STORED, pledged(1, 60), pledged(2, 80, SECOND), pledged(3, 20))
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 4, *messages) == 80 / 50
    assert ask(Above(PLEDGED_QUANTITY, STOCK), 4, *messages) == 30
    assert feature("pledge_overlap_share_now", 4, *messages) == 30 / 160
    less = freed(5, 40, SECOND)
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 6, *messages, less) == 80 / 100
    assert ask(Above(PLEDGED_QUANTITY, STOCK), 6, *messages, less) == 0


def test_cover_is_capped_where_nothing_lies_behind_a_pledge() -> None:
    gone = told("custody", "released", 3, cargo_code=LOT, quantity=99)
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 4, *STORED, pledged(1, 60), gone) == 10
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 4, pledged(1, 60)) == 10
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 4, *STORED) == 0
    assert ask(WorstCover(PLEDGED_QUANTITY, STOCK, 10), 4) == 0
    assert ask(Above(PLEDGED_QUANTITY, STOCK), 4, pledged(1, 60)) == 60
    assert feature("pledge_overlap_share_now", 4, *STORED) is None


def test_a_lot_is_shared_while_two_lenders_hold_it() -> None:
    messages = (
        pledged(1, 10),
        pledged(2, 10, lender=SECOND_LENDER),
        pledged(2, 10, SECOND),
        pledged(3, 5, SECOND),
        freed(5, 10),
    )
    assert ask(SharedKeys(PLEDGED_TO_LENDER), 1, *messages) == 0
    assert ask(SharedKeys(PLEDGED_TO_LENDER), 3, *messages) == 1
    assert ask(SharedKeys(PLEDGED_TO_LENDER), 5, *messages) == 0
    assert ask(SharedKeys(PLEDGED_TO_LENDER), 5) == 0


def test_pairs_of_names_are_told_apart_or_refused() -> None:
    pair = joined(np.array([3, 2**30]), np.array([2**31 - 1, 7]))
    assert first_of_joined(pair).tolist() == [3, 2**30]
    with pytest.raises(Overflow):
        joined(np.array([1]), np.array([2**31]))


def test_lots_pledged_twice_in_the_window() -> None:
    messages = (pledged(1, 5), pledged(300, 5, receipt=SECOND_RECEIPT), pledged(300, 5, SECOND))
    assert ask(Groups(PLEDGED, "cargo_code", 2, 365), 300, *messages) == 1
    assert ask(Groups(PLEDGED, "cargo_code", 2, 365), 366, *messages) == 0
    assert ask(Groups(PLEDGED, "cargo_code", 1, 365), 366, *messages) == 2


def test_a_receipt_is_dynamic_by_its_registration() -> None:
    messages = (
        pledged(1, 1, amount=300, form="dynamic"),
        pledged(1, 1, amount=500, receipt=SECOND_RECEIPT),
        freed(2, 1, amount=100),
    )
    assert feature("dynamic_pledge_share_now", 3, *messages) == 200 / 700
    assert feature("dynamic_pledge_share_now", 3) is None
    open_ = CATALOGUE.by_name["pledged_amount_now"].recipe.balance  # type: ignore[attr-defined]
    assert ask(OutstandingWith(open_, PLEDGED), 3, *messages) == 700


def test_a_release_counts_while_its_authorisation_is_not_known() -> None:
    messages = (
        pledged(1, 9),
        freed(4, 3),
        told("pledge", "authorised", 3, receipt=RECEIPT, known_at=on(6)),
        told("pledge", "authorised", 3, receipt=SECOND_RECEIPT),
    )
    assert feature("releases_unauthorised_now", 5, *messages) == 1
    assert feature("releases_unauthorised_now", 6, *messages) == 0
    assert feature("releases_unauthorised_now", 6, *messages, freed(6, 1), freed(6, 1)) == 2


def test_the_top_share_of_a_total() -> None:
    messages = (sold(1, 30), sold(2, 30), sold(3, 40, SECOND_BUYER))
    assert ask(TopShare(SALES, "buyer", "price", 365), 9, *messages) == 60 / 100
    assert ask(TopShare(SALES, "buyer", "price", 365), 366.5, *messages) == 40 / 70
    assert ask(TopShare(SALES, "buyer", "price", 365), 900, *messages) is None
    assert ask(TopShare(SALES, "buyer", "price", 365), 9, sold(1, 0)) is None


def test_the_share_of_those_who_are_named_now() -> None:
    related = Rows("enterprise", (("kind", ("related_party",)),))
    share = ShareNamed(SALES, "buyer", "price", 365, related, "party")
    messages = (
        sold(1, 30),
        sold(2, 70, SECOND_BUYER),
        told("enterprise", "related_party", 5, party=BUYER, reversed_at=on(8)),
        told("enterprise", "core_link", 5, party=SECOND_BUYER),
    )
    assert ask(share, 4, *messages) == 0
    assert ask(share, 5, *messages) == 30 / 100
    assert ask(share, 8, *messages) == 0
    assert ask(share, 4) is None


def test_a_difference_needs_both() -> None:
    part = Ratio(Total(SALES, "price", 10), Total(SALES, "price", 20))
    whole = Total(SALES, "price", 365)
    assert ask(Difference(whole, part), 15, sold(0, 30), sold(10, 10)) == 40 - 10 / 40
    assert ask(Difference(whole, part), 100, sold(0, 30)) is None


def test_renewals_and_the_first_facility() -> None:
    messages = (
        told("financing", "facility", 5, amount=10, facility=1),
        told("financing", "facility", 3, amount=10, facility=2, known_at=on(7), reversed_at=on(9)),
        told("financing", "facility", 8, amount=10, facility=3, renewed_from=1),
        told("financing", "closed", 8, amount=10, facility=1),
    )
    assert ask(DaysSinceFirst(GRANTED), 4, *messages) is None
    assert ask(DaysSinceFirst(GRANTED), 6.9, *messages) == 1
    assert ask(DaysSinceFirst(GRANTED), 7, *messages) == 4
    assert ask(DaysSinceFirst(GRANTED), 9, *messages) == 4
    assert ask(DaysSinceFirst(GRANTED), 400, *messages) == 395
    assert feature("renewals_365d", 10, *messages) == 1
    assert feature("facilities_open_now", 10, *messages) == 1


def test_utilisation_is_compared_with_what_was_known_then() -> None:
    messages = (
        told("financing", "facility", 0, amount=100, facility=1, lender=LENDER),
        told("financing", "drawn", 1, amount=20, facility=1),
        told("financing", "drawn", 2, amount=30, facility=1, known_at=on(20)),
    )
    assert feature("utilisation_change_90d", 100, *messages) == 0.5 - 0.2
    assert feature("utilisation_change_90d", 110, *messages) == 0
    assert feature("utilisation_change_90d", 80, *messages) is None
    assert feature("drawn_to_outbound_365d", 100, *messages) == 10
    assert feature("drawn_to_outbound_365d", 100, *messages, sold(50, 40)) == 50 / 40
    assert feature("drawn_to_outbound_365d", 100) == 0


# Day 0 is 2020-09-13, 20:26:40 at the port: a quarter of a day later it is the 14th.
@pytest.mark.parametrize(
    ("established", "day", "years"),
    [
        (2010_09_14, 0, 9),
        (2010_09_14, 0.25, 10),
        (2010_09_13, 0, 10),
        (2020_02_29, 0, 0),
        (2021_01_01, 0, 0),
    ],
)
def test_years_are_those_of_the_ports_calendar(established: int, day: float, years: int) -> None:
    message = told("enterprise", "registration", -1, established_on=established)
    assert ask(YearsSince(REGISTERED, "established_on"), day, message) == years


def test_the_last_registration_tells_the_day_of_foundation() -> None:
    messages = (
        told("enterprise", "registration", 1, established_on=2000_01_01),
        told("enterprise", "registration", 2),
    )
    assert ask(YearsSince(REGISTERED, "established_on"), 1, *messages) == 20
    assert ask(YearsSince(REGISTERED, "established_on"), 2, *messages) is None
    assert ask(YearsSince(REGISTERED, "established_on"), 2) is None


def test_sources_are_counted_while_they_speak() -> None:
    messages = (
        *STORED,
        told("enterprise", "registration", 100),
        told("purchase", "transferred", 100, price=1),
    )
    assert ask(Speaking(SOURCES, 365), 99, *messages) == 1
    assert ask(Speaking(SOURCES, 365), 100, *messages) == 2
    assert ask(Speaking(SOURCES, 365), 365, *messages) == 1
    assert ask(Speaking(SOURCES, 365), 465, *messages) == 0
