"""The enterprises of the world: what each is, once and for all. What they own is in the port."""

from dataclasses import dataclass

import numpy as np

from simulator.clock import Clock
from simulator.goods import GOODS
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
    turnover : int64 [n]
        Ordinary turnover a month, fen at the world's first prices.
    equity : int64 [n]
        Cash with which it starts, fen.
    fixed_costs : int64 [n]
        Fen a month.
    supplier_days, buyer_days : int64 [n]
        Ordinary days of credit taken and given.
    stock_habit, late_habit : float64 [n]
        Factor on the days of stock held; chance to pay an instalment some days late for no
        reason. Both are tempers, not signs of distress.
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
    turnover: Ints
    equity: Ints
    fixed_costs: Ints
    supplier_days: Ints
    buyer_days: Ints
    stock_habit: Floats
    late_habit: Floats
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
    goods, good_weights = _mix(n, rng)
    lots, scale, turnover, equity, fixed = _size(
        world, skill, _lot_value(goods, good_weights, first_prices), rng
    )
    core, rating, seeks = _links(world, skill, rng)
    chosen, shares = _buyers(skill, buyers, rng)
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
        good_weights=good_weights,
        buyers=chosen,
        buyer_weights=shares,
        peers=_peers(goods[:, 0], rng),
        suppliers=rng.integers(0, SUPPLIERS_A_GOOD, (n, GOODS_EACH)),
        lots_a_month=lots,
        lot_scale=scale,
        turnover=turnover,
        equity=equity,
        fixed_costs=fixed,
        supplier_days=rng.integers(5, 41, n),
        buyer_days=rng.integers(5, 46, n),
        stock_habit=np.exp(0.38 * rng.standard_normal(n)),
        late_habit=rng.beta(0.8, 7.0, n),
        core=core,
        core_rating=rating,
        agent=np.where(rng.random(n) < trade.agent_share, rng.integers(0, AGENTS, n), -1),
        seeks_financing=seeks,
        seeks_from=start + rng.integers(45, 420, n),
        lenders=_lenders(world, rng),
        guarantees=_guarantees(world, rng),
        established=start - rng.integers(120, 3_600, n),
    )


def _lot_value(goods: Ints, weights: Floats, first_prices: Ints) -> Floats:
    """Value of an ordinary lot of each enterprise's mix, fen."""
    value = np.array([good.lot_tonnes for good in GOODS]) * first_prices
    return np.asarray((weights * np.where(goods >= 0, value[goods], 0.0)).sum(axis=1), np.float64)


def _size(
    world: World, skill: Floats, lot_value: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Lots a month, scale of a lot, turnover a month, equity, fixed costs a month."""
    n, trade, lending = len(skill), world.trade, world.lending
    drawn = np.exp(trade.lots_a_month_sigma * rng.standard_normal(n))
    lots = np.clip(trade.lots_a_month_median * drawn, 0.5, 9.0)
    scale = np.exp(0.4 * rng.standard_normal(n))
    turnover = np.rint(lots * scale * lot_value).astype(np.int64)
    months = lending.equity_turnover_months * np.exp(
        lending.equity_sigma * rng.standard_normal(n) + 0.08 * skill
    )
    # Small enterprises deal in whole lots too, so they need more months of turnover.
    equity = np.rint(turnover * (months + 0.45 / lots)).astype(np.int64)
    fixed = trade.fixed_cost_share * turnover * np.exp(0.12 * rng.standard_normal(n))
    return lots, scale, turnover, equity, np.rint(fixed).astype(np.int64)


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
    weights = np.array([good.weight for good in GOODS])
    families = np.array([good.family for good in GOODS])
    first = rng.choice(len(GOODS), n, p=weights / weights.sum())
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


def _buyers(skill: Floats, buyers: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Buyers with their weights.

    Buyers with small numbers are the sounder ones: the skilled find them more often.
    """
    n = len(skill)
    luck = _logistic(0.45 * skill[:, None] + 1.1 * rng.standard_normal((n, BUYERS)))
    chosen = np.minimum(((1.0 - luck) * buyers).astype(np.int64), buyers - 1)
    kinds = rng.integers(3, BUYERS + 1, n)
    shares = rng.gamma(0.9, 1.0, (n, BUYERS)) + 0.03
    shares[np.arange(BUYERS) >= kinds[:, None]] = 0.0
    return chosen, shares / shares.sum(axis=1, keepdims=True)


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
