"""Figures: values of features, each with its place among the enterprise's peers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from features.feature import Feature
from features.peers.group import Group
from features.peers.peers import Peers
from features.peers.spread import Spread
from serving.profiles.arrears import BY_NAME, PORTRAYED
from serving.profiles.document import Figure, PeerGroup, Quartiles
from serving.profiles.place import place_of

UNTOLD = frozenset(
    (
        "core_enterprise_rating_now",
        "drawn_amount_now",
        "drawn_to_outbound_365d",
        "facilities_open_now",
        "lenders_open_now",
        "pledge_lenders_now",
        "pledged_amount_now",
        "pledged_share_of_stock_now",
    )
)
"""Features that tell of third parties: what others are rated, what lenders are owed."""
FEATURES = tuple(feature for feature in PORTRAYED if feature.name not in UNTOLD)
"""Features that a profile shows as figures."""
FLAGS = ("default_in_force_now", "dishonest_debtor_ever")
"""Features that a profile tells as yes or no, not as figures."""


@dataclass(frozen=True)
class Figures:
    """What is known of an enterprise, feature by feature.

    Attributes
    ----------
    values : mapping of str to float or None
        By the feature's name; None where it is missing or withheld.
    group : Group
        With whom the enterprise is compared.
    withheld : frozenset of str
        Features that would tell of fewer than five third parties.
    peers : Peers or None
        How their figures are spread; None where that is not known.
    """

    values: Mapping[str, float | None]
    group: Group
    withheld: frozenset[str] = frozenset()
    peers: Peers | None = None

    def of(self, *families: str) -> tuple[Figure, ...]:
        """All figures of some families, in the catalogue's order."""
        return self.each(f.name for f in FEATURES if f.family in families and f.name not in FLAGS)

    def each(self, names: Iterable[str]) -> tuple[Figure, ...]:
        """Figures of some features, in the order named."""
        return tuple(self._figure(BY_NAME[name]) for name in names)

    def spread(self, name: str) -> tuple[Group, Spread] | None:
        """Spread of a feature over the peers."""
        return None if self.peers is None else self.peers.spread(self.group, name)

    def _figure(self, feature: Feature) -> Figure:
        value = self.values[feature.name]
        named = {
            "feature": feature.name,
            "title_en": feature.title.en,
            "title_zh": feature.title.zh,
        }
        found = self.spread(feature.name)
        if value is None or found is None:
            return Figure(**named, value=value, unit=feature.unit)
        group, spread = found
        place = place_of(value, spread, feature.direction)
        return Figure(
            **named,
            value=value,
            unit=feature.unit,
            percentile=place.percentile,
            peers=PeerGroup(en=group.title.en, zh=group.title.zh, number=spread.number),
            quartiles=Quartiles(low=place.low, median=place.median, high=place.high),
            standing=place.standing,
            **_said(place.percentile, feature.direction),
        )


def _said(percentile: float, direction: int) -> dict[str, str]:
    """Say whom the enterprise leaves behind; of equal ones half are counted."""
    share = f"{100 - percentile if direction > 0 else percentile:g}"
    is_, zh = ("Better", "优于") if direction else ("Higher", "高于")
    return {
        "text_en": f"{is_} than {share} % of its peers.",
        "text_zh": f"{zh}{share}%的同类企业。",
    }
