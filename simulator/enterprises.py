"""The enterprises of the world: what each is, once and for all. What they own is in the port."""

from dataclasses import dataclass

import numpy as np

from simulator.activity import Activity, Spells, spells
from simulator.clock import Clock
from simulator.counterparty import customer_goods
from simulator.goods import GOODS
from simulator.marginals import good_weights, origin_weights
from simulator.names import AGENTS, CORES, PILES, REGIONS, SUPPLIERS_A_GOOD
from simulator.table import Bools, Floats, Ints
from simulator.world import World

BUYERS = 8
"""Most buyers that an enterprise sells to in one season."""
PEERS = 3
"""Enterprises of the world to which one sells goods in storage."""
GOODS_EACH = 3


@dataclass(frozen=True)
class Enterprises:
    """Arrays over enterprises; latent ones are told only in the truth.

    Attributes
    ----------
    skill : float64 [n]
        Standard normal, latent: margin, demand, stock days, choice of buyers.
    honesty, care, prudence : float64 [n]
        In (0, 1), latent. Care is the quality of operations, prudence the reserve that is kept.
    start : int64 [n]
        Day of the first order; 0 or less: traded before the world began.
    region, warehouse : int64 [n], [n x 2]
    goods : int64 [n x 3]
        Places in :data:`simulator.goods.GOODS`; -1 where there is none.
    good_weights, buyer_weights : float64 [n x 3], [n x 8]
        Rows add up to 1.
    buyers, peers : int64 [n x 8], [n x 3]
        Numbers among the buyers outside the world; numbers of enterprises.
    suppliers : int64 [n x 3]
        Number, among its suppliers, of each good's.
    lots_a_month, lot_scale : float64 [n]
        Lots imported in an ordinary month; size of a lot against an ordinary one.
    bills : float64 [n]
        Bills of lading of a lot beyond the first, ordinarily.
    spells : Spells
        When it orders nothing.
    turnover : int64 [n]
        Ordinary turnover a month, fen at the world's first prices.
    equity : int64 [n]
        Cash with which it starts, fen.
    fixed_costs : int64 [n]
        Fen a month.
    supplier_days, buyer_days : int64 [n]
        Ordinary days of credit taken and given.
    stock_habit, late_habit, draw_habit : float64 [n]
        Factor on the days of stock held; chance to pay an instalment some days late for no
        reason; factor on the cash that it keeps in hand by drawing. All are tempers, not signs
        of distress.
    core, core_rating : int64 [n]
        Number among core enterprises or -1; 1 best to 10 worst.
    agent : int64 [n]
        Number among agents or -1.
    seeks_financing : bool [n]
    seeks_from : int64 [n]
        Day from which it asks for a facility.
    lenders : int64 [n x 2]
        First and second lender; -1 where there is none.
    guarantees : int64 [n]
        The enterprise that it guarantees for, or -1.
    established : int64 [n]
        Day of establishment, negative.
    """

    skill: Floats
    honesty: Floats
    care: Floats
    prudence: Floats
    start: Ints
    region: Ints
    warehouse: Ints
    goods: Ints
    good_weights: Floats
    buyers: Ints
    buyer_weights: Floats
    peers: Ints
    suppliers: Ints
    lots_a_month: Floats
    lot_scale: Floats
    bills: Floats
    spells: Spells
    turnover: Ints
    equity: Ints
    fixed_costs: Ints
    supplier_days: Ints
    buyer_days: Ints
    stock_habit: Floats
    late_habit: Floats
    draw_habit: Floats
    core: Ints
    core_rating: Ints
    agent: Ints
    seeks_financing: Bools
    seeks_from: Ints
    lenders: Ints
    guarantees: Ints
    established: Ints


def enterprises(
    world: World, clock: Clock, first_prices: Ints, buyers: int, rng: np.random.Generator
) -> Enterprises:
    """Draw the enterprises.

    Parameters
    ----------
    first_prices : int64 [goods]
        Fen per 1,000 kg on the first day.
    buyers : int
        How many buyers there are outside the world.
    """
    n, trade = world.enterprises, world.trade
    skill = rng.standard_normal(n)
    honesty = rng.beta(5.0, 1.4, n)
    care = _logistic(0.6 * skill + 3.0 * (honesty - 0.78) + 0.8 * rng.standard_normal(n))
    prudence = _logistic(0.5 * skill + 0.9 * rng.standard_normal(n))
    start = np.where(
        rng.random(n) < trade.late_start_share,
        rng.integers(10, max(11, clock.days * 6 // 10), n),
        0,
    )
    goods, shares_of_goods = _mix(n, rng)
    lots, scale, bills = _activity(world.activity, n, rng)
    lot_value = _lot_value(goods, shares_of_goods, first_prices)
    turnover, equity, fixed = _capital(world, skill, lots, scale * lot_value, rng)
    core, rating, seeks = _links(world, skill, rng)
    chosen, shares = _buyers(skill, goods[:, 0], buyers, rng)
    houses = rng.integers(0, world.supervision.warehouses, (n, 2))
    return Enterprises(
        skill=skill,
        honesty=honesty,
        care=care,
        prudence=prudence,
        start=start,
        region=rng.integers(0, len(REGIONS), n),
        warehouse=np.where(rng.random((n, 1)) < 0.4, houses[:, :1], houses),
        goods=goods,
        good_weights=shares_of_goods,
        buyers=chosen,
        buyer_weights=shares,
        peers=_peers(goods[:, 0], rng),
        suppliers=_suppliers(goods, rng),
        lots_a_month=lots,
        lot_scale=scale,
        bills=bills,
        spells=spells(world.activity, lots, rng),
        turnover=turnover,
        equity=equity,
        fixed_costs=fixed,
        supplier_days=rng.integers(5, 41, n),
        buyer_days=15 + np.asarray(75.0 * rng.beta(1.1, 3.2, n), np.int64),
        stock_habit=np.exp(0.38 * rng.standard_normal(n)),
        late_habit=rng.beta(1.0, 7.0, n),
        draw_habit=np.exp(1.1 * rng.standard_normal(n)),
        core=core,
        core_rating=rating,
        agent=np.where(rng.random(n) < trade.agent_share, rng.integers(0, AGENTS, n), -1),
        seeks_financing=seeks,
        # Who traded before the world began had asked its lenders long ago.
        seeks_from=start + rng.integers(20, np.where(start > 0, 420, 200), n),
        lenders=_lenders(world, rng),
        guarantees=_guarantees(world, rng),
        established=start - rng.integers(120, 3_600, n),
    )


def _lot_value(goods: Ints, weights: Floats, first_prices: Ints) -> Floats:
    """Value of an ordinary lot of each enterprise's mix, fen."""
    value = np.array([good.lot_tonnes for good in GOODS]) * first_prices
    return np.asarray((weights * np.where(goods >= 0, value[goods], 0.0)).sum(axis=1), np.float64)


def _activity(
    activity: Activity, n: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Lots a month, scale of a lot, bills of a lot beyond the first: all grow with size."""
    size = activity.size_sigma * rng.standard_normal(n)
    own = rng.standard_normal((3, n))
    lots = activity.lots_a_month_median * np.exp(
        activity.lots_size * size + activity.lots_a_month_sigma * own[0]
    )
    scale = np.exp(activity.lot_size * size + activity.lot_sigma * own[1])
    bills = activity.bills_median * np.exp(
        activity.bills_size * size + activity.bills_sigma * own[2]
    )
    return np.clip(lots, 0.2, activity.most_lots), scale, bills


def _capital(
    world: World, skill: Floats, lots: Floats, lot_value: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Turnover a month, equity, fixed costs a month."""
    n, trade, lending = len(skill), world.trade, world.lending
    turnover = np.rint(lots * lot_value).astype(np.int64)
    months = lending.equity_turnover_months * np.exp(
        lending.equity_sigma * rng.standard_normal(n) + 0.08 * skill
    )
    # Small enterprises deal in whole lots too, so they need more months of turnover.
    equity = np.rint(turnover * (months + 0.45 / lots)).astype(np.int64)
    fixed = trade.fixed_cost_share * turnover * np.exp(0.12 * rng.standard_normal(n))
    return turnover, equity, np.rint(fixed).astype(np.int64)


def _links(world: World, skill: Floats, rng: np.random.Generator) -> tuple[Ints, Ints, Bools]:
    """Core enterprise or -1, its rating, and who looks for financing."""
    n, lending = len(skill), world.lending
    # Large buyers and sellers pick their partners, but not by what keeps these solvent.
    picked = lending.core_link_share * np.exp(0.6 * skill - 0.18)
    core = np.where(rng.random(n) < picked, rng.integers(0, CORES, n), -1)
    rating = np.clip(np.rint(4.2 - 0.7 * skill + 1.5 * rng.standard_normal(n)), 1, 10)
    seeks = rng.random(n) < np.where(core >= 0, 0.85, lending.financed_share - 0.03)
    return core, rating.astype(np.int64), seeks


def piles(warehouse: Ints, rng: np.random.Generator) -> Ints:
    """A pile for each of some lots, numbered over all warehouses."""
    return warehouse * PILES + rng.integers(0, PILES, len(warehouse))


def _logistic(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), np.float64)


def _mix(n: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """One to three goods an enterprise, the further ones mostly of the first one's family."""
    weights = good_weights()
    families = np.array([good.family for good in GOODS])
    first = rng.choice(len(GOODS), n, p=weights)
    goods = np.full((n, GOODS_EACH), -1, np.int64)
    goods[:, 0] = first
    kinds = rng.choice((1, 2, 3), n, p=(0.45, 0.35, 0.20))
    for place in range(1, GOODS_EACH):
        chances = weights * np.where(families[first][:, None] == families, 6.0, 1.0)
        for taken in range(place):
            chances[np.arange(n), goods[:, taken]] = 0.0
        limits = np.cumsum(chances, axis=1)
        drawn = (rng.random((n, 1)) * limits[:, -1:] > limits).sum(axis=1)
        goods[:, place] = drawn
    goods[np.arange(GOODS_EACH) >= kinds[:, None]] = -1
    shares = rng.gamma((6.0, 2.0, 1.0), 1.0, (n, GOODS_EACH)) * (goods >= 0)
    return goods, shares / shares.sum(axis=1, keepdims=True)


def _suppliers(goods: Ints, rng: np.random.Generator) -> Ints:
    """The supplier of each good; suppliers of one origin follow those of the last in turn."""
    chosen = np.zeros(goods.shape, np.int64)
    for place, good in enumerate(GOODS):
        weights = origin_weights(good)[np.arange(SUPPLIERS_A_GOOD) % len(good.origins)]
        rows = goods == place
        chosen[rows] = rng.choice(SUPPLIERS_A_GOOD, int(rows.sum()), p=weights / weights.sum())
    return chosen


def _buyers(
    skill: Floats, good: Ints, buyers: int, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Customers with their weights; most of them deal in the enterprise's first good's family.

    Customers with small numbers are the sounder ones: the skilled find them more often. For most
    the first customer alone takes 40 to 60 per cent.
    """
    n = len(skill)
    luck = _logistic(0.30 * skill[:, None] + 1.1 * rng.standard_normal((n, BUYERS)))
    chosen = np.minimum(((1.0 - luck) * buyers).astype(np.int64), buyers - 1)
    families = np.unique([good.family for good in GOODS], return_inverse=True)[1]
    theirs = families[customer_goods(buyers)]
    stranger = rng.random((n, BUYERS)) < 0.15
    for family in np.unique(families):
        known, own = np.flatnonzero(theirs == family), families[good] == family
        if len(known):
            place = np.minimum(((1.0 - luck) * len(known)).astype(np.int64), len(known) - 1)
            chosen = np.where(own[:, None] & ~stranger, known[place], chosen)
    kinds = rng.integers(3, BUYERS + 1, n)
    shares = rng.gamma(1.2, 1.0, (n, BUYERS)) + 0.03
    shares[np.arange(BUYERS) >= kinds[:, None]] = 0.0
    shares[:, 0] = 0.0
    shares /= shares.sum(axis=1, keepdims=True)
    largest = np.where(rng.random(n) < 0.75, rng.uniform(0.40, 0.60, n), rng.uniform(0.2, 0.4, n))
    shares *= 1.0 - largest[:, None]
    shares[:, 0] = largest
    return chosen, shares


def _peers(good: Ints, rng: np.random.Generator) -> Ints:
    """Enterprises that trade the same first good."""
    peers = np.zeros((len(good), PEERS), np.int64)
    for place in range(len(GOODS)):
        members = np.flatnonzero(good == place)
        if len(members):
            peers[members] = rng.choice(members, (len(members), PEERS))
    return peers


def _lenders(world: World, rng: np.random.Generator) -> Ints:
    n, count = world.enterprises, world.lending.banks + world.lending.factors
    first = rng.integers(0, count, n)
    second = (first + rng.integers(1, count, n)) % count
    second[rng.random(n) >= world.lending.two_lenders_share] = -1
    return np.stack((first, second), axis=1)


def _guarantees(world: World, rng: np.random.Generator) -> Ints:
    n = world.enterprises
    for_whom = (np.arange(n) + rng.integers(1, max(2, min(n, 40)), n)) % n
    for_whom[rng.random(n) >= world.lending.guarantee_share] = -1
    return for_whom
