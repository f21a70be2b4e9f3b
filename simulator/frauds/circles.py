"""A lot that goes round among related traders, by title alone, and comes back."""

import numpy as np

from simulator.frauds import receipts
from simulator.frauds.schemes import Circle
from simulator.payments import settle
from simulator.port import NEVER, Debt, Port
from simulator.table import Ints
from simulator.titles import tell_transfer


def form(port: Port, circle: Circle) -> None:
    """Members found their ties; of most the registry learns."""
    circle.formed = True
    if not circle.told:
        return
    members = np.array(circle.members, np.int64)
    port.feeds.emit(
        "enterprise",
        "actual_controller",
        port.at(len(members), 9, 10),
        provider=port.names.registry,
        enterprise=members,
        party=port.names.persons_at + members[0],
    )
    port.feeds.emit(
        "enterprise",
        "related_party",
        port.at(len(members), 10, 11),
        provider=port.names.registry,
        enterprise=members,
        party=np.roll(members, -1),
    )


def sound(port: Port, circle: Circle) -> bool:
    """Whether all members trade and pay."""
    members, state = np.array(circle.members), port.state
    return bool(state.trading[members].all() and (state.overdue_days[members] == 0).all())


def start(port: Port, circle: Circle, rounds: int) -> None:
    """Take a free lot of a member that is mostly there; nothing if there is none."""
    first = int(port.rng.integers(len(circle.members)))
    for turn in range(len(circle.members)):
        place = (first + turn) % len(circle.members)
        parcels = receipts.parcels_of(port, circle.members[place])
        held, whole, pledged = port.parcels.of(parcels, "quantity", "lot_quantity", "pledged")
        fit = np.flatnonzero((pledged == 0) & (2 * held >= whole))
        if len(fit):
            chosen = fit[np.argmax(held[fit])]
            one = parcels[chosen : chosen + 1]
            spot = int(port.spot[port.parcels["good"][one]][0])
            circle.number, circle.parcel = port.schemes.begin(), int(one[0])
            circle.holder, circle.steps = place, rounds * len(circle.members)
            circle.price, circle.debts = spot, []
            circle.settles = port.day + 2 * circle.steps + 2
            return


def goods(port: Port, circle: Circle) -> Ints:
    """The lot's parcel, if it is still the holder's and free and the next one trades; else none."""
    rows = port.parcels.live
    if not port.state.trading[circle.members[(circle.holder + 1) % len(circle.members)]]:
        return rows[:0]
    one = rows[rows == circle.parcel]
    owner, held, pledged = port.parcels.of(one, "owner", "quantity", "pledged")
    free: Ints = one[(owner == circle.members[circle.holder]) & (held > 0) & (pledged == 0)]
    return free


def pass_on(port: Port, circle: Circle, one: Ints) -> int:
    """Sell the lot to the next member; the goods stay where they are.

    Returns
    -------
    int
        The price, fen.
    """
    seller = circle.members[circle.holder]
    circle.holder = (circle.holder + 1) % len(circle.members)
    buyer = circle.members[circle.holder]
    circle.steps -= 1
    lot, held = port.parcels.of(one, "lot", "quantity")
    price = max(int(held[0]) * circle.price // 1000, 1)
    due = circle.settles + 1
    sale = port.sales.add(
        1,
        seller=seller,
        buyer=buyer,
        lot=lot,
        price=price,
        due=due,
        pays=NEVER,
        in_storage=1,
        buyer_place=-1,
    )
    debt = port.debts.add(
        1, owner=buyer, amount=price, due=due, kind=Debt.TRADE, ref=sale, **{"from": due}
    )
    circle.debts.append(int(debt[0]))
    since, made = port.parcels.of(one, "since", "made")
    # Shelf life runs on from the day on which it began.
    port.parcels["made"][one] = np.where(made == 0, since, made)
    port.parcels["owner"][one] = buyer
    port.parcels["since"][one] = port.day
    port.parcels["order"][one] = -1
    tell_transfer(port, sale, held, port.at(1, 12, 14), always_invoiced=True)
    return price


def set_off(port: Port, circle: Circle) -> None:
    """Pay round the circle at once, if what is left to pay is there; else the debts stand."""
    rows = port.debts.live
    rows = rows[np.isin(rows, np.array(circle.debts, np.int64))]
    payer, amount, sale = port.debts.of(rows, "owner", "amount", "ref")
    after = port.books.cash.copy()
    np.subtract.at(after, payer, amount)
    np.add.at(after, port.sales["seller"][sale], amount)
    if (after[np.array(circle.members)] >= 0).all():
        settle(port, rows)
    circle.number, circle.parcel, circle.debts = -1, -1, []
