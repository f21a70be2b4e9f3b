"""What happens to every enterprise by itself: fortune, monthly costs, what owners take out."""

import numpy as np

from simulator.books import Account
from simulator.imports import appraise
from simulator.port import Debt, Port, Position


def drift(port: Port) -> None:
    """Health wanders: a stationary process of unit variance, the same law for everyone."""
    years = port.world.trade.health_years
    step = 1.0 / (365.0 * years)
    noise = port.rng.standard_normal(len(port.state.health))
    port.state.health *= 1.0 - step
    port.state.health += np.sqrt(2.0 * step) * noise
    port.state.pace *= 1.0 - 1.0 / 60.0


def monthly_costs(port: Port, position: Position) -> None:
    """Fixed costs, most of which follow trade, and storage fall due on the fifth."""
    who, state = port.who, port.state
    rows = np.flatnonzero(state.trading)
    activity = np.minimum(state.pace[rows] * 30.4 / np.maximum(who.turnover[rows], 1), 1.5)
    fixed = who.fixed_costs[rows] * (0.4 + 0.6 * activity)
    storage = position.stock[rows] * port.world.trade.storage_monthly
    due = port.day + 4
    port.debts.add(
        len(rows),
        owner=rows,
        amount=np.asarray(fixed + storage, np.int64) + 1,
        due=due,
        kind=Debt.COSTS,
        ref=0,
        **{"from": due},
    )


def mishaps(port: Port) -> None:
    """Claims from outside of trade, sooner on those whose owners are less honest.

    They cluster in bad times: who is not paid elsewhere goes to court.
    """
    who, lending = port.who, port.world.lending
    chance = lending.mishaps_yearly / 365.0 * (1.6 - 0.8 * who.honesty)
    slump = 1.0 - port.prices.demand[port.day, who.goods[:, 0]]
    chance *= 1.0 + lending.mishaps_in_slump * np.maximum(slump, 0.0)
    rows = np.flatnonzero(port.state.trading & (port.rng.random(len(chance)) < chance))
    months = lending.mishap_turnover_months * np.exp(
        lending.mishap_sigma * port.rng.standard_normal(len(rows))
    )
    due = port.day + 15
    port.debts.add(
        len(rows),
        owner=rows,
        amount=np.asarray(who.turnover[rows] * months, np.int64),
        due=due,
        kind=Debt.CLAIM,
        ref=0,
        **{"from": due},
    )


def divert(port: Port) -> None:
    """Once a month: owners with another venture feed it from this one, some for over a year.

    They take the money whether the enterprise can spare it or not; it runs dry little by little,
    and everyone who watches its stock, its payments and its credit sees it coming.
    """
    who, lending, state = port.who, port.world.lending, port.state
    rng, n = port.rng, len(port.who.skill)
    state.drain[state.drain_ends <= port.day] = 0.0
    chance = lending.ventures_yearly / 12.0 * (2.0 - 1.3 * who.honesty)
    begins = state.trading & (state.drain == 0.0) & (rng.random(n) < chance)
    months = rng.integers(lending.venture_months[0], lending.venture_months[1] + 1, n)
    share = lending.venture_turnover_share * np.exp(0.4 * rng.standard_normal(n))
    state.drain[begins] = share[begins]
    state.drain_ends[begins] = port.day + 30 * months[begins]
    wished = np.asarray(state.drain * who.turnover, np.int64)
    taken = np.minimum(wished, port.books.cash * 4 // 5)
    rows = np.flatnonzero(state.trading & (taken > 0))
    port.books.pay(Account.OWNERS, rows, taken[rows])


def withdraw(port: Port, position: Position) -> None:
    """Owners take out a part of what stands above their capital; some help where it is lost."""
    who, books = port.who, port.books
    above = port.net_worth(position) - who.equity
    spare = books.cash - position.soon - position.committed - 2 * who.fixed_costs
    lending = port.world.lending
    wished = np.minimum(lending.withdrawn_share * above, lending.withdrawn_cash_share * spare)
    taken = np.asarray(wished, np.int64)
    rows = np.flatnonzero(port.state.trading & (taken > 0))
    books.pay(Account.OWNERS, rows, taken[rows])
    weak = 3 * port.net_worth(position) < 2 * who.equity
    helped = port.rng.random(len(weak)) < lending.support_monthly * who.honesty
    rows = np.flatnonzero(port.state.trading & weak & helped)
    books.receive(Account.OWNERS, rows, (who.equity[rows] * lending.support_share).astype(np.int64))


def reappraise(port: Port) -> None:
    """Pledged goods are valued again once a month."""
    parcels = port.parcels.live
    bound = parcels[port.parcels["pledged"][parcels] > 0]
    appraise(port, *port.parcels.of(bound, "owner", "lot", "good"))
