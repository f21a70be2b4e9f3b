"""Lending: facilities, drawings against pledged goods or a core enterprise's name."""

import numpy as np

from simulator.books import Account
from simulator.clock import HOUR
from simulator.goods import GOODS
from simulator.imports import appraise
from simulator.pledges import register
from simulator.port import NEVER, Debt, Port, Position
from simulator.sales import demand
from simulator.table import Bools, Ints, first_of_each
from supervision.contract.columns import column

_LTV = np.array([good.ltv for good in GOODS])
_BANK, _FACTOR = (column("financing", "lender_kind").code(kind) for kind in ("bank", "factor"))
_THOUSAND_YUAN = 100_000
_LEAST = 50 * _THOUSAND_YUAN


def grant(port: Port) -> None:
    """Once a month: lenders answer those who ask, renew some facilities that matured.

    They lend by the core-enterprise rule, or against goods at a low loan to value; of the
    applicant they look only at what is past due now.
    """
    who, state = port.who, port.state
    sound = state.trading & (state.loan_overdue_days == 0) & (state.default_day == NEVER)
    for slot in (0, 1):
        ask = (
            sound
            & who.seeks_financing
            & (who.lenders[:, slot] >= 0)
            & (state.next_application[:, slot] <= port.day)
        )
        owners = np.flatnonzero(ask & (port.rng.random(len(ask)) < 0.8))
        _open(port, owners, slot, np.full(len(owners), -1, np.int64))
    matured = port.facilities.live
    decided, matures = port.facilities.of(matured, "decided", "matures")
    matured = matured[(decided == 0) & (matures <= port.day)]
    _decide(port, matured, sound)


def _decide(port: Port, matured: Ints, sound: Bools) -> None:
    """Renew some matured facilities, the more readily the less has been repaid."""
    owner, slot, drawn, amount = port.facilities.of(matured, "owner", "slot", "drawn", "amount")
    port.facilities["decided"][matured] = 1
    chance = port.world.lending.renewed_share * (0.7 + 0.9 * np.minimum(drawn / amount, 1.0))
    renewed = sound[owner] & (port.rng.random(len(matured)) < chance)
    for place in (0, 1):
        rows = matured[renewed & (slot == place)]
        _open(port, port.facilities["owner"][rows], place, rows)
    again = ~renewed & (port.rng.random(len(matured)) < 0.85)
    rest = port.rng.integers(5, 70, len(matured))
    port.state.next_application[owner[again], slot[again]] = port.day + rest[again]


def _open(port: Port, owners: Ints, slot: int, renewed_from: Ints) -> None:
    if not len(owners):
        return
    who, rng, lending = port.who, port.rng, port.world.lending
    count = len(owners)
    port.state.next_application[owners, slot] = NEVER
    linked = (who.core[owners] >= 0) & (slot == 0)
    share = np.where(who.lenders[owners, 1] >= 0, 0.6, 1.0) * rng.uniform(0.6, 1.4, count)
    # What is lent on a name alone is less than what is lent against goods.
    share *= np.where(linked, 0.5, 1.0)
    wished = who.turnover[owners] * lending.facility_turnover_months * share
    step = 10 * _THOUSAND_YUAN
    amount = np.maximum(np.asarray(wished, np.int64) // step * step, 2 * _LEAST)
    lender = who.lenders[owners, slot]
    matures = port.day + lending.facility_months * 30 + rng.integers(-5, 20, count)
    facility = port.facilities.add(
        count,
        owner=owners,
        slot=slot,
        lender=lender,
        amount=amount,
        matures=matures,
        linked=linked.astype(np.int64),
    )
    at = port.at(count, 9, 17)
    for rows, facts in (
        (np.flatnonzero(renewed_from < 0), {}),
        (np.flatnonzero(renewed_from >= 0), {"renewed_from": renewed_from[renewed_from >= 0]}),
    ):
        port.feeds.emit(
            "financing",
            "facility",
            at[rows],
            provider=port.names.lending_at + lender[rows],
            enterprise=owners[rows],
            facility=facility[rows],
            lender=port.names.lenders_at + lender[rows],
            lender_kind=np.where(lender[rows] < lending.banks, _BANK, _FACTOR),
            amount=amount[rows],
            matures_at=port.micros(matures[rows]),
            **facts,
        )


def close(port: Port) -> None:
    """Facilities that matured and are repaid are closed at the granted amount."""
    rows = port.facilities.live
    matures, drawn, decided = port.facilities.of(rows, "matures", "drawn", "decided")
    shut(port, rows[(matures <= port.day) & (drawn == 0) & (decided > 0)])


def shut(port: Port, rows: Ints) -> None:
    """Close facilities, repaid or written off."""
    owner, lender, amount = port.facilities.of(rows, "owner", "lender", "amount")
    port.feeds.emit(
        "financing",
        "closed",
        port.at(len(rows), 16, 18),
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=rows,
        lender=port.names.lenders_at + lender,
        amount=amount,
    )
    port.facilities.close(rows)


def draw(port: Port, position: Position) -> None:
    """Whoever lacks cash for what comes due draws: on goods in store or on a core's name."""
    who, state = port.who, port.state
    buffer = who.turnover * (0.55 - 0.40 * who.prudence)
    gap = np.asarray(position.soon + who.fixed_costs + buffer - port.books.cash, np.int64)
    needs = state.trading & (state.overdue_days < 20) & (gap > 0)
    rows = port.facilities.live
    owner, limit, drawn, matures, linked, defaulted = port.facilities.of(
        rows, "owner", "amount", "drawn", "matures", "linked", "defaulted"
    )
    room = limit - drawn
    fit = (matures > port.day) & (defaulted == 0) & (room >= _LEAST) & needs[owner]
    for name, place in (("linked", linked == 1), ("pledged", linked == 0)):
        chosen = np.flatnonzero(fit & place)
        chosen = chosen[first_of_each(owner[chosen], -room[chosen])]
        if name == "linked":
            _draw_linked(port, rows[chosen], np.minimum(room[chosen], gap[owner[chosen]]))
        else:
            _draw_pledged(port, rows[chosen], room[chosen])


def _draw_linked(port: Port, facilities: Ints, amount: Ints) -> None:
    amount = np.maximum(amount // _THOUSAND_YUAN * _THOUSAND_YUAN, _LEAST)
    count = len(facilities)
    if count:
        parts = port.rng.integers(1, 4, count)
        _lend(port, facilities, amount, parts, np.full(count, -1, np.int64))


def _draw_pledged(port: Port, facilities: Ints, room: Ints) -> None:
    """Pledge the most valuable free parcel of each facility's owner."""
    parcels = port.parcels.live
    holder, good, held, pledged, whole, since = port.parcels.of(
        parcels, "owner", "good", "quantity", "pledged", "lot_quantity", "since"
    )
    place = np.full(len(port.who.skill), -1, np.int64)
    place[port.facilities["owner"][facilities]] = np.arange(len(facilities))
    free = (pledged == 0) & (since < port.day) & (2 * held >= whole) & (place[holder] >= 0)
    rows = np.flatnonzero(free)
    value = held[rows] * port.spot[good[rows]] // 1000
    best = rows[first_of_each(holder[rows], -value)]
    value = held[best] * port.spot[good[best]] // 1000
    which = place[holder[best]]
    amount = np.minimum(np.asarray(value * _LTV[good[best]], np.int64), room[which])
    amount = amount // _THOUSAND_YUAN * _THOUSAND_YUAN
    enough = amount >= _LEAST
    best, amount, facilities = best[enough], amount[enough], facilities[which[enough]]
    if not len(best):
        return
    parts = port.rng.integers(
        port.world.lending.parts[0], port.world.lending.parts[1] + 1, len(best)
    )
    receipts = port.receipts.add(
        len(best),
        parcel=parcels[best],
        owner=holder[best],
        lender=port.facilities["lender"][facilities],
        facility=facilities,
        quantity=held[best],
        amount=amount,
        parts=parts,
    )
    port.parcels["next_count"][parcels[best]] = np.minimum(
        port.parcels["next_count"][parcels[best]],
        port.day + port.world.supervision.pledged_count_days,
    )
    register(port, receipts, np.full(len(best), port.day + 120, np.int64))
    appraise(port, holder[best], port.parcels["lot"][parcels[best]], good[best])
    _lend(port, facilities, amount, parts, receipts)


def _lend(port: Port, facilities: Ints, amount: Ints, parts: Ints, receipts: Ints) -> None:
    """Pay out drawings, less interest in advance, to be repaid in parts."""
    rng, lending, count = port.rng, port.world.lending, len(facilities)
    owner, lender = port.facilities.of(facilities, "owner", "lender")
    loans = port.loans.add(
        count, facility=facilities, owner=owner, amount=amount, left=amount, receipt=receipts
    )
    port.receipts["loan"][receipts[receipts >= 0]] = loans[receipts >= 0]
    port.facilities["drawn"][facilities] += amount
    tenor = rng.integers(lending.tenor_days[0], lending.tenor_days[1] + 1, count)
    interest = np.asarray(amount * (lending.yearly_rate * 0.8 / 365.0) * tenor, np.int64)
    port.books.receive(Account.LENDERS, owner, amount - interest)
    port.feeds.emit(
        "financing",
        "drawn",
        port.at(count, 13, 15),
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=facilities,
        lender=port.names.lenders_at + lender,
        amount=amount,
        matures_at=port.micros(port.day + tenor),
    )
    loan = np.repeat(np.arange(count), parts)
    place = np.arange(len(loan)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = amount // parts
    owed = share[loan] + np.where(place == parts[loan] - 1, (amount - share * parts)[loan], 0)
    when = 0.35 + 0.65 * (place + 1) / parts[loan]
    due = port.day + np.asarray(tenor[loan] * when, np.int64)
    habit = np.where(
        rng.random(len(loan)) < port.who.late_habit[owner[loan]], rng.integers(1, 13, len(loan)), 0
    )
    port.debts.add(
        len(loan),
        owner=owner[loan],
        amount=owed,
        due=due,
        kind=Debt.INSTALMENT,
        ref=loans[loan],
        **{"from": due + habit},
    )


def prepay(port: Port, position: Position) -> None:
    """Whoever has customers but only pledged goods repays an instalment early to free a part."""
    parcels = port.parcels.live
    holder, held, pledged = port.parcels.of(parcels, "owner", "quantity", "pledged")
    n = len(port.who.skill)
    free, bound = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    free[holder[held > pledged]] = True
    bound[holder[pledged > 0]] = True
    wants = bound & ~free & port.state.trading & (port.rng.random(n) < 1.5 * demand(port))
    debts = port.debts.live
    owner, amount, due, kind, ref, called = port.debts.of(
        debts, "owner", "amount", "due", "kind", "ref", "called"
    )
    early = (kind == Debt.INSTALMENT) & (due > port.day) & (called == 0) & wants[owner]
    rows = np.flatnonzero(early)
    rows = rows[port.loans["receipt"][ref[rows]] >= 0]
    rows = rows[first_of_each(owner[rows], due[rows])]
    spare = port.books.cash - position.soon // 2 - port.who.fixed_costs
    rows = rows[spare[owner[rows]] > amount[rows]]
    port.debts["called"][debts[rows]] = 1


def report_past_due(port: Port) -> None:
    """At month end: days past due of every facility that is behind, and 0 where it caught up."""
    debts = port.debts.live
    amount, due, kind, ref = port.debts.of(debts, "amount", "due", "kind", "ref")
    late = (kind == Debt.INSTALMENT) & (due < port.day)
    facility = port.loans["facility"][ref[late]]
    days, behind = (np.zeros(port.facilities.size, np.int64) for _ in range(2))
    np.maximum.at(days, facility, port.day - due[late])
    np.add.at(behind, facility, amount[late])
    rows = port.facilities.live
    reported = port.facilities["reported"]
    rows = rows[(days[rows] > 0) | (reported[rows] > 0)]
    owner, lender = port.facilities.of(rows, "owner", "lender")
    at = np.full(len(rows), port.clock.midnight(port.day) - HOUR, np.int64)
    port.feeds.emit(
        "financing",
        "days_past_due",
        at,
        provider=port.names.lending_at + lender,
        enterprise=owner,
        facility=rows,
        lender=port.names.lenders_at + lender,
        days_past_due=days[rows],
        amount=behind[rows],
    )
    reported[rows] = days[rows]
