"""Reasons: the families that cost most points, opened to features and the messages behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from features.evidence import evidence
from features.facts import Facts, conditions, standing, stream_of
from features.feature import Feature, Phrase
from features.nodes.network import OfOthers
from serving.instants import text_of
from serving.language import DEFAULT, Language, spoken
from serving.profiles.wording import worded
from serving.scores.document import Evidence, FeatureReason, Points, Reason
from serving.scores.families import TITLES
from supervision.arrays import MISSING
from supervision.message_reference import MessageReference
from supervision.record import Record

LEAST, MOST = 2, 4
"""Families that an answer names at least and at most."""
MOST_FEATURES = 3
"""Features that are told of a family at most."""
LENDERS = frozenset(("financing", "outcome"))
"""Streams whose providers are lenders: another lender's name is nobody's business."""
FEWEST_PARTIES = 5
"""Third parties below which nothing that rests on their state is told."""

_NO_VALUE = Phrase("there is no value", "暂无数据，按审慎原则计分")
_WITHHELD = Phrase(
    f"Those it deals with cost points; they are fewer than {FEWEST_PARTIES}, so no more is told.",
    f"往来企业信用状况影响评分；企业不足{FEWEST_PARTIES}家，不披露细节。",
)


@dataclass(frozen=True)
class Subject:
    """Whom an answer is about, and as of when.

    Attributes
    ----------
    facts : Facts
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.
    disputed : frozenset of int
        Positions of messages that stand and to which it objects.
    """

    facts: Facts
    enterprise: int
    as_of: int
    disputed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Manner:
    """How reasons are told.

    Attributes
    ----------
    language : {"en", "zh"}
        That was asked for.
    stability : mapping of str to bool
        Families that are known to be stable or not.
    usual : mapping of str to float
        What is usual of a feature, where that is known.
    """

    language: Language = DEFAULT
    stability: Mapping[str, bool] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)


def withheld(subject: Subject, feature: Feature) -> bool:
    """Whether a feature rests on the state of fewer than five third parties."""
    recipe = feature.recipe
    if not isinstance(recipe, OfOthers):
        return False
    rows, days, name = recipe.among.rows, recipe.among.days, recipe.among.column
    if name is None:
        return True
    columns = subject.facts.tables[rows.table]
    counts = standing(columns, subject.enterprise, subject.as_of, days)
    counts &= conditions(columns, stream_of(rows.table), rows.where)
    others = columns[name][counts]
    return len(np.unique(others[others != MISSING])) < FEWEST_PARTIES


@dataclass(frozen=True)
class Opened:
    """A family of features in one answer.

    Attributes
    ----------
    family : str
    points, micro_points : int
        Sums over all its features.
    features : tuple of int
        Places of those that cost most points and can be told.
    """

    family: str
    points: int
    micro_points: int
    features: tuple[int, ...]


def families(features: Sequence[Feature], points: Sequence[Points]) -> tuple[Opened, ...]:
    """All families, the costliest first."""
    places: dict[str, list[int]] = {family: [] for family in TITLES}
    for place, feature in enumerate(features):
        places[feature.family].append(place)
    found = (
        Opened(
            family,
            sum(points[place].points for place in own),
            sum(points[place].micro_points for place in own),
            costliest(own, features, points),
        )
        for family, own in places.items()
        if own
    )
    return tuple(sorted(found, key=lambda one: (one.micro_points, one.points)))


def named(ordered: Sequence[Opened]) -> tuple[Opened, ...]:
    """The families that cost points, four at most; and two at least, whatever they do."""
    costing = sum(one.points < 0 for one in ordered[:MOST])
    return tuple(ordered[: max(LEAST, costing)])


def costliest(
    places: Sequence[int], features: Sequence[Feature], points: Sequence[Points]
) -> tuple[int, ...]:
    """Places of the features that cost most points, the worst first.

    A feature that stands at its best, or on the safe side of the point at which its text turns
    (prices that have risen), is not told, even where the model takes a few points for it: what
    would be said of it would not be true.
    """
    order = sorted(places, key=lambda place: points[place].micro_points)
    return tuple(
        place
        for place in order
        if points[place].points < 0 and not _at_its_best(features[place], points[place].value)
    )[:MOST_FEATURES]


def reasons(
    record: Record,
    subject: Subject,
    features: Sequence[Feature],
    points: Sequence[Points],
    manner: Manner,
) -> tuple[Reason, ...]:
    """Put the costliest families into words and find the messages behind their features.

    Parameters
    ----------
    record : Record
    subject : Subject
    features, points : sequences
        Of the model, in one order.
    manner : Manner
    """
    opened = named(families(features, points))
    places = [place for one in opened for place in one.features]
    found = {
        place: evidence(subject.facts, features[place], subject.enterprise, subject.as_of)
        for place in places
    }
    wanted = sorted({position for positions in found.values() for position in positions})
    messages = {message.position: _shown(message, subject) for message in record.messages(wanted)}
    told = {
        place: _told(
            features[place],
            points[place],
            tuple(messages[position] for position in found[place] if position in messages),
            manner,
        )
        for place in places
    }
    return tuple(
        _reason(one, manner, tuple(told[place] for place in one.features)) for one in opened
    )


def _reason(one: Opened, manner: Manner, told: tuple[FeatureReason, ...]) -> Reason:
    title, said = TITLES[one.family], _summed_up(one)
    return Reason(
        family=one.family,
        points=one.points,
        micro_points=one.micro_points,
        stable=manner.stability.get(one.family),
        title_en=title.en,
        title_zh=title.zh,
        text_en=said.en,
        text_zh=said.zh,
        features=told,
    )


def _summed_up(one: Opened) -> Phrase:
    """What a family does to the score, in words."""
    title, size = TITLES[one.family], abs(one.points)
    amount = f"{size} point" if size == 1 else f"{size} points"
    if one.points < 0:
        return Phrase(f"{title.en}: costs {amount}.", f"{title.zh}：扣{size}分。")
    does, zh = (f"earns {amount}", f"加{size}分") if one.points else ("costs nothing", "不扣分")
    return Phrase(
        f"{title.en}: {does}; named because two at least always are.",
        f"{title.zh}：{zh}；因至少列示两类而列出。",
    )


def _told(
    feature: Feature, points: Points, messages: tuple[Evidence, ...], manner: Manner
) -> FeatureReason:
    said = _said(feature, points)
    usual = None if points.withheld else manner.usual.get(feature.name)
    figures = _figures(feature, points.value, usual)
    return FeatureReason(
        feature=feature.name,
        points=points.points,
        micro_points=points.micro_points,
        value=points.value,
        usual=usual,
        unit=feature.unit,
        text=spoken(Phrase(said.en + figures.en, said.zh + figures.zh), manner.language),
        title_en=feature.title.en,
        title_zh=feature.title.zh,
        text_en=said.en,
        text_zh=said.zh,
        messages=messages,
    )


def _said(feature: Feature, points: Points) -> Phrase:
    """Choose what to say: the risky side, as the feature's direction and its value tell it."""
    if points.withheld:
        return _WITHHELD
    if points.value is None:
        return Phrase(
            f"{feature.title.en}: {_NO_VALUE.en}. {feature.missing.en}",
            f"{feature.title.zh}：{_NO_VALUE.zh}。{feature.missing.zh}",
        )
    if feature.direction:
        return feature.risky
    return feature.low if points.value < (feature.pivot or 0.0) else feature.high


def _figures(feature: Feature, value: float | None, usual: float | None) -> Phrase:
    """The value in words, and what is usual where the value lies on the risky side of it."""
    if value is None or feature.unit == "flag":
        return Phrase("", "")
    title, own = feature.title, worded(value, feature)
    if usual is None or (value - usual) * feature.direction <= 0:
        return Phrase(f" {title.en}: {own.en}.", f"{title.zh}：{own.zh}。")
    other = worded(usual, feature)
    return Phrase(
        f" {title.en}: {own.en}, usually {other.en}.", f"{title.zh}：{own.zh}，一般为{other.zh}。"
    )


def _at_its_best(feature: Feature, value: float | None) -> bool:
    if value is None:
        return False
    if feature.direction and feature.pivot is not None:
        return (value - feature.pivot) * feature.direction <= 0
    if feature.direction > 0:
        return value == 0
    return feature.direction < 0 and feature.unit == "share" and value >= 1


def _shown(message: MessageReference, subject: Subject) -> Evidence:
    return Evidence(
        message_id=message.message_id,
        stream=message.stream,
        provider_id=None if message.stream in LENDERS else message.provider_id,
        occurred_at=text_of(message.occurred_at),
        recorded_at=text_of(message.recorded_at),
        known_at=text_of(message.known_at),
        disputed=message.position in subject.disputed,
    )
