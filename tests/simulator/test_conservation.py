"""What goods and papers do in the world itself, before dirt and lateness touch their telling."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator import partners
from simulator.clock import DAY
from simulator.feeds import Block, Feeds
from simulator.port import Port
from simulator.scenarios import SCENARIOS
from simulator.simulation import live, settled
from simulator.world import Dirt, World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

MONTHS = 48
"""Among them the shocks of 2020 and 2022."""


def _lived(world: World) -> tuple[Port, dict[str, Block]]:
    """A port after all its months and everything that happened in it, cleanly told."""
    port = settled(world)
    clean = Dirt(0.0, 0.0, 0.0, 0.0, 0.0)
    port.feeds = Feeds(port.names.lateness, clean, LATEST, np.random.default_rng(0))
    starts = port.clock.month_days
    for month in range(world.months):
        for day in range(starts[month], starts[month + 1]):
            port.day = day
            live(port, month if day == starts[month] else None)
            held, pledged = port.parcels.of(port.parcels.live, "quantity", "pledged")
            assert (held >= 0).all()
            assert (pledged >= 0).all()
            for books in (port.books, port.customers.books, port.suppliers.books):
                assert (books.cash >= 0).all()
            assert (port.customers.stock >= 0).all()
        assert port.books.difference() == 0
        assert partners.difference(port) == 0
    return port, dict(port.feeds.drain(LATEST))


@pytest.fixture(scope="module", params=[1, 5])
def told(request: pytest.FixtureRequest) -> tuple[Port, dict[str, Block]]:
    return _lived(World(enterprises=150, months=MONTHS, seed=request.param))


def _sum(block: Block, stream: str, kind: str, key: str, value: str) -> Counter[int]:
    rows = block["kind"] == column(stream, "kind").code(kind)
    total: Counter[int] = Counter()
    for name, amount in zip(block[key][rows].tolist(), block[value][rows].tolist(), strict=True):
        total[name] += amount
    return total


def test_of_every_lot_received_is_released_and_in_stock_and_lost(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    lost = _sum(blocks["custody"], "custody", "exception", "cargo_code", "short_quantity")
    assert _assert_conserved(port, blocks["custody"]) > 500
    assert sum(port.lots["short"][port.lots.numbers].tolist()) > 0
    assert any(quantity > 0 for quantity in lost.values())


def _assert_conserved(port: Port, custody: Block) -> int:
    """Check lot by lot that nothing appears or disappears; how many lots there are."""
    received = _sum(custody, "custody", "received", "cargo_code", "quantity")
    released = _sum(custody, "custody", "released", "cargo_code", "quantity")
    stock: Counter[int] = Counter()
    lots, held = port.parcels.of(port.parcels.numbers, "lot", "quantity")
    for lot, quantity in zip(lots.tolist(), held.tolist(), strict=True):
        stock[lot] += quantity
    for lot, quantity in received.items():
        assert quantity == released[lot] + stock[lot] + int(port.lots["short"][np.array([lot])][0])
    assert set(released) | {lot for lot, quantity in stock.items() if quantity} <= set(received)
    return len(received)


def _assert_held(port: Port, custody: Block, title: Block) -> int:
    """Check for every holder of a lot: received and bought is released, sold on, there or lost.

    Returns
    -------
    int
        Kilograms that were moved on in storage.
    """
    balance: Counter[tuple[int, int]] = Counter()

    def add(rows: np.ndarray, block: Block, who: str, sign: int) -> int:
        names = (who, "cargo_code", "quantity")
        for holder, lot, quantity in zip(*(block[n][rows].tolist() for n in names), strict=True):
            balance[holder, lot] += sign * quantity
        return int(block["quantity"][rows].sum())

    kinds = column("custody", "kind")
    add(custody["kind"] == kinds.code("received"), custody, "enterprise_id", 1)
    add(custody["kind"] == kinds.code("released"), custody, "enterprise_id", -1)
    moved = title["kind"] == column("title", "kind").code("transferred")
    moved &= title["in_storage"] == column("title", "in_storage").code("yes")
    add(moved, title, "enterprise_id", -1)
    total = add(moved, title, "buyer", 1)
    names = ("owner", "lot", "quantity", "lost")
    parcels = port.parcels.of(port.parcels.numbers, *names)
    for owner, lot, quantity, lost in zip(*(part.tolist() for part in parcels), strict=True):
        balance[owner, lot] -= quantity + lost
    assert not any(balance.values())
    return total


def test_every_holder_of_a_lot_accounts_for_it_to_the_kilogram(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    assert _assert_held(port, blocks["custody"], blocks["title"]) > 0


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10**6),
    enterprises=st.integers(1, 25),
    scenario=st.sampled_from([scenario.name for scenario in SCENARIOS]),
)
def test_whatever_the_world_goods_and_cash_are_conserved(
    seed: int, enterprises: int, scenario: str
) -> None:
    world = World(enterprises=enterprises, months=4, seed=seed, scenario=scenario)
    port, blocks = _lived(world)
    _assert_conserved(port, blocks["custody"])
    _assert_held(port, blocks["custody"], blocks["title"])


def test_the_chain_of_titles_is_unbroken(told: tuple[Port, dict[str, Block]]) -> None:
    custody, title = told[1]["custody"], told[1]["title"]
    events: list[tuple[int, int, int, int, int]] = []
    names = ("occurred_at", "cargo_code", "quantity", "enterprise_id")
    for kind, sign in (("received", 1), ("released", -1)):
        rows = custody["kind"] == column("custody", "kind").code(kind)
        for at, lot, quantity, who in zip(*(custody[n][rows].tolist() for n in names), strict=True):
            events.append((at, lot, sign * quantity, who, -1))
    moved = title["kind"] == column("title", "kind").code("transferred")
    moved &= title["in_storage"] == column("title", "in_storage").code("yes")
    events += list(zip(*(title[n][moved].tolist() for n in (*names, "buyer")), strict=True))
    held: Counter[tuple[int, int]] = Counter()
    for _, lot, quantity, who, buyer in sorted(events):
        if buyer < 0:
            held[who, lot] += quantity
        else:
            held[who, lot] -= quantity
            held[buyer, lot] += quantity
        assert held[who, lot] >= 0


def test_nobody_releases_or_sells_on_more_of_a_lot_than_it_had(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    custody, title = blocks["custody"], blocks["title"]
    balance: Counter[tuple[int, int]] = Counter()
    for kind, sign in (("received", 1), ("released", -1)):
        rows = custody["kind"] == column("custody", "kind").code(kind)
        for who, lot, quantity in zip(
            *(custody[n][rows].tolist() for n in ("enterprise_id", "cargo_code", "quantity")),
            strict=True,
        ):
            balance[who, lot] += sign * quantity
    moved = title["kind"] == column("title", "kind").code("transferred")
    moved &= title["in_storage"] == column("title", "in_storage").code("yes")
    assert moved.sum() > 50
    for seller, buyer, lot, quantity in zip(
        *(title[n][moved].tolist() for n in ("enterprise_id", "buyer", "cargo_code", "quantity")),
        strict=True,
    ):
        balance[seller, lot] -= quantity
        balance[buyer, lot] += quantity
    assert min(balance.values()) >= 0
    lost = _sum(custody, "custody", "exception", "cargo_code", "short_quantity")
    assert lost
    held = port.parcels.of(port.parcels.numbers, "owner", "lot")
    owners = set(zip(*(column.tolist() for column in held), strict=True))
    assert {key for key, quantity in balance.items() if quantity > 0} <= owners


def test_a_receipt_is_released_in_parts_that_add_up_to_it(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    pledge = blocks["pledge"]
    registered = _sum(pledge, "pledge", "registered", "receipt", "amount")
    released = _sum(pledge, "pledge", "released", "receipt", "amount")
    enforced = _sum(pledge, "pledge", "enforced", "receipt", "amount")
    assert len(registered) > 50
    open_ = 0
    for receipt, amount in registered.items():
        left = int(port.receipts["amount"][np.array([receipt])][0])
        assert amount == released[receipt] + enforced[receipt] + left
        open_ += left > 0
    assert 0 < open_ < len(registered)


def test_a_release_is_asked_for_then_authorised_then_made(
    told: tuple[Port, dict[str, Block]],
) -> None:
    pledge = told[1]["pledge"]
    at: dict[str, dict[int, int]] = {}
    for kind in ("release_requested", "authorised", "released"):
        rows = pledge["kind"] == column("pledge", "kind").code(kind)
        orders = pledge["release_order"][rows].tolist()
        at[kind] = dict(zip(orders, pledge["occurred_at"][rows].tolist(), strict=True))
    assert at["released"].keys() == at["authorised"].keys() == at["release_requested"].keys()
    assert all(
        at["release_requested"][order] < at["authorised"][order] < at["released"][order]
        for order in at["released"]
    )


def test_a_sale_is_paid_at_most_once_and_at_its_price(told: tuple[Port, dict[str, Block]]) -> None:
    title = told[1]["title"]
    sold = _sum(title, "title", "transferred", "number", "price")
    paid = _sum(title, "title", "paid", "number", "price")
    assert all(sold[number] == price for number, price in paid.items())
    assert 0.5 * len(sold) < len(paid) < len(sold)


def test_a_facility_is_never_drawn_beyond_its_amount_and_closes_repaid(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    financing = blocks["financing"]
    granted = _sum(financing, "financing", "facility", "facility", "amount")
    drawn = _sum(financing, "financing", "drawn", "facility", "amount")
    repaid = _sum(financing, "financing", "instalment_paid", "facility", "amount")
    closed = _sum(financing, "financing", "closed", "facility", "amount")
    for facility, amount in granted.items():
        left = drawn[facility] - repaid[facility]
        assert 0 <= left == int(port.facilities["drawn"][np.array([facility])][0]) <= amount
    assert all(granted[facility] == amount for facility, amount in closed.items())


def test_lenders_report_default_on_the_ninety_first_day_that_an_instalment_is_unpaid(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, blocks = told
    financing, outcome = blocks["financing"], blocks["outcome"]
    kinds = column("financing", "kind")
    of_kind = {k: financing["kind"] == kinds.code(k) for k in ("instalment_due", "instalment_paid")}
    names = ("facility", "due_at", "occurred_at")
    due = list(zip(*(financing[n][of_kind["instalment_due"]].tolist() for n in names), strict=True))
    paid = list(
        zip(*(financing[n][of_kind["instalment_paid"]].tolist() for n in names), strict=True)
    )
    past_due = outcome["default_kind"] == column("outcome", "default_kind").code("past_due_90")
    defaults = dict(
        zip(*(outcome[n][past_due].tolist() for n in ("facility", "occurred_at")), strict=True)
    )
    assert len(defaults) > 1
    for facility, at in defaults.items():
        unpaid = Counter(when for f, when, _ in due if f == facility)
        unpaid -= Counter(when for f, when, then in paid if f == facility and then < at)
        assert 91 * DAY <= at - min(unpaid) < 92 * DAY
    now = port.clock.midnight(port.day + 1)
    for facility in {f for f, _, _ in due}:
        unpaid = Counter(when for f, when, _ in due if f == facility)
        unpaid -= Counter(when for f, when, _ in paid if f == facility)
        if unpaid and now - min(unpaid) > 92 * DAY:
            assert facility in defaults


def test_defaults_happen_to_those_whose_obligations_lay_unpaid_and_to_nobody_else(
    told: tuple[Port, dict[str, Block]],
) -> None:
    port, _ = told
    assert port.defaults
    limit = port.world.lending.default_days
    late = port.state.overdue_days > limit
    assert {e for e, *_ in port.defaults} >= set(np.flatnonzero(late).tolist())
    debts = port.debts.live
    owner, due = port.debts.of(debts, "owner", "due")
    behind = np.unique(owner[port.day - due > limit])
    assert (port.state.default_day[behind] <= port.day).all()


def test_events_keep_the_order_of_a_day(told: tuple[Port, dict[str, Block]]) -> None:
    custody = told[1]["custody"]
    kinds = column("custody", "kind")
    received: dict[int, int] = {}
    for kind in ("received", "released"):
        rows = custody["kind"] == kinds.code(kind)
        for lot, at in zip(
            custody["cargo_code"][rows].tolist(), custody["occurred_at"][rows].tolist(), strict=True
        ):
            if kind == "received":
                received[lot] = at
            else:
                assert at > received[lot]
    assert DAY > 0
