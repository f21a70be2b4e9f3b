"""Reasons: the families that cost most points, opened to features and the messages behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from features.evidence import Standing
from features.facts import Facts
from features.feature import Feature, Phrase
from features.nodes.network import OfOthers
from features.own_rows import OwnRows
from features.recipe import Leaf
from serving.instants import texts_of
from serving.language import DEFAULT, Language, spoken
from serving.profiles.wording import worded
from serving.scores.families import TITLES, places_of
from serving.scores.reason_document import Evidence, FeatureReason, Points, Reason
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

    @cached_property
    def own(self) -> OwnRows:
        """Its own messages."""
        return OwnRows(self.facts, self.enterprise, self.as_of)

    @cached_property
    def standing(self) -> Standing:
        """Those of them that stand."""
        return Standing(self.own)


@dataclass(frozen=True)
class Telling:
    """What all reasons of a model are told with.

    Attributes
    ----------
    features : tuple of Feature
        Of the model, in its order.
    stability : mapping of str to bool
        Families that are known to be stable or not.
    usual : mapping of str to float
        What is usual of a feature, where that is known.
    """

    features: tuple[Feature, ...]
    stability: Mapping[str, bool] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def families(self) -> Mapping[str, tuple[int, ...]]:
        """Places of the features of each family."""
        return places_of(self.features)


def withheld(subject: Subject, feature: Feature) -> bool:
    """Whether a feature rests on the state of fewer than five third parties."""
    recipe = feature.recipe
    return isinstance(recipe, OfOthers) and too_few(subject, recipe.among)


def too_few(subject: Subject, among: Leaf) -> bool:
    """Whether some messages name fewer third parties than may be told of."""
    return subject.standing.parties(among) < FEWEST_PARTIES


class Weighed(NamedTuple):
    """A family of features in one answer.

    Attributes
    ----------
    family : str
    points, micro_points : int
        Sums over all its features.
    """

    family: str
    points: int
    micro_points: int


def weighed(families: Mapping[str, Sequence[int]], points: Sequence[Points]) -> tuple[Weighed, ...]:
    """All families, the costliest first.

    Parameters
    ----------
    families : mapping of str to sequence of int
        Places of the features of each.
    points : sequence of Points
        Of all features.
    """
    found = (
        Weighed(
            family,
            sum([points[place].points for place in own]),
            sum([points[place].micro_points for place in own]),
        )
        for family, own in families.items()
    )
    return tuple(sorted(found, key=lambda one: (one.micro_points, one.points)))


def named(ordered: Sequence[Weighed]) -> tuple[Weighed, ...]:
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
    points: Sequence[Points],
    telling: Telling,
    language: Language = DEFAULT,
) -> tuple[Reason, ...]:
    """Put the costliest families into words and find the messages behind their features.

    Parameters
    ----------
    record : Record
    subject : Subject
    points : sequence of Points
        Of the features that the telling names, in their order.
    telling : Telling
    language : {"en", "zh"}
        That was asked for.
    """
    chosen = named(weighed(telling.families, points))
    opened = [costliest(telling.families[one.family], telling.features, points) for one in chosen]
    behind = {
        place: subject.standing.behind(telling.features[place])
        for places in opened
        for place in places
    }
    streams = {position: stream for own in behind.values() for position, stream in own.items()}
    messages = _shown(record.messages(streams), subject)
    told = {
        place: _told(
            telling.features[place],
            points[place],
            telling.usual,
            tuple(messages[position] for position in own if position in messages),
            language,
        )
        for place, own in behind.items()
    }
    return tuple(
        _reason(
            one,
            telling.stability.get(one.family),
            tuple(told[place] for place in places),
            language,
        )
        for one, places in zip(chosen, opened, strict=True)
    )


def _reason(
    one: Weighed, stable: bool | None, told: tuple[FeatureReason, ...], language: Language
) -> Reason:
    title, said = TITLES[one.family], _summed_up(one)
    return Reason(
        family=one.family,
        features=told,
        micro_points=one.micro_points,
        points=one.points,
        stable=stable,
        text=spoken(said, language),
        text_en=said.en,
        text_zh=said.zh,
        title=spoken(title, language),
        title_en=title.en,
        title_zh=title.zh,
    )


def _summed_up(one: Weighed) -> Phrase:
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
    feature: Feature,
    points: Points,
    known: Mapping[str, float],
    messages: tuple[Evidence, ...],
    language: Language,
) -> FeatureReason:
    said = _said(feature, points)
    usual = None if points.withheld else known.get(feature.name)
    figures = _figures(feature, points.value, usual)
    return FeatureReason(
        feature=feature.name,
        messages=messages,
        micro_points=points.micro_points,
        points=points.points,
        text=spoken(Phrase(said.en + figures.en, said.zh + figures.zh), language),
        text_en=said.en,
        text_zh=said.zh,
        title=spoken(feature.title, language),
        title_en=feature.title.en,
        title_zh=feature.title.zh,
        unit=feature.unit,
        usual=usual,
        value=points.value,
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


def _shown(messages: Sequence[MessageReference], subject: Subject) -> dict[int, Evidence]:
    """Messages as an answer shows them, by position."""
    times = list(
        {time for one in messages for time in (one.known_at, one.occurred_at, one.recorded_at)}
    )
    text = dict(zip(times, texts_of(times), strict=True))
    return {
        one.position: Evidence(
            disputed=one.position in subject.disputed,
            known_at=text[one.known_at],
            message_id=one.message_id,
            occurred_at=text[one.occurred_at],
            provider_id=None if one.stream in LENDERS else one.provider_id,
            recorded_at=text[one.recorded_at],
            stream=one.stream,
        )
        for one in messages
    }
