"""Lending: applications, drawings against pledged goods or a core enterprise's name."""

import numpy as np

from simulator.books import Account
from simulator.facilities import envelope, open_
from simulator.imports import appraise
from simulator.pledges import register
from simulator.port import Debt, Port, Position
from simulator.sales import demand
from simulator.selection import LTV, accepted, linked, sound
from simulator.table import Bools, Floats, Ints, distinct, first_of_each

_THOUSAND_YUAN = 100_000
LEAST = 50 * _THOUSAND_YUAN
"""The least that is drawn at once; fen."""


def grant(port: Port) -> None:
    """Once a month: lenders answer those who ask.

    They lend by the core-enterprise rule, or against goods at a low loan to value; of the
    applicant they look only at what is past due now. Whoever is refused asks again after months,
    or never.
    """
    who, state, terms = port.who, port.state, port.world.acceptance
    fit = sound(port) & who.seeks_financing
    for slot in (0, 1):
        ask = fit & (who.lenders[:, slot] >= 0) & (state.next_application[:, slot] <= port.day)
        owners = np.flatnonzero(ask & (port.rng.random(len(ask)) < 0.8))
        amount = asked(port, owners, slot)
        granted = accepted(port, owners, slot, amount)
        yes, no = owners[granted], owners[~granted]
        on_name = linked(port, yes) & (slot == 0)
        open_(port, yes, slot, amount[granted], on_name, np.full(len(yes), -1, np.int64))
        wait = port.rng.integers(*terms.retry_days, len(no))
        never = port.rng.random(len(no)) < terms.gives_up
        state.next_application[no, slot] = np.where(never, port.clock.days, port.day + wait)


def asked(port: Port, owners: Ints, slot: int) -> Ints:
    """The facility for which each owner asks; fen."""
    who = port.who
    share = np.where(who.lenders[owners, 1] >= 0, 0.6, 1.0)
    share *= np.exp(0.45 * port.rng.standard_normal(len(owners)))
    # What is lent on a name alone is less than what is lent against goods.
    share *= np.where(linked(port, owners) & (slot == 0), 0.5, 1.0)
    return _size(port, owners, share)


def grant_standard(port: Port, owners: Ints) -> None:
    """Open the standard facility, whatever the rule says, for owners who have none open.

    It runs for twelve months, measures a standard number of months' turnover and is drawn
    against pledged goods.
    """
    has = np.zeros(len(port.who.skill), np.bool_)
    has[port.facilities["owner"][port.facilities.live]] = True
    owners = distinct(owners)
    owners = owners[~has[owners] & port.state.trading[owners]]
    amount = _size(port, owners, np.ones(len(owners)))
    count = len(owners)
    open_(port, owners, 0, amount, np.zeros(count, np.bool_), np.full(count, -1, np.int64))


def _size(port: Port, owners: Ints, share: Floats) -> Ints:
    """Facilities of a share of the standard size, in round sums; fen."""
    step = 10 * _THOUSAND_YUAN
    months = port.world.lending.facility_turnover_months
    amount = (port.who.turnover[owners] * (months * share)).astype(np.int64)
    return np.maximum(amount // step * step, 2 * LEAST)


def draw(port: Port, position: Position) -> None:
    """Whoever lacks cash for what comes due draws: on goods in store or on a core's name."""
    who, state = port.who, port.state
    buffer = who.turnover * (0.55 - 0.40 * who.prudence) * who.draw_habit
    gap = np.asarray(position.soon + who.fixed_costs + buffer - port.books.cash, np.int64)
    needs = state.trading & (state.overdue_days < 20) & (gap > 0)
    rows = port.facilities.live
    owner, limit, drawn, matures, on_name, defaulted = port.facilities.of(
        rows, "owner", "amount", "drawn", "matures", "linked", "defaulted"
    )
    room = limit - drawn
    fit = (matures > port.day) & (defaulted == 0) & (room >= LEAST) & needs[owner]
    chosen = np.flatnonzero(fit & (on_name == 1))
    chosen = chosen[first_of_each(owner[chosen], -room[chosen])]
    _draw_linked(port, rows[chosen], np.minimum(room[chosen], gap[owner[chosen]]))
    chosen = np.flatnonzero(fit & (on_name == 0))
    chosen = chosen[first_of_each(owner[chosen], -room[chosen])]
    _draw_pledged(port, rows[chosen], room[chosen])


def _draw_linked(port: Port, facilities: Ints, amount: Ints) -> None:
    amount = np.maximum(amount // _THOUSAND_YUAN * _THOUSAND_YUAN, LEAST)
    count = len(facilities)
    if count:
        parts = port.rng.integers(1, 4, count)
        lend(port, facilities, amount, parts, np.full(count, -1, np.int64))


def _draw_pledged(port: Port, facilities: Ints, room: Ints) -> None:
    """Pledge the most valuable free parcel of each facility's owner."""
    if not len(facilities):
        return
    place = np.full(len(port.who.skill), -1, np.int64)
    place[port.facilities["owner"][facilities]] = np.arange(len(facilities))
    rows = port.parcels.live
    (holder,) = port.parcels.of(rows, "owner")
    rows = rows[place[holder] >= 0]
    holder, good, held, pledged, whole, since = port.parcels.of(
        rows, "owner", "good", "quantity", "pledged", "lot_quantity", "since"
    )
    free = np.flatnonzero((pledged == 0) & (since < port.day) & (2 * held >= whole))
    value = np.maximum(held * port.spot[good] // 1000, 1)
    best = free[first_of_each(holder[free], -value[free])]
    which = place[holder[best]]
    amount = np.minimum(np.asarray(value[best] * LTV[good[best]], np.int64), room[which])
    amount = amount // _THOUSAND_YUAN * _THOUSAND_YUAN
    enough = amount >= LEAST
    best, amount, facilities = best[enough], amount[enough], facilities[which[enough]]
    if not len(best):
        return
    first, last = port.world.lending.parts
    parts = port.rng.integers(first, last + 1, len(best))
    # As much is pledged as carries the drawing, and the whole lot where little would be left.
    needed = held[best] * (amount / (value[best] * LTV[good[best]]))
    needed = np.where(needed > 0.9 * held[best], held[best], needed.astype(np.int64) + 1)
    receipts = pledge(port, facilities, rows[best], np.minimum(needed, held[best]), amount)
    port.receipts["parts"][receipts] = parts
    lend(port, facilities, amount, parts, receipts)


def pledge(port: Port, facilities: Ints, parcels: Ints, quantity: Ints, amount: Ints) -> Ints:
    """Register receipts over goods for facilities, to be released at once; their numbers."""
    owner, lender = port.facilities.of(facilities, "owner", "lender")
    receipts = port.receipts.add(
        len(parcels),
        parcel=parcels,
        owner=owner,
        lender=lender,
        facility=facilities,
        loan=-1,
        quantity=quantity,
        amount=amount,
        parts=1,
    )
    # From now on the goods are counted more often.
    count_on, lot, good = port.parcels.of(parcels, "next_count", "lot", "good")
    soon = port.day + port.world.supervision.pledged_count_days
    port.parcels["next_count"][parcels] = np.minimum(count_on, soon)
    register(port, receipts, np.full(len(parcels), port.day + 120, np.int64))
    if not port.feeds.muted:
        appraise(port, owner, lot, good)
    return receipts


def lend(port: Port, facilities: Ints, amount: Ints, parts: Ints, receipts: Ints) -> None:
    """Pay out drawings, less interest in advance, to be repaid in parts.

    Parameters
    ----------
    facilities, amount, parts : int64 array
        A facility may stand more than once.
    receipts : int64 array
        What secures each drawing; -1 where nothing does.
    """
    lending = port.world.lending
    first, last = lending.tenor_days
    tenor = port.rng.integers(first, last + 1, len(facilities))
    interest = np.asarray(amount * (lending.yearly_rate * 0.8 / 365.0) * tenor, np.int64)
    owner = port.facilities["owner"][facilities]
    port.books.receive(Account.LENDERS, owner, amount - interest)
    schedule(port, facilities, amount, parts, receipts, tenor)


def schedule(
    port: Port, facilities: Ints, amount: Ints, parts: Ints, receipts: Ints, tenor: Ints
) -> Ints:
    """Book loans with their instalments and tell the drawings; the loans' numbers."""
    rng, count = port.rng, len(facilities)
    owner = port.facilities["owner"][facilities]
    loans = port.loans.add(
        count, facility=facilities, owner=owner, amount=amount, left=amount, receipt=receipts
    )
    port.receipts["loan"][receipts[receipts >= 0]] = loans[receipts >= 0]
    port.facilities.increase("drawn", facilities, amount)
    port.feeds.emit(
        "financing",
        "drawn",
        port.at(count, 13, 15),
        **envelope(port, facilities),
        amount=amount,
        matures_at=port.micros(port.day + tenor),
    )
    loan = np.repeat(np.arange(count), parts)
    place = np.arange(len(loan)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = amount // parts
    owed = share[loan] + np.where(place == parts[loan] - 1, (amount - share * parts)[loan], 0)
    when = 0.35 + 0.65 * (place + 1) / parts[loan]
    due = port.day + np.asarray(tenor[loan] * when, np.int64)
    late = rng.random(len(loan)) < port.who.late_habit[owner[loan]]
    port.debts.add(
        len(loan),
        owner=owner[loan],
        amount=owed,
        due=due,
        kind=Debt.INSTALMENT,
        ref=loans[loan],
        **{"from": due + np.where(late, rng.integers(1, 13, len(loan)), 0)},
    )
    return loans


def prepay(port: Port, position: Position) -> None:
    """Whoever has customers but only pledged goods repays an instalment early to free a part."""
    rows = np.flatnonzero(_bound(port) & port.state.trading)
    rows = rows[port.rng.random(len(rows)) < 1.5 * demand(port, rows)]
    if not len(rows):
        return
    wants = np.zeros(len(port.who.skill), np.bool_)
    wants[rows] = True
    debts = port.debts.live
    owner, kind = port.debts.of(debts, "owner", "kind")
    debts = debts[(kind == Debt.INSTALMENT) & wants[owner]]
    owner, amount, due, ref, called = port.debts.of(
        debts, "owner", "amount", "due", "ref", "called"
    )
    rows = np.flatnonzero((due > port.day) & (called == 0))
    rows = rows[port.loans["receipt"][ref[rows]] >= 0]
    rows = rows[first_of_each(owner[rows], due[rows])]
    spare = port.books.cash - position.soon // 2 - port.who.fixed_costs
    rows = rows[spare[owner[rows]] > amount[rows]]
    port.debts["called"][debts[rows]] = 1


def _bound(port: Port) -> Bools:
    """Who has goods, all of them pledged."""
    holder, held, pledged = port.parcels.of(port.parcels.live, "owner", "quantity", "pledged")
    n = len(port.who.skill)
    free, bound = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    free[holder[held > pledged]] = True
    bound[holder[pledged > 0]] = True
    return np.asarray(bound & ~free, np.bool_)
