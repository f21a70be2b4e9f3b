"""Where an enterprise's figures stand among its peers, as far as that is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from features.catalogue import CATALOGUE
from features.feature import Phrase
from features.peers.group import Group
from serving.profiles.comparison import Compared
from serving.profiles.figures import UNTOLD
from serving.profiles.place import Place, place_of


@dataclass(frozen=True)
class Peerage:
    """An enterprise's peers, and the place of each figure among them."""

    group: Phrase
    number: int
    places: Mapping[str, Place]


def peerage(compared: Compared, group: Group, values: Mapping[str, float]) -> Peerage | None:
    """Place every value among the peers; None where no peers may be used."""
    peers = compared.peers
    if peers is None:
        return None
    places: dict[str, Place] = {}
    number = 0
    for name, value in values.items():
        found = None if name in UNTOLD else peers.spread(group, name)
        feature = CATALOGUE.by_name.get(name)
        if found is None or feature is None:
            continue
        spread = found[1]
        places[name] = place_of(value, spread, feature.direction)
        number = max(number, spread.number)
    return Peerage(group.title, number, places)
