"""Pledges, release orders, exceptions, title: what each message makes of them."""

from hypothesis import given
from hypothesis import strategies as st

from serving.console.cargo.cover import covers
from serving.console.cargo.faults import faults
from serving.console.cargo.lot_name import LotName
from serving.console.cargo.pledges import of_lender, pledges
from serving.console.cargo.release_orders import release_orders
from serving.console.cargo.statements import Statement
from serving.console.cargo.stock import Place, StockLot, places
from serving.console.cargo.titles import transfers
from serving.limits.lot import Lot

BANK = "BANK-7"
LOT = LotName("t", "7403110000", "000001", is_own=True)


def say(stream: str, kind: str, at: int, lot: int = 1, **values: object) -> Statement:
    return Statement(stream, f"M{at}", kind, "P", lot, at, at, False, values)


def pledge(kind: str, at: int, lot: int = 1, **values: object) -> Statement:
    return say("pledge", kind, at, lot, **{"receipt": "R1", "lender": BANK, **values})


def registered(at: int, **values: object) -> Statement:
    return pledge("registered", at, **{"quantity": 100, "amount": 1_000, "rank": 1, **values})


def test_a_pledge_is_open_until_all_of_it_was_released() -> None:
    part = pledge("released", 2, quantity=40, amount=400)
    (found,) = pledges([registered(1), part])
    assert (found.quantity, found.amount, found.is_open) == (60, 600, True)
    rest = pledge("released", 3, quantity=60, amount=600)
    (found,) = pledges([registered(1), part, rest])
    assert (found.quantity, found.amount, found.ended) == (0, 0, "released")
    (found,) = pledges([registered(1), part, pledge("enforced", 3, quantity=60, amount=600)])
    assert found.ended == "enforced"


def test_a_receipt_on_two_lots_is_two_pledges_and_a_release_alone_is_none() -> None:
    other = pledge("registered", 2, 2, quantity=5, amount=50)
    assert [(p.lot, p.amount) for p in pledges([registered(1), other])] == [(2, 50), (1, 1_000)]
    assert pledges([pledge("released", 2, quantity=40, amount=400)]) == ()


def test_other_lenders_messages_are_left_out() -> None:
    theirs = registered(1, lender="BANK-SECRET")
    assert of_lender([theirs, registered(2)], BANK) == (registered(2),)


def request(at: int, order: str = "O1", **values: object) -> Statement:
    return pledge("release_requested", at, quantity=10, release_order=order, **values)


def word(at: int, holder: str = BANK, order: str = "O1") -> Statement:
    return pledge("authorised", at, release_order=order, holder=holder)


def states(*told: Statement) -> list[str]:
    return [order.state for order in release_orders(told, BANK)]


def test_an_order_waits_until_this_lender_gave_its_word() -> None:
    assert states(request(1)) == ["waiting"]
    assert states(request(1), word(2, "ANOTHER")) == ["waiting"]
    assert states(request(1), word(2, order="O2")) == ["waiting"]
    assert states(request(1), word(2, "ANOTHER"), word(3)) == ["authorised"]


def test_a_release_before_the_word_is_told_as_such() -> None:
    done = pledge("released", 5, quantity=10, amount=1, release_order="O1")
    assert states(request(1), word(2), done) == ["released"]
    assert states(request(1), done) == ["without_word"]
    assert states(request(1), done, word(6)) == ["without_word"]
    assert states(request(1), word(2, "ANOTHER"), done) == ["without_word"]


def test_a_release_that_names_no_order_carries_out_the_oldest_of_its_receipt() -> None:
    done = pledge("released", 5, quantity=10, amount=1)
    other = pledge("released", 5, quantity=10, amount=1, receipt="R2")
    told = [request(1), request(2, "O2"), word(3), word(4, order="O2")]
    found = {o.number: o.state for o in release_orders([*told, done], BANK)}
    assert found == {"O1": "released", "O2": "authorised"}
    assert {o.state for o in release_orders([*told, other], BANK)} == {"authorised"}


def test_what_waits_stands_first() -> None:
    told = [request(1), request(2, "O2"), request(3, "O3"), word(4, order="O3")]
    found = [(o.number, o.state) for o in release_orders(told, BANK)]
    assert found == [("O2", "waiting"), ("O1", "waiting"), ("O3", "authorised")]


def exception(at: int, lot: int = 1) -> Statement:
    return say("custody", "exception", at, lot, exception="seal_broken", warehouse="W1")


def test_a_later_count_settles_an_exception_of_its_own_lot() -> None:
    counted = say("custody", "counted", 5)
    told = [exception(4), exception(6), exception(4, 2), exception(4, 3), counted]
    found = {(f.told.occurred_at, f.told.lot): f.state for f in faults(told, {1, 2})}
    assert found == {(4, 1): "settled", (6, 1): "stands", (4, 2): "stands", (4, 3): "gone"}


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=12))
def test_exceptions_stand_only_after_the_last_count(events: list[tuple[int, bool]]) -> None:
    told = [exception(at) if bad else say("custody", "counted", at) for at, bad in events]
    last = max((at for at, bad in events if not bad), default=-1)
    for fault in faults(told, {1}):
        assert (fault.state == "stands") == (fault.told.occurred_at >= last)


def test_a_lot_lies_where_it_was_seen_last() -> None:
    told = [
        say("custody", "received", 1, warehouse="W1", pile="P1"),
        say("custody", "counted", 2, warehouse="W1"),
        say("custody", "moved", 3, 2, warehouse="W1", pile="P2"),
        say("custody", "received", 4, 2, warehouse="W2"),
    ]
    assert places(told) == {1: Place("W1", "P1"), 2: Place("W2", None)}


def stock_lot(quantity: int, value: int) -> StockLot:
    lot = Lot("7403110000", value)
    return StockLot(1, LOT, None, quantity, value, None, 0, False, lot, None, 0)


def test_cover_counts_the_pledged_part_of_what_is_in_custody() -> None:
    told = pledges([registered(1, floor_value=600)])
    (found,) = covers(told, [stock_lot(200, 1_000)])
    assert (found.value, found.ltv, found.below_floor) == (500, 2.0, True)
    (found,) = covers(told, [stock_lot(50, 1_000)])
    assert (found.value, found.ltv, found.below_floor) == (1_000, 1.0, False)
    (found,) = covers(told, [])
    assert (found.value, found.ltv, found.below_floor) == (0, None, True)


def test_the_floor_falls_with_what_the_pledge_still_secures() -> None:
    whole = registered(1, floor_value=600)
    half = pledge("released", 2, quantity=0, amount=500)
    for released, below in (((), True), ((half,), False)):
        (found,) = covers(pledges([whole, *released]), [stock_lot(200, 1_000)])
        assert (found.value, found.below_floor) == (500, below)
    (found,) = covers(pledges([registered(1)]), [])
    assert not found.below_floor, "none was agreed"


def test_a_lot_is_free_but_for_what_customs_and_pledges_hold() -> None:
    lot = Lot("7403110000", 900, pledged=200, encumbered=True)
    found = StockLot(1, LOT, None, 9, 900, 1_000, 0, True, lot, None, 100)
    assert (found.free, found.to_market) == (600, 0.9)
    held = StockLot(1, LOT, None, 9, 900, None, 0, True, lot, "pledged", 100)
    assert (held.free, held.to_market) == (0, None)


def sale(at: int, number: str, price: int, due: int) -> Statement:
    return say("title", "transferred", at, number=number, price=price, due_at=due)


def paid(at: int, number: str, price: int) -> Statement:
    return say("title", "paid", at, number=number, price=price, due_at=0)


def test_a_sale_is_paid_when_the_whole_price_came() -> None:
    sold = [sale(1, "S1", 10, 5), sale(2, "S2", 10, 5), sale(3, "S3", 10, 50)]
    came = [paid(6, "S1", 4), paid(7, "S1", 6), paid(8, "S2", 9)]
    found = {
        t.told.values["number"]: t for t in transfers([*sold, *came], [sale(9, "B", 1, 9)], 20)
    }
    assert found["S1"].paid_at == 7
    assert found["S2"].paid_at is None
    assert [found[n].is_overdue for n in ("S1", "S2", "S3")] == [False, True, False]
    assert found["B"].side == "bought"
    assert [t.told.occurred_at for t in transfers(sold, [], 20)] == [3, 2, 1]
