"""The pattern of the scenario ``new-fraud``: one lot that several traders pledge in turn.

Each of a group pledges the lot to its own lender while the title is in its name, draws, and
passes the title on with the pledge upon it. Every lender sees one pledge by its owner of the day;
no enterprise pledges twice. At the end the lot is back with the first and the loans stand.
"""

from simulator.frauds import circles, deeds, receipts
from simulator.frauds.schemes import Circle
from simulator.frauds.temptation import happens
from simulator.port import NEVER, Port
from simulator.scenarios import scenario
from simulator.table import Ints
from simulator.world import World

PATTERN = "pledge_carousel"


def attempt(port: Port) -> None:
    """Each group now and then sends a lot round, from the scenario's day on."""
    if port.day < first_day(port.world):
        return
    for group in port.schemes.carousels:
        if group.number < 0:
            _begin(port, group)
        elif group.steps > 0:
            _turn(port, group)
        elif port.day >= group.settles:
            circles.set_off(port, group)


def first_day(world: World) -> int:
    """Day from which the pattern occurs; beyond the world's end where it does not."""
    begins = scenario(world.scenario).new_fraud
    return (begins - world.first).days if begins else NEVER


def _begin(port: Port, group: Circle) -> None:
    if not (happens(port, port.world.frauds.carousel_yearly) and circles.sound(port, group)):
        return
    able = [len(receipts.usable(port, member)[0]) > 0 for member in group.members]
    if sum(able) >= 2:
        group.formed = True
        circles.start(port, group, rounds=1)


def _turn(port: Port, group: Circle) -> None:
    one = circles.goods(port, group)
    if not len(one) or port.day >= group.settles:
        group.steps = 0
        return
    _pledge(port, group, one)
    circles.pass_on(port, group, one)


def _pledge(port: Port, group: Circle, one: Ints) -> None:
    member = group.members[group.holder]
    rows, room = receipts.usable(port, member)
    if not len(rows):
        return
    parcel, quantity = int(one[0]), int(port.parcels["quantity"][one][0])
    amount = min(receipts.worth(port, parcel, quantity), receipts.rounded(int(room[0])))
    if amount < receipts.LEAST:
        return
    receipt = receipts.issue(port, parcel, int(rows[0]), quantity, amount)
    claim = receipts.claimed(port, PATTERN, group.number, parcel, [receipt])
    who = (member, receipts.lender_of(port, int(rows[0])), -1)
    deeds.note(port, (PATTERN, group.number), who, claim.lot, amount, open_=True)
