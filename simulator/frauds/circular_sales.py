"""Sales among related traders that move nothing but turnover."""

from simulator.frauds import circles, deeds
from simulator.frauds.schemes import Circle
from simulator.frauds.temptation import happens
from simulator.port import Port

PATTERN = "circular_sales"


def attempt(port: Port) -> None:
    """Each ring now and then sends a lot round, at a price that rises from hand to hand."""
    for ring in port.schemes.rings:
        if ring.number < 0:
            _begin(port, ring)
        elif ring.steps > 0:
            _turn(port, ring)
        elif port.day >= ring.settles:
            circles.set_off(port, ring)


def _begin(port: Port, ring: Circle) -> None:
    if happens(port, port.world.frauds.ring_yearly) and circles.sound(port, ring):
        if not ring.formed:
            circles.form(port, ring)
        circles.start(port, ring, rounds=int(port.rng.integers(1, 3)))


def _turn(port: Port, ring: Circle) -> None:
    """Mostly the lot goes on the next day, so that nobody sells it meanwhile."""
    if port.rng.random() < 0.3:
        return
    one = circles.goods(port, ring)
    if not len(one) or port.day >= ring.settles:
        ring.steps = 0
        return
    seller = ring.members[ring.holder]
    ring.price = int(ring.price * port.rng.uniform(1.005, 1.03))
    price = circles.pass_on(port, ring, one)
    lot, house = port.parcels.of(one, "lot", "warehouse")
    who = (seller, ring.members[ring.holder], int(house[0]))
    deeds.note(port, (PATTERN, ring.number), (*who[:2], -1), int(lot[0]), price)
