"""Facilities: opened, reported on while they are behind, and closed."""

import numpy as np

from simulator import losses
from simulator.clock import HOUR
from simulator.port import NEVER, Debt, Port
from simulator.table import Bools, Ints
from supervision.contract.columns import column

_BANK, _FACTOR = (column("financing", "lender_kind").code(kind) for kind in ("bank", "factor"))


def envelope(port: Port, facilities: Ints) -> dict[str, Ints]:
    """Who tells of facilities, and whose they are."""
    owner, lender = port.facilities.of(facilities, "owner", "lender")
    return {
        "provider": port.names.lending_at + lender,
        "enterprise": owner,
        "facility": facilities,
        "lender": port.names.lenders_at + lender,
    }


def open_(
    port: Port, owners: Ints, slot: int, amount: Ints, linked: Bools, renewed_from: Ints
) -> Ints:
    """Open a facility for each owner; ``renewed_from`` is the one before, or -1."""
    count = len(owners)
    if not count:
        return owners
    lending = port.world.lending
    port.state.next_application[owners, slot] = NEVER
    port.state.customer[owners, slot] = True
    lender = port.who.lenders[owners, slot]
    matures = port.day + lending.facility_months * 30 + port.rng.integers(-5, 20, count)
    facilities = port.facilities.add(
        count,
        owner=owners,
        slot=slot,
        lender=lender,
        amount=amount,
        matures=matures,
        linked=linked.astype(np.int64),
    )
    if port.feeds.muted:
        return facilities
    at = port.at(count, 9, 17)
    for rows, facts in (
        (np.flatnonzero(renewed_from < 0), {}),
        (np.flatnonzero(renewed_from >= 0), {"renewed_from": renewed_from[renewed_from >= 0]}),
    ):
        port.feeds.emit(
            "financing",
            "facility",
            at[rows],
            **envelope(port, facilities[rows]),
            lender_kind=np.where(lender[rows] < lending.banks, _BANK, _FACTOR),
            amount=amount[rows],
            matures_at=port.micros(matures[rows]),
            **facts,
        )
    return facilities


def close(port: Port) -> None:
    """Facilities that matured and are repaid are closed at the granted amount."""
    rows = port.facilities.live
    matures, drawn, decided = port.facilities.of(rows, "matures", "drawn", "decided")
    shut(port, rows[(matures <= port.day) & (drawn == 0) & (decided > 0)])


def cancel(port: Port) -> None:
    """Once a month: lenders take back what nobody has drawn from those who are past due."""
    rows = port.facilities.live
    owner, drawn = port.facilities.of(rows, "owner", "drawn")
    late = port.state.overdue_days[owner] >= port.world.acceptance.cancel_days
    rows, owner = rows[late & (drawn == 0)], owner[late & (drawn == 0)]
    slot = port.facilities["slot"][rows]
    first, last = port.world.acceptance.retry_days
    wait = port.rng.integers(first, last, len(rows))
    port.state.next_application[owner, slot] = port.day + wait
    shut(port, rows)


def shut(port: Port, rows: Ints) -> None:
    """Close facilities, repaid or written off."""
    if not len(rows):
        return
    (amount,) = port.facilities.of(rows, "amount")
    port.feeds.emit(
        "financing",
        "closed",
        port.at(len(rows), 16, 18),
        **envelope(port, rows),
        amount=amount,
    )
    losses.end(port, rows)
    port.facilities.close(rows)


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
    rows = rows[(days[rows] > 0) | (port.facilities["reported"][rows] > 0)]
    at = np.full(len(rows), port.clock.midnight(port.day) - HOUR, np.int64)
    port.feeds.emit(
        "financing",
        "days_past_due",
        at,
        **envelope(port, rows),
        days_past_due=days[rows],
        amount=behind[rows],
    )
    port.facilities["reported"][rows] = days[rows]
