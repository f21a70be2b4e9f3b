"""Where an enterprise's figures stand among its peers, as far as that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.feature import Phrase
from features.peers.goods import main_sections, sections_of
from features.peers.group import Group, group_of
from serving.profiles.comparison import Compared
from serving.profiles.figures import UNTOLD
from supervision.record import Record

Tone = Literal["better", "worse", "usual"]
_SIZE = CATALOGUE.by_name["size_class_now"]
_DIGITS = 3
"""Of a quartile that are told: never the exact figure of one enterprise."""


@dataclass(frozen=True)
class Place:
    """Where one value stands.

    Attributes
    ----------
    percentile : float
        0 to 100.
    low, median, high : float
        The peers' quartiles.
    tone : {"better", "worse", "usual"}
        Outside the middle half, on the safe side or the risky one.
    """

    percentile: float
    low: float
    median: float
    high: float
    tone: Tone


@dataclass(frozen=True)
class Peerage:
    """An enterprise's peers, and the place of each figure among them."""

    group: Phrase
    number: int
    places: Mapping[str, Place]


def group_among(record: Record, facts: Facts, enterprise: int, as_of: int) -> Group:
    """Group of peers of an enterprise: of its size and its main goods."""
    spine = Spine(np.array([enterprise]), np.array([as_of]))
    size = float(evaluate(facts, spine, (_SIZE,)).values[0, 0])
    declarations = facts.tables["declaration"]
    sections = sections_of(record, declarations["hs_code"])
    return group_of(size, main_sections(declarations, as_of, sections).get(enterprise))


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
        percentile = spread.percentile(value)
        low, median, high = (float(f"{each:.{_DIGITS}g}") for each in spread.quartiles)
        tone = _tone(percentile, feature.direction)
        places[name] = Place(percentile, low, median, high, tone)
        number = max(number, spread.number)
    return Peerage(group.title, number, places)


def _tone(percentile: float, direction: int) -> Tone:
    if direction == 0:
        return "usual"
    good = percentile if direction < 0 else 100 - percentile
    return "better" if good >= 75 else "worse" if good <= 25 else "usual"
