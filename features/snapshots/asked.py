"""What the features of the catalogue ask of other enterprises: the columns of a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache

from features.catalogue import CATALOGUE
from features.feature import Feature
from features.nodes.balances import Balance
from features.nodes.fellows import Fellows
from features.nodes.network import OfOthers
from features.recipe import Recipe, leaves


@dataclass(frozen=True)
class Asked:
    """What is asked of other enterprises, each thing once.

    Attributes
    ----------
    states : tuple of Recipe
        Reckoned of each enterprise from its own messages.
    balances : tuple of Balance
        Of which it is asked under which enterprises anything is held.
    fellows : tuple of Fellows
        Counted among all enterprises, once the others are known of each.
    """

    states: tuple[Recipe, ...]
    balances: tuple[Balance, ...]
    fellows: tuple[Fellows, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables whose rows are read."""
        parts = (*self.states, *self.balances)
        return tuple(dict.fromkeys(leaf.rows.table for part in parts for leaf in leaves(part)))


def asked_by(features: Sequence[Feature]) -> Asked:
    """Walk the recipes of features for what they ask of others."""
    found = [thing for feature in features for thing in _asked(feature.recipe)]
    fellows = [thing for thing in found if isinstance(thing, Fellows)]
    for fellow in fellows:
        found.append(fellow.tie.asked)
        if fellow.state is not None:
            found.append(fellow.state)
    plain = [thing for thing in found if not isinstance(thing, Fellows)]
    return Asked(
        states=tuple(dict.fromkeys(t for t in plain if isinstance(t, Recipe))),
        balances=tuple(dict.fromkeys(t for t in plain if isinstance(t, Balance))),
        fellows=tuple(dict.fromkeys(fellows)),
    )


@cache
def asked() -> Asked:
    """What the catalogue asks."""
    return asked_by(CATALOGUE.features)


def _asked(node: object) -> Iterator[Recipe | Balance]:
    if isinstance(node, OfOthers):
        yield node.asked
    elif isinstance(node, tuple):
        for item in node:
            yield from _asked(item)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _asked(getattr(node, field.name))
