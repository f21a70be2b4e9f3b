"""Who would commit a fraud, decided at the start and latent, and the schemes under way."""

from dataclasses import dataclass, field

import numpy as np

from simulator.enterprises import Enterprises
from simulator.goods import GOODS
from simulator.table import Bools, Floats, Ints
from simulator.world import World

_METAL = np.array([good.family == "metal" for good in GOODS])


@dataclass
class Claim:
    """Receipts that promise more than the warehouse holds.

    Attributes
    ----------
    pattern : str
    number : int
        Of the scheme.
    owner, house, lot : int
    parcel : int
        The real goods, -1 where there are none.
    receipts : list of int
        The scheme ends with the last of them.
    swapped : int
        The parcel of cheap goods that stand in for the pledged ones, -1 where there are none.
    confirmed : bool
        Whether the warehouse is in collusion.
    next_count : int
        Day on which a warehouse in collusion next counts goods of which nothing is there.
    """

    pattern: str
    number: int
    owner: int
    house: int
    lot: int
    parcel: int
    receipts: list[int]
    swapped: int = -1
    confirmed: bool = False
    next_count: int = 0


@dataclass
class Circle:
    """Related traders among whom a lot goes round and comes back.

    Attributes
    ----------
    members : list of int
    told : bool
        Whether the registry knows that they are related.
    formed : bool
    number : int
        Of the scheme under way, -1 while there is none.
    parcel, holder, steps : int
        The goods, the place in ``members`` of who has them, and the transfers still to come.
    settles : int
        Day on which they set their debts off against each other.
    debts : list of int
    """

    members: list[int]
    told: bool
    formed: bool = False
    number: int = -1
    parcel: int = -1
    holder: int = 0
    steps: int = 0
    settles: int = 0
    price: int = 0
    debts: list[int] = field(default_factory=list)


@dataclass
class Schemes:
    """What is planned and under way.

    Attributes
    ----------
    double_pledge, phantom, threefold, substitution : int64 arrays
        Enterprises that would.
    overvalues : bool [n]
    colluding : int64 array
        Warehouses in collusion.
    client_of : int64 [n]
        The warehouse that covers up for each enterprise, -1 where none does.
    rings, carousels : list of Circle
    claims : list of Claim
    begun : int
        Schemes so far.
    violations, lots : int
        How many of the port's violations are listed as deeds; how many lots were looked at.
    overstated : list of int
        Lots to be declared too high that are not declared yet.
    covered : dict of int to int
        Number of the scheme of each enterprise that a warehouse has covered up for.
    """

    double_pledge: Ints
    phantom: Ints
    threefold: Ints
    substitution: Ints
    overvalues: Bools
    colluding: Ints
    client_of: Ints
    rings: list[Circle]
    carousels: list[Circle]
    claims: list[Claim] = field(default_factory=list)
    begun: int = 0
    violations: int = 0
    lots: int = 0
    overstated: list[int] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)

    def begin(self) -> int:
        """Number of a new scheme."""
        self.begun += 1
        return self.begun - 1


def schemes(world: World, who: Enterprises, rng: np.random.Generator) -> Schemes:
    """Decide who would: the less honest, and for what needs a warehouse, the clients of one."""
    dials, n = world.frauds, world.enterprises
    bent = (1.0 - who.honesty) ** 2 + 1e-6
    houses = world.supervision.warehouses
    colluding = _drawn(np.ones(houses), dials.colluding_houses * houses, rng)
    uses = np.isin(who.warehouse, colluding)
    clients = _drawn(bent * uses.any(axis=1), dials.colluding_clients * uses.any(axis=1).sum(), rng)
    client_of = np.full(n, -1, np.int64)
    place = uses[clients].argmax(axis=1)
    client_of[clients] = who.warehouse[clients, place]
    seeking = bent * who.seeks_financing
    # Receipts over nothing are mostly made out by a warehouse that knows it.
    helped = seeking * np.where(client_of >= 0, 60.0, 1.0)
    metal = seeking * _METAL[who.goods[:, 0]] * np.where(client_of >= 0, 20.0, 1.0)
    overvalues = np.zeros(n, np.bool_)
    overvalues[_drawn(bent, dials.overvaluation_share * n, rng)] = True
    two = seeking * (who.lenders[:, 1] >= 0)
    return Schemes(
        double_pledge=_drawn(two, dials.double_pledge_share * n, rng),
        phantom=_drawn(helped, dials.phantom_share * n, rng),
        threefold=_drawn(metal, dials.threefold_share * (metal > 0).sum(), rng),
        substitution=_drawn(helped, dials.substitution_share * n, rng),
        overvalues=overvalues,
        colluding=colluding,
        client_of=client_of,
        rings=_circles(who, bent, dials.rings_per_thousand, world, rng),
        carousels=_circles(who, seeking, dials.carousels_per_thousand, world, rng),
    )


def _drawn(weights: Floats, expected: float, rng: np.random.Generator) -> Ints:
    """About so many of those with a weight, ascending."""
    count = int(expected) + int(rng.random() < expected % 1.0)
    count = min(count, int((weights > 0).sum()))
    if not count:
        return np.zeros(0, np.int64)
    chosen = rng.choice(len(weights), count, replace=False, p=weights / weights.sum())
    return np.sort(chosen).astype(np.int64)


def _circles(
    who: Enterprises, weights: Floats, per_thousand: float, world: World, rng: np.random.Generator
) -> list[Circle]:
    """Groups that trade the same first good; nobody is in two of one kind."""
    dials = world.frauds
    weights = weights.copy()
    circles = []
    low, high = dials.ring_members
    for leader in _drawn(weights, per_thousand * world.enterprises / 1000.0, rng).tolist():
        if weights[leader] == 0.0:
            continue
        weights[leader] = 0.0
        same = weights * (who.goods[:, 0] == who.goods[leader, 0])
        members = [leader, *_drawn(same, float(rng.integers(low, high + 1) - 1), rng).tolist()]
        weights[members] = 0.0
        if len(members) >= low:
            circles.append(Circle(members, told=bool(rng.random() < dials.ring_told_share)))
    return circles
