"""Declarations: a lot comes under bills of lading, and each is declared to customs on its own."""

from dataclasses import dataclass

import numpy as np

from simulator.activity import bill_counts
from simulator.clock import DAY
from simulator.goods import GOODS
from simulator.marginals import MASS_SCALE, VALUE_SCALE, drawn, marginals
from simulator.names import COUNTRIES, MODES
from simulator.port import Port
from simulator.table import Bools, Floats, Ints
from supervision.contract.columns import column

_FOOD = np.array([good.food for good in GOODS])
_DIRECTION = column("declaration", "direction").code("import")
_TERMS = np.array(
    [column("declaration", "trade_term").code(term) for term in ("CIF", "CFR", "FOB")]
)
_INSPECTION = {
    outcome: column("declaration", "inspection").code(outcome)
    for outcome in ("released", "amended", "detained")
}
_PLACES = range(max(len(good.origins) for good in GOODS))
_COUNTRY = np.array(
    [
        [COUNTRIES.index(good.origins[place % len(good.origins)][0]) for place in _PLACES]
        for good in GOODS
    ],
    np.int64,
)
_LEAST_KILOGRAMS = 200
"""No bill of a lot that comes under several is for less."""


@dataclass(frozen=True)
class Bills:
    """The bills of lading of some lots; arrays over bills.

    Attributes
    ----------
    lot : int64
        Number of the lot; ``place`` is its place among the lots that were divided.
    number : int64
        Number of the declaration.
    quantity, value : int64
        Kilograms, and fen as declared; those of a lot add up to it.
    """

    lot: Ints
    place: Ints
    number: Ints
    quantity: Ints
    value: Ints


def divided(port: Port, lots: Ints, *, valued: bool = True) -> Bills:
    """Divide lots into bills of lading.

    A lot's only bill is declared near what the lot cost, most often at it; several differ in their
    value per kilogram and together are declared at what the lot cost. Over-valued lots are
    declared at as many per cent more. Where they are not ``valued``, all values are 0.
    """
    owner, quantity, cost, overstated = port.lots.of(
        lots, "owner", "quantity", "cost", "overstated"
    )
    count = bill_counts(port.world.activity, port.who.bills[owner], quantity, port.rng)
    place = np.repeat(np.arange(len(lots)), count)
    fitted = marginals()
    mass = np.exp(MASS_SCALE * drawn(fitted.net_mass, len(place), port.rng))
    least = np.minimum(_LEAST_KILOGRAMS, quantity // (2 * count))
    part = least[place] + shares(quantity - least * count, mass, place)
    first, port.declarations = port.declarations, port.declarations + len(place)
    number = first + np.arange(len(place))
    if not valued:
        return Bills(lots[place], place, number, part, np.zeros_like(part))
    noise = np.exp(VALUE_SCALE * drawn(fitted.value_per_kg, len(place), port.rng))
    declared = np.asarray(cost * np.where(count == 1, noise[np.cumsum(count) - 1], 1.0), np.int64)
    declared = declared * (100 + overstated) // 100
    return Bills(
        lot=lots[place],
        place=place,
        number=number,
        quantity=part,
        value=shares(declared, part * noise, place),
    )


def shares(total: Ints, weight: Floats, place: Ints) -> Ints:
    """Divide whole numbers in proportion to weights; the parts of each add up to it exactly.

    Parameters
    ----------
    total : int64
        What is divided.
    weight : float64
        Weight of each part, above 0.
    place : int64
        Place in ``total`` of what each part is of, ascending and without gaps.
    """
    running = np.cumsum(weight)
    last = np.cumsum(np.bincount(place, minlength=len(total))) - 1
    before = np.concatenate((np.zeros(1), running[last[:-1]]))[place]
    upto = np.floor((running - before) / (running[last][place] - before) * total[place])
    ends = np.asarray(upto, np.int64)
    ends[last] = total
    parts = np.diff(ends, prepend=0)
    first = np.concatenate((np.zeros(1, np.int64), last[:-1] + 1))
    parts[first] = ends[first]
    return parts


def tell_declared(port: Port, bills: Bills) -> None:
    """Tell every bill's declaration, and those that are amended later."""
    good, owner, origin, supplier = port.lots.of(bills.lot, "good", "owner", "origin", "supplier")
    rng, who, names = port.rng, port.who, port.names
    count = len(bills.lot)
    rate = port.prices.micro_cny_per_usd[port.day]
    by_agent = (who.agent[owner] >= 0) & (rng.random(count) < 0.85)
    facts = {
        "provider": names.customs_at + who.region[owner],
        "enterprise": owner,
        "cargo": bills.lot,
        "number": bills.number,
        "direction": _DIRECTION,
        "supervision_mode": rng.choice(len(MODES), count, p=(0.8, 0.15, 0.05)),
        "trade_term": _TERMS[rng.choice(3, count, p=(0.5, 0.3, 0.2))],
        "hs_code": good,
        "first_quantity": bills.quantity,
        "net_weight": bills.quantity,
        "declared_value": bills.value,
        "currency": 0,
        "currency_value": bills.value * 1_000_000 // rate,
        "origin": _COUNTRY[good, origin],
        "port": who.region[owner],
        "trading_party": np.where(by_agent, names.agents_at + who.agent[owner], owner),
        "consuming_party": owner,
        "counterparty": names.suppliers_at + supplier,
    }
    port.feeds.emit("declaration", "declared", port.at(count, 8, 11), **facts)
    sloppy = port.world.supervision.amended_share * (1.9 - 1.3 * who.care[owner])
    changed = np.flatnonzero(rng.random(count) < sloppy)
    again = {k: v[changed] if isinstance(v, np.ndarray) else v for k, v in facts.items()}
    value = bills.value[changed] * rng.integers(93, 108, len(changed)) // 100
    again |= {"declared_value": value, "currency_value": value * 1_000_000 // rate}
    later = port.at(len(changed), 9, 17) + rng.integers(1, 6, len(changed)) * DAY
    port.feeds.emit("declaration", "amended", later, **again)


def tell_inspected(port: Port, bills: Bills, which: Ints, detained: Bools) -> None:
    """Tell the outcome of the inspections of some bills."""
    lots = bills.lot[which]
    (owner,) = port.lots.of(lots, "owner")
    count = len(which)
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
        number=bills.number[which],
        inspection=outcome,
    )


def tell_papers(port: Port, lots: Ints) -> None:
    """Bill of lading, tax receipt, certificate for food, insurance where the owner takes care.

    One paper of a kind stands for all bills of a lot.
    """
    good, owner, cost, overstated = port.lots.of(lots, "good", "owner", "cost", "overstated")
    value = cost * (100 + overstated) // 100
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
            facts["amount"] = value[has] * 13 // 100
        if amount == 1:
            facts["amount"] = value[has] * 11 // 10
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
