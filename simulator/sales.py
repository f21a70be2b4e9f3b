"""Sales: to buyers outside the world, or in storage to another enterprise; and their payment."""

import numpy as np

from simulator.books import Account
from simulator.clock import DAY
from simulator.enterprises import PEERS
from simulator.imports import wanted
from simulator.port import NEVER, Debt, Port, Position
from simulator.table import Bools, Floats, Ints, first_of_each

_TRIES = 7.0
"""Offers to a peer for each that finds it in want of goods and able to pay."""
INVOICES_AT = 500_000_000
"""First number of the invoices of sales; the papers of imports have smaller ones."""


def sell(port: Port, position: Position) -> None:
    """Each enterprise sells at most one part of a lot a day, mostly of its oldest free lot."""
    parcels, free = _offered(port)
    if not len(parcels):
        return
    owner, good, whole = port.parcels.of(parcels, "owner", "good", "lot_quantity")
    who, rng, trade = port.who, port.rng, port.world.trade
    discount = port.prices.discount[port.day, good]
    share = rng.uniform(0.30, 0.90, len(parcels))
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
    _sell_outside(port, parcels[~inside], quantity[~inside], price[~inside])
    gone = port.parcels["quantity"][parcels] == 0
    port.parcels.close(parcels[gone])
    np.add.at(port.state.pace, port.parcels["owner"][parcels], price / 60.0)


def collect(port: Port) -> None:
    """Buyers outside the world pay what they mean to pay today."""
    sales = port.sales.live
    sales = sales[(port.sales["pays"][sales] == port.day) & (port.sales["in_storage"][sales] == 0)]
    port.books.receive(Account.BUYERS, *port.sales.of(sales, "seller", "price"))
    tell_paid(port, sales)
    port.sales.close(sales)


def tell_paid(port: Port, sales: Ints) -> None:
    """The title registry records that sales were paid."""
    seller, buyer, lot, price, due = port.sales.of(sales, "seller", "buyer", "lot", "price", "due")
    port.feeds.emit(
        "title",
        "paid",
        port.at(len(sales), 9, 17),
        provider=port.names.titles,
        enterprise=seller,
        cargo=lot,
        number=sales,
        buyer=buyer,
        price=price,
        due_at=port.micros(due),
    )


def fail_buyers(port: Port) -> None:
    """Demand that hung on buyers who fail today is lost, and fades back as others are found."""
    state = port.state
    state.lost_demand *= 0.991
    fails = np.flatnonzero(port.buyer_fails == port.day)
    if len(fails):
        share = (np.isin(port.who.buyers, fails) * port.who.buyer_weights).sum(axis=1)
        state.lost_demand[:] = np.minimum(
            state.lost_demand + port.world.trade.failure_lost_demand * share, 0.9
        )


def demand(port: Port) -> Floats:
    """Chance of each enterprise to sell a part of a lot today."""
    who, state, trade = port.who, port.state, port.world.trade
    usual = who.lots_a_month * trade.parts_a_lot / 30.4
    market = port.prices.demand[port.day, who.goods[:, 0]]
    chance = usual * market * np.exp(trade.demand_health * state.health + 0.05 * who.skill)
    chance *= (1.0 - state.lost_demand) * (1.0 - 0.30 * state.distress)
    return np.asarray(np.minimum(chance, 0.97), np.float64)


def _offered(port: Port) -> tuple[Ints, Ints]:
    """The parcel that each enterprise with a customer today sells from, and what it may sell.

    A few in distress, of little honesty, sell what they have pledged as if it were free.
    """
    parcels = port.parcels.live
    owner, held, pledged, since = port.parcels.of(parcels, "owner", "quantity", "pledged", "since")
    who, state, rng = port.who, port.state, port.rng
    asked = state.trading & (rng.random(len(who.skill)) < demand(port))
    cheats = (who.honesty < 0.6) & (state.distress > 0.4)
    cheats &= rng.random(len(cheats)) < port.world.trade.violation_daily
    cheated = cheats[owner] & (pledged > 0)
    free = np.where(cheated, held, held - pledged)
    offered = np.flatnonzero((free > 0) & (since < port.day) & asked[owner])
    # The careless do not sell first what came first: old lots are left behind.
    disorder = 60.0 * (1.0 - who.care[owner[offered]]) * rng.random(len(offered))
    chosen = offered[first_of_each(owner[offered], since[offered] + disorder)]
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
    peer = port.who.peers[seller, rng.integers(0, PEERS, len(seller))]
    means = port.books.cash + position.receivable // 2 - position.soon
    takes = (
        (rng.random(len(seller)) < _TRIES * port.world.trade.in_storage_share)
        & (peer != seller)
        & state.trading[peer]
        & (state.overdue_days[peer] == 0)
        & (wanted(port, position)[peer] > price // 2)
        & (means[peer] > price)
    )
    return np.where(takes, peer, -1)


def _sell_in_storage(port: Port, parcels: Ints, quantity: Ints, price: Ints, buyer: Ints) -> None:
    """The goods stay where they are; the buyer holds that part of the lot and owes its price."""
    if not len(parcels):
        return
    rng, count = port.rng, len(parcels)
    owner, lot, good, house, pile = port.parcels.of(
        parcels, "owner", "lot", "good", "warehouse", "pile"
    )
    port.parcels["quantity"][parcels] -= quantity
    port.parcels.add(
        count,
        lot=lot,
        owner=buyer,
        good=good,
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
    _tell_transfer(port, sales, quantity, port.at(count, 12, 14))


def _sell_outside(port: Port, parcels: Ints, quantity: Ints, price: Ints) -> None:
    """The goods leave the warehouse today; the buyer pays when, and if, it pays."""
    if not len(parcels):
        return
    rng, who, count = port.rng, port.who, len(parcels)
    owner, lot, good, order = port.parcels.of(parcels, "owner", "lot", "good", "order")
    port.parcels["quantity"][parcels] -= quantity
    weights = np.cumsum(who.buyer_weights[owner], axis=1)
    place = np.minimum((rng.random((count, 1)) > weights).sum(axis=1), who.buyers.shape[1] - 1)
    buyer = who.buyers[owner, place]
    cash_down = rng.random(count) < 0.10
    due = port.day + np.where(cash_down, 1, who.buyer_days[owner] + rng.integers(-5, 11, count))
    due = np.maximum(due, port.day + 1)
    late = rng.exponential(port.buyer_lateness[buyer])
    late += port.prices.lateness[port.day, good] * rng.random(count)
    # A buyer that will fail within four months is already slow.
    fails = port.buyer_fails[buyer]
    late += np.where(fails - due < 120, rng.uniform(10, 80, count), 0.0)
    late *= rng.random(count) < 0.75
    pays = due + late.astype(np.int64)
    sales = port.sales.add(
        count,
        seller=owner,
        buyer=port.names.buyers_at + buyer,
        lot=lot,
        price=price,
        due=due,
        pays=np.where(pays < fails, pays, NEVER),
        in_storage=0,
        buyer_place=place,
    )
    _tell_transfer(port, sales, quantity, port.at(count, 12, 14))
    tell_released(port, parcels, quantity, order)


def tell_released(port: Port, parcels: Ints, quantity: Ints, order: Ints) -> None:
    """The warehouse lets goods go."""
    owner, lot, house = port.parcels.of(parcels, "owner", "lot", "warehouse")
    count = len(parcels)
    moments = port.at(count, 15, 18)
    for rows, facts in (
        (np.flatnonzero(order < 0), {}),
        (np.flatnonzero(order >= 0), {"release_order": order[order >= 0]}),
    ):
        port.feeds.emit(
            "custody",
            "released",
            moments[rows],
            provider=port.names.warehouses_at + house[rows],
            enterprise=owner[rows],
            cargo=lot[rows],
            warehouse=house[rows],
            quantity=quantity[rows],
            **facts,
        )


def _tell_transfer(port: Port, sales: Ints, quantity: Ints, at: Ints) -> None:
    seller, buyer, lot, price, due, inside = port.sales.of(
        sales, "seller", "buyer", "lot", "price", "due", "in_storage"
    )
    port.feeds.emit(
        "title",
        "transferred",
        at,
        provider=port.names.titles,
        enterprise=seller,
        cargo=lot,
        number=sales,
        buyer=buyer,
        quantity=quantity,
        price=price,
        due_at=port.micros(due),
        in_storage=inside,
    )
    invoiced = np.flatnonzero(_invoices(port, seller))
    port.feeds.emit(
        "document",
        "vat_invoice",
        at[invoiced] + port.rng.integers(0, 3, len(invoiced)) * DAY,
        provider=port.names.tax,
        enterprise=seller[invoiced],
        cargo=lot[invoiced],
        number=INVOICES_AT + sales[invoiced],
        digest=INVOICES_AT + sales[invoiced],
        amount=price[invoiced],
    )


def _invoices(port: Port, seller: Ints) -> Bools:
    """The honest invoice nearly every sale."""
    return port.rng.random(len(seller)) < 0.75 + 0.24 * port.who.honesty[seller]
