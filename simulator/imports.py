"""Imports: ordering lots, declaring them, and receiving them into a warehouse."""

from datetime import timedelta

import numpy as np

from simulator.activity import season
from simulator.books import Account
from simulator.declarations import divided, tell_declared, tell_inspected, tell_papers
from simulator.enterprises import piles
from simulator.goods import GOODS
from simulator.issuing import issue
from simulator.marginals import LOT_SCALE, drawn, lateness_days, marginals
from simulator.names import SUPPLIERS_A_GOOD
from simulator.partners import living
from simulator.port import Debt, Port, Position
from simulator.table import Floats, Ints
from supervision.contract.columns import column

_TONNES = np.array([good.lot_tonnes for good in GOODS])
_LTV = np.array([good.ltv for good in GOODS])
_ORIGINS = np.array([len(good.origins) for good in GOODS])


def wanted(port: Port, position: Position, rows: Ints) -> Ints:
    """By how much stock and lots under way fall short of what some enterprises mean to hold.

    An enterprise plans half on the trade that it knows as ordinary in this season and half on its
    recent pace; the less skilled keep more stock than they need.
    """
    who, trade = port.who, port.world.trade
    days = (
        trade.stock_days * who.stock_habit[rows] * np.exp(-0.10 * who.skill[rows])
        + sum(trade.transit_days) / 2
        + 4.0
    )
    ahead = port.clock.first + timedelta(days=port.day + sum(trade.transit_days) // 2)
    usual = who.turnover[rows] / 30.4 * season(ahead.timetuple().tm_yday)[who.goods[rows, 0]]
    plan = 0.5 * usual + 0.5 * port.state.pace[rows]
    return np.asarray(plan * days, np.int64) - position.stock[rows] - position.transit[rows]


def order(port: Port, position: Position) -> None:
    """Order a lot where stock runs short and the money is in sight; the deposit is paid now."""
    who, rng = port.who, port.rng
    rows = _looking(port)
    short = wanted(port, position, rows)
    rows, short = rows[short > 0], short[short > 0]
    limits = np.cumsum(who.good_weights[rows], axis=1)
    slot = np.minimum((rng.random((len(rows), 1)) > limits).sum(axis=1), 2)
    slot = np.where(who.goods[rows, slot] >= 0, slot, 0)
    good = who.goods[rows, slot]
    spread = np.exp(LOT_SCALE * drawn(marginals().shipment_value, len(rows), rng))
    quantity = np.asarray(_TONNES[good] * 1000 * who.lot_scale[rows] * spread, np.int64)
    quantity = np.maximum(quantity, 1)
    noise = 1.0 + 0.01 * rng.standard_normal(len(rows))
    cost = quantity * np.asarray(port.spot[good] * noise, np.int64) // 1000
    deposit = _deposit(port, cost)
    buys = (
        (short > cost // 2)
        & (_means(port, position, rows, good) > (0.05 + 0.75 * who.prudence[rows]) * cost)
        & (port.books.cash[rows] > deposit + who.fixed_costs[rows] // 4)
    )
    buyers = rows[buys]
    port.books.pay(Account.SUPPLIERS, buyers, deposit[buys])
    good, slot, count = good[buys], slot[buys], len(buyers)
    supplier = living(port.suppliers, good * SUPPLIERS_A_GOOD + who.suppliers[buyers, slot])
    days = rng.integers(*port.world.trade.transit_days, count)
    promised = port.day + days
    port.lots.add(
        count,
        good=good,
        owner=buyers,
        quantity=quantity[buys],
        cost=cost[buys],
        supplier=supplier,
        ships=promised - days // 2,
        promised=promised,
        eta=np.maximum(promised + lateness_days(count, rng), port.day + 2),
        received=0,
        origin=supplier % SUPPLIERS_A_GOOD % _ORIGINS[good],
        warehouse=who.warehouse[buyers, rng.integers(0, 2, count)],
    )


def _looking(port: Port) -> Ints:
    """Who looks for a lot today."""
    state, n = port.state, port.world.enterprises
    ready = state.trading & port.who.spells.awake(port.day) & (state.overdue_days == 0)
    return np.flatnonzero(ready & (port.rng.random(n) < 0.6))


def _deposit(port: Port, cost: Ints) -> Ints:
    """What is paid of a lot's cost when it is ordered."""
    return cost * int(port.world.trade.deposit_share * 100) // 100


def _means(port: Port, position: Position, rows: Ints, good: Ints) -> Floats:
    """What some enterprises think that they can pay a lot of a good from, fen."""
    free = position.free_stock[rows]
    borrowable = np.minimum(
        position.headroom[rows],
        np.asarray(_LTV[good] * (free + 0.8 * position.transit[rows]), np.int64),
    )
    return np.asarray(
        port.books.cash[rows]
        + 0.85 * position.receivable[rows]
        + np.maximum(borrowable, free // 2)
        - position.payable[rows]
        - position.committed[rows]
        - 0.35 * position.debt[rows]
        - port.who.fixed_costs[rows],
        np.float64,
    )


def declare(port: Port) -> None:
    """Lots that arrive are given their code and declared bill by bill; some are inspected.

    While the port is closed, nothing is: lots wait for the first day on which it is open.
    """
    _cancel(port)
    if port.prices.closed[port.day]:
        return
    lots = port.lots.live
    eta, received, promised = port.lots.of(lots, "eta", "received", "promised")
    arrives = (eta <= port.day) & (received == 0)
    lots = lots[arrives]
    if not len(lots):
        return
    # Clearance hangs on weights alone.
    bills = divided(port, lots, valued=not port.feeds.muted)
    good, owner = port.lots.of(bills.lot, "good", "owner")
    rng, count = port.rng, len(bills.lot)
    chance = port.world.supervision.inspection_share * port.prices.inspection[port.day, good]
    inspected = rng.random(count) < chance * (1.4 - 0.5 * port.who.care[owner])
    detained = inspected & (rng.random(count) < 0.16 - 0.10 * port.who.honesty[owner])
    held = np.where(inspected, rng.integers(1, 5, count), 0)
    held += np.where(detained, rng.integers(8, 26, count), 0)
    # A lot is through when its bills are, on the mean of its kilograms.
    wait = np.bincount(bills.place, weights=held * bills.quantity, minlength=len(lots))
    delay = rng.integers(1, 4, len(lots)) + np.rint(wait / port.lots["quantity"][lots])
    delay += port.prices.delay[port.day, port.lots["good"][lots]]
    port.lots["received"][lots] = port.day + delay.astype(np.int64)
    if not port.feeds.muted:
        for late in (eta - promised)[arrives].tolist():
            port.arrivals[late] = port.arrivals.get(late, 0) + 1
        issue(port, lots)
        tell_declared(port, bills)
        tell_inspected(port, bills, np.flatnonzero(inspected), detained[inspected])
        tell_papers(port, lots)


def _cancel(port: Port) -> None:
    """Lots that their supplier did not ship before it failed never come; the deposit is lost."""
    lots = port.lots.live
    supplier, ships, received = port.lots.of(lots, "supplier", "ships", "received")
    failed = port.suppliers.failed_day[supplier]
    port.lots.close(lots[(received == 0) & (failed <= ships) & (failed <= port.day)])


def receive(port: Port) -> None:
    """Lots whose clearance is through come into their warehouse; the rest of the price is owed."""
    if port.prices.closed[port.day]:
        return
    lots = port.lots.live
    (received,) = port.lots.of(lots, "received")
    lots = lots[(received > 0) & (received <= port.day)]
    # An enterprise that failed meanwhile never takes its lot: the supplier sells it elsewhere.
    lost = ~port.state.trading[port.lots["owner"][lots]]
    port.lots.close(lots)
    lots = lots[~lost]
    if not len(lots):
        return
    rng = port.rng
    good, owner, quantity, cost, house, ships = port.lots.of(
        lots, "good", "owner", "quantity", "cost", "warehouse", "ships"
    )
    pile = piles(house, rng)
    port.parcels.add(
        len(lots),
        lot=lots,
        owner=owner,
        good=good,
        quantity=quantity,
        lot_quantity=quantity,
        warehouse=house,
        pile=pile,
        since=port.day,
        # Food is some weeks old when it is loaded.
        made=ships - rng.integers(15, 120, len(lots)),
        next_count=port.day + rng.integers(3, port.world.supervision.count_days + 1, len(lots)),
        next_reading=port.day + rng.integers(1, 5, len(lots)),
        order=-1,
    )
    rest = cost - _deposit(port, cost)
    due = port.day + port.who.supplier_days[owner] + rng.integers(-3, 8, len(lots)).clip(0)
    port.debts.add(
        len(lots), owner=owner, amount=rest, due=due, kind=Debt.SUPPLIER, ref=lots, **{"from": due}
    )
    port.feeds.emit(
        "custody",
        "received",
        port.at(len(lots), 9, 12),
        provider=port.names.warehouses_at + house,
        enterprise=owner,
        cargo=lots,
        warehouse=house,
        pile=port.names.piles_at + pile,
        quantity=quantity,
    )
    appraise(port, owner, lots, good)


def appraise(port: Port, owner: Ints, lots: Ints, good: Ints) -> None:
    """An appraiser values lots: the market's price, seen with an error of three per cent."""
    if port.feeds.muted:
        return
    count = len(lots)
    noise = 1.0 + 0.03 * port.rng.standard_normal(count).clip(-3, 3)
    port.feeds.emit(
        "valuation",
        "appraisal",
        port.at(count, 13, 18),
        provider=port.names.appraisers_at + port.rng.integers(0, 3, count),
        enterprise=owner,
        cargo=lots,
        hs_code=good,
        unit_price=np.asarray(port.spot[good] * noise, np.int64),
        method=column("valuation", "method").code("market"),
    )
