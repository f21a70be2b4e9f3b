"""Customers and suppliers: how they are drawn, what they earn, and when they fail.

They are enterprises too, told about only where they meet the port's own. Nothing draws their
failure: it is found where they leave something unpaid for too long.
"""

import numpy as np
import pyarrow as pa

from simulator.books import Account, Books, PartnerAccount
from simulator.counterparty import Living, Partners, customer_count, customer_goods
from simulator.enterprises import Enterprises
from simulator.goods import GOODS
from simulator.names import SUPPLIERS_A_GOOD
from simulator.port import NEVER, Port
from simulator.table import Bools, Floats, Ints
from simulator.world import World

_FAMILY = np.unique([good.family for good in GOODS], return_inverse=True)[1]
_SIZE_OF_FAMILY = np.bincount(_FAMILY)
_SUPPLIER_TURNOVER = 10**10
"""Turnover a month of the median supplier, fen; only its ratio to its cash matters."""
_DAYS_A_MONTH = 30.4
_TREND_DAYS = 60


def customers(world: World, who: Enterprises, rng: np.random.Generator) -> Partners:
    """Draw the customers, large where large enterprises mean to sell to them.

    Those with small numbers are the sounder ones: the skilled find them more often.
    """
    terms, count = world.partnership, customer_count(world.enterprises)
    meant = who.turnover[:, None] * who.buyer_weights
    bought = np.bincount(who.buyers.ravel(), weights=meant.ravel(), minlength=count)
    bought = np.maximum(bought, 0.1 * np.median(bought) + 1.0)
    spread = np.exp(terms.other_business_sigma * rng.standard_normal(count))
    skill = np.sort(rng.standard_normal(count))[::-1].copy()
    own = np.asarray(bought * terms.other_business * spread, np.float64)
    size = np.asarray(own + bought, np.float64)
    drawn = _drawn(terms.customer, customer_goods(count), own, size, rng)
    drawn.skill = skill
    drawn.habit = terms.habit_days * rng.gamma(2.0, 0.5, count)
    drawn.resale = rng.uniform(*terms.resale_days, count)
    return drawn


def suppliers(world: World, rng: np.random.Generator) -> Partners:
    """Draw the suppliers of every good, in the order of their names."""
    good: Ints = np.repeat(np.arange(len(GOODS), dtype=np.int64), SUPPLIERS_A_GOOD)
    size = _SUPPLIER_TURNOVER * np.exp(rng.standard_normal(len(good)))
    return _drawn(world.partnership.supplier, good, size, size, rng)


def _drawn(
    living: Living, good: Ints, turnover: Floats, size: Floats, rng: np.random.Generator
) -> Partners:
    count = len(good)
    months = living.equity_months * np.exp(living.equity_sigma * rng.standard_normal(count))
    target = (size * months).astype(np.int64)
    books = Books(count, PartnerAccount)
    share = rng.uniform(0.4, 1.2, count)
    books.receive_each(PartnerAccount.OWNERS, (target * share).astype(np.int64))
    return Partners(
        books=books,
        good=good,
        health=rng.standard_normal(count),
        skill=rng.standard_normal(count),
        turnover=turnover.astype(np.int64),
        target=target,
        habit=np.zeros(count),
        resale=np.ones(count),
        stock=np.zeros(count, np.int64),
        arrears=np.zeros(count, np.int64),
        short_since=np.full(count, NEVER),
        overdue=np.zeros(count, np.int64),
        failed_day=np.full(count, NEVER),
    )


def living(partners: Partners, index: Ints) -> Ints:
    """Suppliers who live: each of some, or the next living one of the same good.

    Parameters
    ----------
    index : int64
        Number among all suppliers: ``good * SUPPLIERS_A_GOOD`` and its number in the good.
    """
    first = index - index % SUPPLIERS_A_GOOD
    for _ in range(SUPPLIERS_A_GOOD):
        failed = partners.failed_day[index] != NEVER
        if not failed.any():
            break
        index = np.where(failed, first + (index - first + 1) % SUPPLIERS_A_GOOD, index)
    return index


def earn(port: Port) -> None:
    """A day's business of all customers and suppliers."""
    day, prices, terms = port.day, port.prices, port.world.partnership
    yesterday = prices.spot[max(day - 1, 0)]
    trend = _of_family(np.log(prices.spot[day] / prices.spot[max(day - _TREND_DAYS, 0)]))
    demand = _of_family(prices.demand[day])
    discount = _of_family(prices.discount[day])
    who = port.customers
    _resell(port, demand[who.good], _of_family(prices.spot[day] / yesterday)[who.good])
    margin = (
        _margin(terms.customer, who, trend[who.good])
        - terms.customer.margin_discount * discount[who.good]
    )
    _trade(port, who, terms.customer, demand[who.good] * margin)
    who = port.suppliers
    _trade(port, who, terms.supplier, _margin(terms.supplier, who, trend[who.good]))
    fail(port, who, ripe(port, who))


def owners_take(port: Port) -> None:
    """Once a month owners take out part of what stands above their target."""
    _take(port, port.suppliers, np.zeros(len(port.suppliers.good), np.int64))
    who, rows = port.customers, port.sales.live
    buyer, price, inside = port.sales.of(rows, "buyer", "price", "in_storage")
    outside = inside == 0
    owed = np.zeros(len(who.good), np.int64)
    np.add.at(owed, buyer[outside] - port.names.buyers_at, price[outside])
    _take(port, who, owed)


def ripe(port: Port, partners: Partners) -> Ints:
    """Those who live and have left something unpaid for longer than creditors wait."""
    terms = port.world.partnership
    limit = terms.customer.fails_after_days
    late = (port.day - partners.short_since > limit) | (partners.overdue > limit)
    return np.flatnonzero(late & (partners.failed_day == NEVER))


def fail(port: Port, partners: Partners, rows: Ints) -> None:
    """Some close for ever: their cash goes to liquidators, their goods with it."""
    if not len(rows):
        return
    partners.failed_day[rows] = port.day
    partners.books.pay(PartnerAccount.LIQUIDATORS, rows, partners.books.cash[rows])
    for column in (partners.stock, partners.arrears, partners.overdue):
        column[rows] = 0
    partners.short_since[rows] = NEVER


def difference(port: Port) -> int:
    """Fen by which partners' books do not close, or disagree with those of the port: 0."""
    own, sold = port.customers.books, port.books.total(Account.CUSTOMERS)
    disagree = abs(sold + own.total(PartnerAccount.SELLERS))
    return disagree + own.difference() + port.suppliers.books.difference()


def told(port: Port) -> dict[str, object]:
    """For the truth: who the customers and suppliers are, and when they failed."""
    names, both = port.names, (port.customers, port.suppliers)
    firsts = (names.buyers_at, names.suppliers_at)
    party = [
        names.parties[first + place]
        for first, who in zip(firsts, both, strict=True)
        for place in range(len(who.good))
    ]
    failed = np.concatenate([who.failed_day for who in both])
    return {
        "party": party,
        "kind": np.repeat(["customer", "supplier"], [len(who.good) for who in both]),
        "hs_code": [GOODS[good].hs_code for who in both for good in who.good.tolist()],
        "turnover": np.concatenate([who.turnover for who in both]),
        "failed_at": pa.array(
            np.where(failed == NEVER, 0, port.micros(failed)), pa.int64(), mask=failed == NEVER
        ),
    }


def _of_family(values: Floats) -> Floats:
    """Mean over each good's family."""
    means = np.bincount(_FAMILY, weights=values) / _SIZE_OF_FAMILY
    return np.asarray(means[_FAMILY], np.float64)


def _margin(terms: Living, who: Partners, trend: Floats) -> Floats:
    return np.asarray(
        terms.margin
        + terms.margin_health * who.health
        + terms.margin_skill * who.skill
        + terms.margin_price * trend / np.log(2.0),
        np.float64,
    )


def _resell(port: Port, demand: Floats, move: Floats) -> None:
    """Customers sell on part of what they bought, at today's prices and their own margin."""
    who, terms = port.customers, port.world.partnership
    worth = who.stock * (1.0 + terms.price_passed * (move - 1.0))
    # What is left of an old lot is cleared.
    pace = 2.0 * np.sqrt(demand) / who.resale
    sold = np.where(worth < 10_000, worth, worth * pace)
    margin = terms.resale_margin + terms.resale_health * who.health
    who.stock[:] = (worth - sold).astype(np.int64)
    who.books.receive_each(PartnerAccount.MARKET, (sold * (1.0 + margin)).astype(np.int64))


def _trade(port: Port, who: Partners, terms: Living, margin: Floats) -> None:
    """Other business, fixed costs and claims; what cash does not cover stays in arrears."""
    rng, count = port.rng, len(who.good)
    step = 1.0 / (365.0 * terms.health_years)
    who.health *= 1.0 - step
    who.health += np.sqrt(2.0 * step) * rng.standard_normal(count)
    alive: Bools = who.failed_day == NEVER
    daily = who.turnover * alive / _DAYS_A_MONTH
    gain = daily * margin
    loss = daily * terms.fixed_cost_share + np.maximum(-gain, 0.0)
    struck = np.flatnonzero(rng.random(count) < terms.mishaps_yearly / 365.0)
    months = terms.mishap_months * np.exp(terms.mishap_sigma * rng.standard_normal(len(struck)))
    loss[struck] += (who.turnover * alive)[struck] * months
    who.books.receive_each(PartnerAccount.MARKET, np.maximum(gain, 0.0).astype(np.int64))
    who.arrears += loss.astype(np.int64)
    paid = np.minimum(who.books.cash, who.arrears)
    who.books.receive_each(PartnerAccount.COSTS, -paid)
    who.arrears -= paid
    who.short_since[:] = np.where(who.arrears > 0, np.minimum(who.short_since, port.day), NEVER)


def _take(port: Port, who: Partners, owed: Ints) -> None:
    terms = port.world.partnership
    worth = who.books.cash + who.stock - who.arrears - owed
    spare = np.minimum(worth - who.target, who.books.cash - owed)
    taken = np.maximum(spare * terms.withdrawn_share, 0.0).astype(np.int64)
    who.books.receive_each(PartnerAccount.OWNERS, -taken)
