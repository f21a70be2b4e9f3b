"""The spreads of all features over all groups of peers, as of one time."""

from collections.abc import Mapping
from dataclasses import dataclass

from features.peers.group import Group
from features.peers.spread import Spread


@dataclass(frozen=True, eq=False)
class Peers:
    """How the features of a record's enterprises are spread.

    Attributes
    ----------
    catalogue_hash : str
        The catalogue whose recipes were evaluated.
    record : str
        Identity of the record.
    position : int
        The record's position when they were.
    as_of : int
        UTC microseconds.
    spreads : mapping
        By group, then by the feature's name; a group or a feature with fewer than 30 values is
        not in it.
    """

    catalogue_hash: str
    record: str
    position: int
    as_of: int
    spreads: Mapping[Group, Mapping[str, Spread]]

    def spread(self, group: Group, feature: str) -> tuple[Group, Spread] | None:
        """Spread of a feature over a group, or over the first wider one that is large enough."""
        for wider in group.widening():
            found = self.spreads.get(wider, {}).get(feature)
            if found is not None:
                return wider, found
        return None
