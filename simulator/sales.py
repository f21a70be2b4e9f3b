"""Sales: to customers, or in storage to another enterprise; and their payment."""

from datetime import timedelta

import numpy as np

from simulator import partners
from simulator.activity import season
from simulator.books import Account, PartnerAccount
from simulator.clock import DAY
from simulator.enterprises import PEERS
from simulator.goods import GOODS
from simulator.imports import wanted
from simulator.names import Lateness
from simulator.port import NEVER, Debt, Port, Position
from simulator.table import Bools, Floats, Ints, sums
from simulator.titles import tell_paid, tell_released, tell_transfer
from supervision.contract.columns import column

_SHELF_DAYS = np.array([good.shelf_months for good in GOODS], np.int64) * 365 // 12
_BANKRUPTCY = column("outcome", "default_kind").code("bankruptcy")
_DISHONEST_SHARE = 0.2
"""Share of failed customers that a court also lists as dishonest debtors."""
_LATEST_HABIT = 60.0
"""Days late beyond which nobody is by habit: whoever has the cash does not fail."""
_TRIES = 7.0
"""Offers to a peer for each that finds it in want of goods and able to pay."""
_EVERYBODY = slice(None)
_FIRST = 1e6
"""Days by which goods near their end go before any others."""


def sell(port: Port, position: Position) -> None:
    """Each enterprise sells a part of a lot a day at most, the busiest a few: the oldest first."""
    if port.prices.closed[port.day]:
        return
    parcels, free = _offered(port)
    if not len(parcels):
        return
    owner, good, whole = port.parcels.of(parcels, "owner", "good", "lot_quantity")
    who, rng, trade = port.who, port.rng, port.world.trade
    discount = port.prices.discount[port.day, good]
    discount = discount + trade.near_end_discount * near_end(port, parcels)
    share = rng.uniform(0.45, 1.0, len(parcels))
    quantity = np.minimum(np.asarray(whole * share, np.int64), free)
    quantity = np.where(free - quantity < whole // 8, free, quantity)
    margin = (
        trade.margin
        + trade.margin_skill * who.skill[owner]
        + trade.margin_health * port.state.health[owner]
        + trade.margin_noise * rng.standard_normal(len(parcels))
    )
    unit_price = np.asarray(port.spot[good] * (1.0 + margin - discount), np.int64)
    price = quantity * unit_price // 1000
    real = (quantity > 0) & (price > 0)
    parcels, quantity, price = parcels[real], quantity[real], price[real]
    _note_violations(port, parcels, quantity)
    peer = _peer(port, position, owner[real], price)
    inside = peer >= 0
    _sell_in_storage(port, parcels[inside], quantity[inside], price[inside], peer[inside])
    _sell_to_customers(port, parcels[~inside], quantity[~inside], price[~inside])
    gone = port.parcels["quantity"][parcels] == 0
    port.parcels.close(parcels[gone])
    np.add.at(port.state.pace, port.parcels["owner"][parcels], price / 60.0)


def near_end(port: Port, parcels: Ints) -> Bools:
    """Whether frozen goods come so near the end of their shelf life that they must be cleared."""
    good, made = port.parcels.of(parcels, "good", "made")
    shelf = _SHELF_DAYS[good]
    return (shelf > 0) & (port.day - made > shelf - port.world.trade.near_end_days)


def collect(port: Port) -> None:
    """Customers pay what they mean to pay by today, in order of due days, as far as cash goes."""
    rows = port.sales.live
    due, pays, inside, buyer = port.sales.of(rows, "due", "pays", "in_storage", "buyer")
    # What an enterprise bought and never paid before it ended is written off.
    bought = np.flatnonzero(inside)
    ended = bought[~port.state.trading[buyer[bought]]]
    who = port.customers
    who.overdue[:] = 0
    late = (due < port.day) & (inside == 0)
    # Goods bought in storage are paid as debts are: nobody means to pay them here.
    meant = np.flatnonzero(pays <= port.day)
    meant = meant[np.lexsort((due[meant], buyer[meant]))]
    sales, buyer_now = rows[meant], buyer[meant] - port.names.buyers_at
    (price,) = port.sales.of(sales, "price")
    running = np.cumsum(price)
    first = np.ones(len(sales), np.bool_)
    first[1:] = buyer_now[1:] != buyer_now[:-1]
    before = (running - price)[first][np.cumsum(first) - 1]
    covered = running - before <= who.books.cash[buyer_now]
    paid = sales[covered]
    late[meant[covered]] = False
    late = np.flatnonzero(late)
    who.books.pay(PartnerAccount.SELLERS, buyer_now[covered], price[covered])
    port.books.receive(Account.CUSTOMERS, *port.sales.of(paid, "seller", "price"))
    np.maximum.at(who.overdue, buyer[late] - port.names.buyers_at, port.day - due[late])
    tell_paid(port, paid)
    port.sales.close(np.concatenate((paid, rows[ended])))


def fail_customers(port: Port) -> None:
    """Customers who left something unpaid for too long close: their sellers never get the rest.

    Demand that hung on them is lost at first, and fades back as others are found.
    """
    state, who = port.state, port.customers
    state.lost_demand *= 1.0 - 1.0 / port.world.trade.lost_demand_days
    fails = partners.ripe(port, who)
    if not len(fails):
        return
    rows = port.sales.live
    buyer, price, inside = port.sales.of(rows, "buyer", "price", "in_storage")
    failed = np.zeros(len(who.good), np.bool_)
    failed[fails] = True
    lost = np.flatnonzero(inside == 0)
    lost = lost[failed[buyer[lost] - port.names.buyers_at]]
    owed = sums(buyer[lost] - port.names.buyers_at, price[lost], len(who.good)) + who.arrears
    port.sales.close(rows[lost])
    share = (failed[port.who.buyers] * port.who.buyer_weights).sum(axis=1)
    state.lost_demand[:] = np.minimum(
        state.lost_demand + port.world.trade.failure_lost_demand * share, 0.9
    )
    partners.fail(port, who, fails)
    listed = port.rng.random(len(fails)) < _DISHONEST_SHARE
    _tell_court(port, "default", fails, owed[fails], 0)
    _tell_court(port, "dishonest_debtor", fails[listed], owed[fails[listed]], 20)


def _tell_court(port: Port, kind: str, failed: Ints, owed: Ints, days: int) -> None:
    facts = {"default_kind": _BANKRUPTCY} if kind == "default" else {}
    port.feeds.emit(
        "outcome",
        kind,
        port.at(len(failed), 9, 17) + days * DAY,
        provider=port.names.court,
        enterprise=port.names.buyers_at + failed,
        amount=np.maximum(owed, 1),
        _lateness=int(Lateness.COURT),
        **facts,
    )


def demand(port: Port, rows: Ints | slice = _EVERYBODY) -> Floats:
    """Parts of lots that enterprises can expect to sell today."""
    who, state, trade = port.who, port.state, port.world.trade
    usual = who.lots_a_month[rows] * trade.parts_a_lot / 30.4
    today = port.clock.first + timedelta(days=port.day)
    time_of_year = season(today.timetuple().tm_yday)
    market = (port.prices.demand[port.day] * time_of_year)[who.goods[rows, 0]]
    fortune = np.exp(trade.demand_health * state.health[rows] + 0.05 * who.skill[rows])
    chance = usual * market * fortune
    chance *= (1.0 - state.lost_demand[rows]) * (1.0 - 0.30 * state.distress[rows])
    return np.asarray(np.minimum(chance, trade.parts_a_day), np.float64)


def _offered(port: Port) -> tuple[Ints, Ints]:
    """The parcels that each enterprise with customers today sells from, and what it may sell.

    A few in distress, of little honesty, sell what they have pledged as if it were free.
    """
    parcels = port.parcels.live
    owner, held, pledged, since = port.parcels.of(parcels, "owner", "quantity", "pledged", "since")
    who, state, rng = port.who, port.state, port.rng
    asked = (demand(port) + rng.random(len(who.skill))).astype(np.int64) * state.trading
    weak = np.flatnonzero((who.honesty < 0.6) & (state.distress > 0.4))
    cheats = weak[rng.random(len(weak)) < port.world.trade.violation_daily]
    free = held - pledged
    if len(cheats):
        cheated = np.zeros(len(who.skill), np.bool_)
        cheated[cheats] = True
        free = np.where(cheated[owner] & (pledged > 0), held, free)
    offered = np.flatnonzero((free > 0) & (since < port.day))
    offered = offered[asked[owner[offered]] > 0]
    seller = owner[offered]
    # The careless do not sell first what came first: old lots are left behind.
    disorder = 60.0 * (1.0 - who.care[seller]) * rng.random(len(offered))
    turn = since[offered] + disorder - _FIRST * near_end(port, parcels[offered])
    order = np.argsort(2.0 * _FIRST * seller + turn, kind="stable")
    offered, seller = offered[order], seller[order]
    starts = np.ones(len(seller), np.bool_)
    starts[1:] = seller[1:] != seller[:-1]
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    chosen = offered[np.arange(len(offered)) - first < asked[seller]]
    return parcels[chosen], free[chosen]


def _note_violations(port: Port, parcels: Ints, quantity: Ints) -> None:
    owner, lot, held, pledged = port.parcels.of(parcels, "owner", "lot", "quantity", "pledged")
    over = quantity > held - pledged
    port.violations += [
        (int(who), port.day, int(which)) for who, which in zip(owner[over], lot[over], strict=True)
    ]


def _peer(port: Port, position: Position, seller: Ints, price: Ints) -> Ints:
    """The enterprise of the world that buys each sale in storage, -1 where none does."""
    rng, state = port.rng, port.state
    peer = np.full(len(seller), -1, np.int64)
    offered = rng.random(len(seller)) < _TRIES * port.world.trade.in_storage_share
    rows = np.flatnonzero(offered)
    asked = port.who.peers[seller[rows], rng.integers(0, PEERS, len(rows))]
    means = port.books.cash[asked] + position.receivable[asked] // 2 - position.soon[asked]
    takes = (
        (asked != seller[rows])
        & state.trading[asked]
        & (state.overdue_days[asked] == 0)
        & (wanted(port, position, asked) > price[rows] // 2)
        & (means > price[rows])
    )
    peer[rows[takes]] = asked[takes]
    return peer


def _sell_in_storage(port: Port, parcels: Ints, quantity: Ints, price: Ints, buyer: Ints) -> None:
    """The goods stay where they are; the buyer holds that part of the lot and owes its price."""
    if not len(parcels):
        return
    rng, count = port.rng, len(parcels)
    owner, lot, good, house, pile, made = port.parcels.of(
        parcels, "owner", "lot", "good", "warehouse", "pile", "made"
    )
    port.parcels["quantity"][parcels] -= quantity
    port.parcels.add(
        count,
        lot=lot,
        owner=buyer,
        good=good,
        made=made,
        quantity=quantity,
        lot_quantity=quantity,
        warehouse=house,
        pile=pile,
        since=port.day,
        next_count=port.day + rng.integers(3, 31, count),
        next_reading=port.day + rng.integers(1, 5, count),
        order=-1,
    )
    due = port.day + rng.integers(10, 46, count)
    sales = port.sales.add(
        count,
        seller=owner,
        buyer=buyer,
        lot=lot,
        price=price,
        due=due,
        pays=NEVER,
        in_storage=1,
        buyer_place=-1,
    )
    habit = rng.exponential(1.0 + 7.0 * (1.0 - port.who.honesty[buyer])).astype(np.int64)
    port.debts.add(
        count,
        owner=buyer,
        amount=price,
        due=due,
        kind=Debt.TRADE,
        ref=sales,
        **{"from": due + habit},
    )
    tell_transfer(port, sales, quantity, port.at(count, 12, 14))


def _sell_to_customers(port: Port, parcels: Ints, quantity: Ints, price: Ints) -> None:
    """The goods leave the warehouse today; the customer pays when, and if, it can."""
    place, buyer = _customer(port, *port.parcels.of(parcels, "owner", "good"))
    found = buyer >= 0
    parcels, quantity, price = parcels[found], quantity[found], price[found]
    place, buyer = place[found], buyer[found]
    if not len(parcels):
        return
    rng, who, count = port.rng, port.who, len(parcels)
    owner, lot, good, order = port.parcels.of(parcels, "owner", "lot", "good", "order")
    port.parcels["quantity"][parcels] -= quantity
    cash_down = rng.random(count) < 0.10
    # The customer that takes the most presses for longer credit.
    pressed = np.where(place == 0, port.world.partnership.pressed_credit, 1.0)
    credit = np.asarray(who.buyer_days[owner] * pressed, np.int64)
    credit = np.maximum(credit + rng.integers(-5, 11, count), 1)
    due = port.day + np.where(cash_down, 1, credit)
    late = rng.exponential(port.customers.habit[buyer])
    late += port.prices.lateness[port.day, good] * rng.random(count)
    late *= rng.random(count) < 0.75
    np.add.at(port.customers.stock, buyer, price)
    sales = port.sales.add(
        count,
        seller=owner,
        buyer=port.names.buyers_at + buyer,
        lot=lot,
        price=price,
        due=due,
        pays=due + np.minimum(late, _LATEST_HABIT).astype(np.int64),
        in_storage=0,
        buyer_place=place,
    )
    tell_transfer(port, sales, quantity, port.at(count, 12, 14))
    tell_released(port, parcels, quantity, order)


def _customer(port: Port, seller: Ints, good: Ints) -> tuple[Ints, Ints]:
    """The customer that takes each sale: its place among the seller's own, and its number.

    Nobody sells to those who failed or are far behind; whoever has no other finds a stranger who
    deals in the good, or else anybody. The number is -1 where there is nobody at all.
    """
    who, own = port.customers, port.who.buyers[seller]
    terms = port.world.partnership
    welcome = (who.failed_day == NEVER) & (who.overdue <= terms.cut_off_days)
    limits = np.cumsum(port.who.buyer_weights[seller] * welcome[own], axis=1)
    drawn = port.rng.random((len(seller), 1)) * limits[:, -1:]
    place = np.minimum((drawn >= limits).sum(axis=1), own.shape[1] - 1)
    buyer = own[np.arange(len(seller)), place]
    lost = np.flatnonzero(limits[:, -1] <= 0.0)
    place[lost] = -1
    strangers = np.flatnonzero(welcome)
    for row in lost.tolist():
        same = strangers[who.good[strangers] == good[row]]
        pool = same if len(same) else strangers
        buyer[row] = port.rng.choice(pool) if len(pool) else -1
    return place, buyer
