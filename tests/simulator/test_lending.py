"""Whom lenders accept, what they lend against goods, and how facilities go on."""

import numpy as np
import pytest

from simulator import selection
from simulator.clock import DAY
from simulator.feeds import Block, Feeds
from simulator.goods import GOODS
from simulator.lending import grant_standard, lend
from simulator.port import NEVER, Port
from simulator.simulation import live, settled
from simulator.world import Dirt, World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

CLEAN = Dirt(0.0, 0.0, 0.0, 0.0, 0.0, outages_yearly=0.0)


def run(enterprises: int, months: int, seed: int) -> Port:
    """A port that has lived, with all its messages still in its feeds."""
    port = settled(World(enterprises=enterprises, months=months, seed=seed))
    port.feeds = Feeds(port.names.lateness, CLEAN, LATEST, np.random.default_rng(0))
    starts = port.clock.month_days
    for month in range(months):
        for day in range(starts[month], starts[month + 1]):
            port.day = day
            live(port, month if day == starts[month] else None)
        port.compact()
    return port


@pytest.fixture(scope="module")
def told() -> tuple[Port, dict[str, Block]]:
    port = run(200, 30, 2)
    return port, dict(port.feeds.drain(LATEST))


def rows(block: Block, stream: str, kind: str) -> Block:
    """Messages of one kind."""
    of_kind = block["kind"] == column(stream, "kind").code(kind)
    return {name: values[of_kind] for name, values in block.items()}


def test_lenders_take_a_good_core_link_or_goods_that_carry_the_facility_and_few_others() -> None:
    port = settled(World(enterprises=400, months=12, seed=3))
    owners = np.arange(400)
    small, large = np.full(400, 1), np.full(400, 10**15)
    nothing = selection.accepted(port, owners, 0, large)
    on_name = (port.who.core >= 0) & (port.who.core_rating <= port.world.acceptance.core_rating)
    assert nothing[on_name].all()
    assert 0.0 <= nothing[~on_name].mean() < 0.05
    goods = np.array([good.ltv for good in GOODS])
    steady = int(np.flatnonzero(goods >= port.world.acceptance.least_ltv)[0])
    shaky = int(np.flatnonzero(goods < port.world.acceptance.least_ltv)[0])
    port.parcels.add(400, owner=owners, good=np.where(owners % 2, steady, shaky), quantity=10**6)
    backed = selection.accepted(port, owners, 0, small)
    assert backed[owners % 2 == 1].all()
    assert backed[(owners % 2 == 0) & ~on_name].mean() < 0.05


def test_who_has_anything_past_due_is_not_sound() -> None:
    port = settled(World(enterprises=10, months=12, seed=3))
    port.state.trading[:] = True
    port.state.overdue_days[4] = 1
    assert selection.sound(port).tolist() == [n != 4 for n in range(10)]


def test_the_standard_facility_is_opened_for_those_without_one_whatever_the_rule_says() -> None:
    port = settled(World(enterprises=20, months=12, seed=3))
    port.state.trading[:] = True
    grant_standard(port, np.array([3, 5, 7]))
    grant_standard(port, np.array([5, 9]))
    rows = port.facilities.live
    owner, amount, linked, matures = port.facilities.of(
        rows, "owner", "amount", "linked", "matures"
    )
    assert owner.tolist() == [3, 5, 7, 9]
    assert not linked.any()
    months = amount / port.who.turnover[owner]
    standard = port.world.lending.facility_turnover_months
    assert (months <= np.maximum(standard, 1e7 / port.who.turnover[owner])).all()
    assert (months > 0.5 * standard).all()
    assert (abs(matures - port.day - 365) < 30).all()


def test_a_loan_is_repaid_in_parts_that_add_up_to_it() -> None:
    port = settled(World(enterprises=5, months=12, seed=3))
    port.state.trading[:] = True
    grant_standard(port, np.array([2]))
    facility = port.facilities.live
    lend(port, facility, np.array([1_000_003]), np.array([4]), np.array([-1]))
    debts = port.debts.live
    amount, due = port.debts.of(debts, "amount", "due")
    assert len(debts) == 4
    assert amount.sum() == 1_000_003
    assert 90 <= due.max() <= 120
    assert 0 < port.books.cash[2] < 1_000_003


def test_what_is_drawn_keeps_to_the_loan_to_value_of_the_goods(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    registered = rows(blocks["pledge"], "pledge", "registered")
    assert len(registered["receipt"]) > 50
    receipts = port.receipts.live
    parcel, quantity, amount = port.receipts.of(receipts, "parcel", "quantity", "amount")
    price = port.prices.spot[: port.day + 1].max(axis=0)[port.parcels["good"][parcel]]
    ltv = np.array([good.ltv for good in GOODS])[port.parcels["good"][parcel]]
    assert (amount <= quantity * price / 1000 * ltv + 10**4).all()


def test_renewed_facilities_carry_over_what_was_drawn(told: tuple[Port, dict[str, Block]]) -> None:
    _, blocks = told
    financing = blocks["financing"]
    opened = rows(financing, "financing", "facility")
    renewed = opened["renewed_from"] >= 0
    ended = rows(financing, "financing", "closed")["facility"]
    assert 0.05 < renewed.sum() / len(ended) < 0.5
    extended = rows(financing, "financing", "extended")
    assert set(extended["facility"].tolist()) <= set(opened["renewed_from"][renewed].tolist())
    drawn = rows(financing, "financing", "drawn")
    paid = rows(financing, "financing", "instalment_paid")
    successor = dict(
        zip(*(opened[n][renewed].tolist() for n in ("renewed_from", "facility")), strict=True)
    )
    assert len(extended["facility"]) > 3
    for old, amount, at in zip(
        *(extended[n].tolist() for n in ("facility", "amount", "occurred_at")), strict=True
    ):
        day = abs(drawn["occurred_at"] - at) < DAY // 2
        assert drawn["amount"][day & (drawn["facility"] == successor[old])].sum() >= amount
        day = abs(paid["occurred_at"] - at) < DAY // 2
        assert paid["amount"][day & (paid["facility"] == old)].sum() >= amount
        assert old in ended.tolist()


def test_some_are_never_financed_and_of_the_financed_some_have_two_lenders(
    told: tuple[Port, dict[str, Block]],
) -> None:
    opened = rows(told[1]["financing"], "financing", "facility")
    pairs = np.unique(np.stack((opened["enterprise_id"], opened["lender"])), axis=1)
    lenders = np.unique(pairs[0], return_counts=True)[1]
    assert 0.2 < len(lenders) / 200 < 0.5
    assert 0.15 < (lenders > 1).mean() < 0.5


def test_the_declined_ask_again_after_months_or_never(told: tuple[Port, dict[str, Block]]) -> None:
    port, _ = told
    who, state = port.who, port.state
    seeks = who.seeks_financing & state.trading & (who.seeks_from < port.day - 400)
    never = state.next_application[seeks, 0] == port.clock.days
    later = (state.next_application[seeks, 0] > port.day) & ~never
    later &= state.next_application[seeks, 0] != NEVER
    assert never.any()
    assert later.any()
