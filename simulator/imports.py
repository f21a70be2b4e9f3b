"""Imports: ordering lots, declaring them, and receiving them into a warehouse."""

import numpy as np

from simulator.books import Account
from simulator.clock import DAY
from simulator.enterprises import piles
from simulator.goods import GOODS
from simulator.names import COUNTRIES, MODES, PORTS, SUPPLIERS_A_GOOD
from simulator.port import Debt, Port, Position
from simulator.table import Bools, Ints
from supervision.cargo_code import CargoCode
from supervision.contract.columns import column

_TONNES = np.array([good.lot_tonnes for good in GOODS])
_LTV = np.array([good.ltv for good in GOODS])
_COLD = np.array([good.cold for good in GOODS])
_FOOD = np.array([good.food for good in GOODS])
_ORIGINS = np.array([len(good.origins) for good in GOODS])
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIRECTION = column("declaration", "direction").code("import")
_TERMS = [column("declaration", "trade_term").code(term) for term in ("CIF", "CFR", "FOB")]
_INSPECTION = {
    outcome: column("declaration", "inspection").code(outcome)
    for outcome in ("released", "amended", "detained")
}
_COUNTRY = [[COUNTRIES.index(country) for country, _ in good.origins] for good in GOODS]


def wanted(port: Port, position: Position) -> Ints:
    """By how much stock and lots under way fall short of what each enterprise means to hold.

    An enterprise plans half on the trade that it knows as ordinary and half on its recent pace;
    the less skilled keep more stock than they need.
    """
    who, trade = port.who, port.world.trade
    days = (
        trade.stock_days * who.stock_habit * np.exp(-0.10 * who.skill)
        + sum(trade.transit_days) / 2
        + 4.0
    )
    plan = 0.5 * who.turnover / 30.4 + 0.5 * port.state.pace
    return np.asarray(plan * days, np.int64) - position.stock - position.transit


def order(port: Port, position: Position) -> None:
    """Order a lot where stock runs short and the money is in sight; the deposit is paid now."""
    who, state, rng = port.who, port.state, port.rng
    n = len(who.skill)
    pick = (rng.random((n, 1)) > np.cumsum(who.good_weights, axis=1)).sum(axis=1)
    good = who.goods[np.arange(n), np.minimum(pick, 2)]
    good = np.where(good >= 0, good, who.goods[:, 0])
    size = _TONNES[good] * 1000 * who.lot_scale * rng.uniform(0.75, 1.3, n)
    quantity = np.maximum(np.asarray(size, np.int64), 1)
    unit_cost = np.asarray(port.spot[good] * (1.0 + 0.01 * rng.standard_normal(n)), np.int64)
    cost = quantity * unit_cost // 1000
    deposit = cost * int(port.world.trade.deposit_share * 100) // 100
    borrowable = np.minimum(
        position.headroom,
        np.asarray(_LTV[good] * (position.free_stock + 0.8 * position.transit), np.int64),
    )
    means = (
        port.books.cash
        + 0.85 * position.receivable
        + np.maximum(borrowable, position.free_stock // 2)
        - position.payable
        - position.committed
        - 0.35 * position.debt
        - who.fixed_costs
    )
    buys = (
        state.trading
        & (state.overdue_days == 0)
        & (wanted(port, position) > cost // 2)
        & (means > (0.05 + 0.75 * who.prudence) * cost)
        & (port.books.cash > deposit + who.fixed_costs // 4)
        & (rng.random(n) < 0.6)
    )
    buyers = np.flatnonzero(buys)
    port.books.pay(Account.SUPPLIERS, buyers, deposit[buyers])
    days = rng.integers(*port.world.trade.transit_days, len(buyers))
    port.lots.add(
        len(buyers),
        good=good[buyers],
        owner=buyers,
        quantity=quantity[buyers],
        cost=cost[buyers],
        eta=port.day + days,
        received=0,
        origin=rng.integers(0, _ORIGINS[good[buyers]]),
        warehouse=who.warehouse[buyers, rng.integers(0, 2, len(buyers))],
    )


def declare(port: Port) -> None:
    """Lots that arrive today are given their code and declared; some are inspected."""
    lots = port.lots.live
    lots = lots[(port.lots["eta"][lots] == port.day) & (port.lots["received"][lots] == 0)]
    if not len(lots):
        return
    _issue(port, lots)
    good, owner = port.lots.of(lots, "good", "owner")
    rng, supervision = port.rng, port.world.supervision
    chance = supervision.inspection_share * port.prices.inspection[port.day, good]
    inspected = rng.random(len(lots)) < chance * (1.4 - 0.5 * port.who.care[owner])
    detained = inspected & (rng.random(len(lots)) < 0.16 - 0.10 * port.who.honesty[owner])
    delay = rng.integers(1, 4, len(lots)) + port.prices.delay[port.day, good]
    delay += np.where(inspected, rng.integers(1, 5, len(lots)), 0)
    delay += np.where(detained, rng.integers(8, 26, len(lots)), 0)
    port.lots["received"][lots] = port.day + delay
    _tell_declaration(port, lots)
    _tell_inspection(port, lots[inspected], detained[inspected])
    _tell_papers(port, lots)


def receive(port: Port) -> None:
    """Lots whose clearance is through come into their warehouse; the rest of the price is owed."""
    lots = port.lots.live
    lots = lots[port.lots["received"][lots] == port.day]
    # An enterprise that failed meanwhile never takes its lot: the supplier sells it elsewhere.
    lost = ~port.state.trading[port.lots["owner"][lots]]
    port.lots.close(lots)
    lots = lots[~lost]
    if not len(lots):
        return
    rng = port.rng
    good, owner, quantity, cost, house = port.lots.of(
        lots, "good", "owner", "quantity", "cost", "warehouse"
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
        next_count=port.day + rng.integers(3, port.world.supervision.count_days + 1, len(lots)),
        next_reading=port.day + rng.integers(1, 5, len(lots)),
        order=-1,
    )
    rest = cost - cost * int(port.world.trade.deposit_share * 100) // 100
    due = port.day + port.who.supplier_days[owner] + rng.integers(-3, 8, len(lots)).clip(0)
    port.debts.add(
        len(lots), owner=owner, amount=rest, due=due, kind=Debt.SUPPLIER, ref=lots, **{"from": due}
    )
    at = port.at(len(lots), 9, 12)
    port.feeds.emit(
        "custody",
        "received",
        at,
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


def _issue(port: Port, lots: Ints) -> None:
    """The port issues the code of each lot."""
    issued = []
    for lot in lots.tolist():
        good = GOODS[port.lots["good"][lot]]
        owner = int(port.lots["owner"][lot])
        code = CargoCode.issue(
            port.names.parties[owner],
            good.hs_code,
            _batch(lot),
            good.origins[port.lots["origin"][lot]][1],
            _port_of(port, owner),
            port.key,
        )
        issued.append(str(code))
    port.codes.put(lots, issued)


def _batch(lot: int) -> str:
    """Six characters, different for every lot; neighbours do not look alike."""
    rest, text = (lot * 1_540_483_477 + 97_531) % 36**6, ""
    for _ in range(6):
        rest, digit = divmod(rest, 36)
        text += _BASE36[digit]
    return text


def _port_of(port: Port, owner: int) -> str:
    return PORTS[int(port.who.region[owner])]


def _tell_declaration(port: Port, lots: Ints) -> None:
    good, owner, quantity, cost, place = port.lots.of(
        lots, "good", "owner", "quantity", "cost", "origin"
    )
    rng, who, names = port.rng, port.who, port.names
    count = len(lots)
    rate = port.prices.micro_cny_per_usd[port.day]
    slot = (who.goods[owner] == good[:, None]).argmax(axis=1)
    supplier = names.suppliers_at + good * SUPPLIERS_A_GOOD + who.suppliers[owner, slot]
    agent = np.where(
        (who.agent[owner] >= 0) & (rng.random(count) < 0.85), names.agents_at + who.agent[owner], -1
    )
    facts = {
        "provider": names.customs_at + who.region[owner],
        "enterprise": owner,
        "cargo": lots,
        "number": lots,
        "direction": _DIRECTION,
        "supervision_mode": rng.choice(len(MODES), count, p=(0.8, 0.15, 0.05)),
        "trade_term": np.array(_TERMS)[rng.choice(3, count, p=(0.5, 0.3, 0.2))],
        "hs_code": good,
        "first_quantity": quantity,
        "net_weight": quantity,
        "declared_value": cost,
        "currency": 0,
        "currency_value": cost * 1_000_000 // rate,
        "origin": np.array([_COUNTRY[g][p] for g, p in zip(good, place, strict=True)], np.int64),
        "port": who.region[owner],
        "trading_party": np.where(agent >= 0, agent, owner),
        "consuming_party": owner,
        "counterparty": supplier,
    }
    port.feeds.emit("declaration", "declared", port.at(count, 8, 11), **facts)
    sloppy = port.world.supervision.amended_share * (1.9 - 1.3 * who.care[owner])
    changed = np.flatnonzero(rng.random(count) < sloppy)
    again = {k: v[changed] if isinstance(v, np.ndarray) else v for k, v in facts.items()}
    value = cost[changed] * rng.integers(93, 108, len(changed)) // 100
    again |= {"declared_value": value, "currency_value": value * 1_000_000 // rate}
    later = port.at(len(changed), 9, 17) + rng.integers(1, 6, len(changed)) * DAY
    port.feeds.emit("declaration", "amended", later, **again)


def _tell_inspection(port: Port, lots: Ints, detained: Bools) -> None:
    (owner,) = port.lots.of(lots, "owner")
    count = len(lots)
    amended = port.rng.random(count) < 0.25 - 0.18 * port.who.care[owner]
    outcome = np.where(
        detained,
        _INSPECTION["detained"],
        np.where(amended, _INSPECTION["amended"], _INSPECTION["released"]),
    )
    port.feeds.emit(
        "declaration",
        "inspected",
        port.at(count, 13, 18) + port.rng.integers(0, 2, count) * DAY,
        provider=port.names.customs_at + port.who.region[owner],
        enterprise=owner,
        cargo=lots,
        number=lots,
        inspection=outcome,
    )


def _tell_papers(port: Port, lots: Ints) -> None:
    """Bill of lading, tax receipt, certificate for food, insurance where the owner takes care."""
    good, owner, cost = port.lots.of(lots, "good", "owner", "cost")
    rng, names = port.rng, port.names
    first = 4 * lots
    papers = (
        ("bill_of_lading", names.carriers_at + rng.integers(0, 4, len(lots)), 0, 1.0, -1),
        ("tax_receipt", np.full(len(lots), names.tax), 1, 0.55, 0),
        ("quarantine_certificate", np.full(len(lots), names.quarantine), 2, _FOOD[good], -1),
        (
            "insurance_policy",
            names.insurers_at + rng.integers(0, 2, len(lots)),
            3,
            (0.35 + 0.6 * port.who.care[owner]) * (1.0 - 0.5 * port.state.distress[owner]),
            1,
        ),
    )
    for kind, provider, place, chance, amount in papers:
        has = np.flatnonzero(rng.random(len(lots)) < chance)
        facts: dict[str, Ints | int] = {}
        if amount == 0:
            facts["amount"] = cost[has] * 13 // 100
        if amount == 1:
            facts["amount"] = cost[has] * 11 // 10
            facts["valid_until"] = port.micros(np.full(len(has), port.day + 365, np.int64))
        if kind in ("tax_receipt", "insurance_policy"):
            facts["digest"] = first[has] + place
        port.feeds.emit(
            "document",
            kind,
            port.at(len(has), 8, 17),
            provider=provider[has],
            enterprise=owner[has],
            cargo=lots[has],
            number=first[has] + place,
            **facts,
        )
