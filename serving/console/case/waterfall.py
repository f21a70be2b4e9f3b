"""From the base to the score: a step a family, opened to its features; and what moved between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from features.catalogue import CATALOGUE
from features.feature import Phrase
from serving.profiles.place import Place
from serving.scores.families import TITLES


@dataclass(frozen=True)
class FeatureStep:
    """One feature in the waterfall.

    Attributes
    ----------
    name : str
    title : Phrase
    points, start, end : int
        Added, and of the score before and after.
    value : float or None
        None where it is missing or withheld.
    withheld : bool
    place : Place or None
        Among the peers, where that is known.
    """

    name: str
    title: Phrase
    points: int
    start: int
    end: int
    value: float | None
    withheld: bool
    place: Place | None


@dataclass(frozen=True)
class FamilyStep:
    """One family in the waterfall, its features with points first."""

    family: str
    title: Phrase
    points: int
    start: int
    end: int
    features: tuple[FeatureStep, ...]


@dataclass(frozen=True)
class Waterfall:
    """All steps from the base to the score, and the scale on which they are drawn."""

    base: int
    score: int
    low: int
    high: int
    families: tuple[FamilyStep, ...]


@dataclass(frozen=True)
class Moved:
    """What a feature gained or lost between two answers."""

    feature: str
    title: Phrase
    points: int
    before: float | None
    after: float | None


def waterfall(told: Mapping[str, Any], places: Mapping[str, Place]) -> Waterfall:
    """Lay the points of an answer out, the largest family first.

    Parameters
    ----------
    told : mapping
        A scored answer.
    places : mapping of str to Place
        Among the peers, by feature.
    """
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for each in told["points"]:
        grouped.setdefault(_family(each["feature"]), []).append(each)
    sums = {family: sum(each["points"] for each in own) for family, own in grouped.items()}
    level = int(told["base_points"])
    steps: list[FamilyStep] = []
    for family in sorted(sums, key=lambda name: (-abs(sums[name]), sums[name], name)):
        features = _features(grouped[family], level, places)
        end = level + sums[family]
        title = TITLES.get(family, Phrase(family, family))
        steps.append(FamilyStep(family, title, sums[family], level, end, features))
        level = end
    reached = [told["base_points"], told["score"]]
    reached += [f.end for step in steps for f in step.features] + [step.end for step in steps]
    return Waterfall(
        told["base_points"], told["score"], min(reached) - 4, max(reached) + 4, tuple(steps)
    )


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Moved, ...]:
    """Points gained and lost by each feature between two answers, the largest first."""
    then = {each["feature"]: each for each in before["points"]}
    now = {each["feature"]: each for each in after["points"]}
    found = [
        Moved(
            name,
            title_of(name),
            _points(now, name) - _points(then, name),
            then.get(name, {}).get("value"),
            now.get(name, {}).get("value"),
        )
        for name in dict.fromkeys((*now, *then))
    ]
    changed = (each for each in found if each.points)
    return tuple(sorted(changed, key=lambda each: (-abs(each.points), each.points, each.feature)))


def title_of(feature: str) -> Phrase:
    """A feature's title; its name where this version's catalogue has it no longer."""
    declared = CATALOGUE.by_name.get(feature)
    return Phrase(feature, feature) if declared is None else declared.title


def _features(
    own: Sequence[Mapping[str, Any]], level: int, places: Mapping[str, Place]
) -> tuple[FeatureStep, ...]:
    steps = []
    for each in sorted(own, key=lambda each: (-abs(each["points"]), each["points"])):
        name, points = each["feature"], each["points"]
        steps.append(
            FeatureStep(
                name,
                title_of(name),
                points,
                level,
                level + points,
                each["value"],
                bool(each.get("withheld")),
                None if each["value"] is None else places.get(name),
            )
        )
        level += points
    return tuple(steps)


def _points(told: Mapping[str, Mapping[str, Any]], name: str) -> int:
    return int(told[name]["points"]) if name in told else 0


def _family(feature: str) -> str:
    declared = CATALOGUE.by_name.get(feature)
    return "other" if declared is None else declared.family
