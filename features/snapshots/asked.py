"""What the features of the catalogue ask of others: the columns of a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache

from features.catalogue import CATALOGUE
from features.facts import stream_of
from features.feature import Feature
from features.nodes.balances import Balance
from features.nodes.fellows import Fellows
from features.nodes.network import OfOthers
from features.nodes.warehouses import OfWarehouses, OverClients, WarehouseRate
from features.recipe import Recipe, leaves


@dataclass(frozen=True)
class Asked:
    """What is asked of other enterprises and of warehouses, each thing once.

    Attributes
    ----------
    states : tuple of Recipe
        Reckoned of each enterprise from its own messages.
    balances : tuple of Balance
        Of which it is asked under which enterprises anything is held.
    fellows : tuple of Fellows
        Counted among all enterprises, once the others are known of each.
    rates : tuple of WarehouseRate
        Of warehouses, reckoned from the messages of all their clients.
    """

    states: tuple[Recipe, ...]
    balances: tuple[Balance, ...]
    fellows: tuple[Fellows, ...]
    rates: tuple[WarehouseRate, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of which the rows of enterprises are read."""
        parts = (*self.states, *self.balances)
        return tuple(dict.fromkeys(leaf.rows.table for part in parts for leaf in leaves(part)))

    @property
    def of_warehouses(self) -> tuple[OverClients, ...]:
        """What is added up of warehouses, from custody messages."""
        return tuple(dict.fromkeys(rate.of for rate in self.rates))

    @property
    def streams(self) -> tuple[str, ...]:
        """Streams on whose messages it rests."""
        custody = ("custody",) if self.rates else ()
        return tuple(dict.fromkeys((*(stream_of(table) for table in self.tables), *custody)))


def asked_by(features: Sequence[Feature]) -> Asked:
    """Walk the recipes of features for what they ask of others."""
    found = [thing for feature in features for thing in _asked(feature.recipe)]
    fellows = [thing for thing in found if isinstance(thing, Fellows)]
    for fellow in fellows:
        found.append(fellow.tie.asked)
        if fellow.state is not None:
            found.append(fellow.state)
    rates = [thing for thing in found if isinstance(thing, WarehouseRate)]
    plain = [thing for thing in found if not isinstance(thing, Fellows | WarehouseRate)]
    return Asked(
        states=tuple(dict.fromkeys(t for t in plain if isinstance(t, Recipe))),
        balances=tuple(dict.fromkeys(t for t in plain if isinstance(t, Balance))),
        fellows=tuple(dict.fromkeys(fellows)),
        rates=tuple(dict.fromkeys(rates)),
    )


@cache
def asked() -> Asked:
    """What the catalogue asks."""
    return asked_by(CATALOGUE.features)


def _asked(node: object) -> Iterator[Recipe | Balance]:
    if isinstance(node, OfOthers):
        yield node.asked
    elif isinstance(node, OfWarehouses):
        yield node.state
    elif isinstance(node, tuple):
        for item in node:
            yield from _asked(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _asked(getattr(node, field.name))
