"""A tag (标签): a few words about an enterprise, and the rule that put them there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from features.feature import Phrase
from serving.profiles.arrears import BY_NAME
from serving.profiles.document import Bearing, TagPart, TagValue
from serving.profiles.figures import Figures
from serving.profiles.wording import worded

_BOUNDS = {
    "at least": Phrase("at least {}", "不低于{}"),
    "at most": Phrase("at most {}", "不高于{}"),
}
_IS = Phrase("is {}", "为{}")


@dataclass(frozen=True)
class Condition:
    """What a feature's value must be.

    Attributes
    ----------
    feature : str
    bound : {"at least", "at most", "known", "missing"}
        A missing value is neither high nor low.
    threshold : float
        Of the first two, in the feature's unit.
    """

    feature: str
    bound: Literal["at least", "at most", "known", "missing"]
    threshold: float = 0.0

    def holds(self, value: float | None) -> bool:
        """Whether a value meets it."""
        if self.bound == "missing" or value is None:
            return self.bound == "missing" and value is None
        if self.bound == "at least":
            return value >= self.threshold
        return self.bound == "known" or value <= self.threshold

    @property
    def words(self) -> Phrase:
        """The condition in words, its threshold included."""
        feature = BY_NAME[self.feature]
        title = feature.title
        if self.bound == "known":
            return Phrase(f"“{title.en}” has a value", f"“{title.zh}”有数据")
        if self.bound == "missing":
            return Phrase(f"“{title.en}” has no value", f"“{title.zh}”无数据")
        said = worded(self.threshold, feature)
        bound = _IS if self.threshold == 0 and self.bound == "at most" else _BOUNDS[self.bound]
        en, zh = bound.en.format(said.en), bound.zh.format(said.zh)
        return Phrase(f"“{title.en}” {en}", f"“{title.zh}”{zh}")


@dataclass(frozen=True)
class Tag:
    """One tag, declared as data.

    Attributes
    ----------
    code : str
        Stable name.
    title : Phrase
        The tag itself.
    bearing : {"strength", "caution", "neutral"}
        How a credit officer would read it.
    rule : tuple of Condition
        All must hold.
    """

    code: str
    title: Phrase
    bearing: Bearing
    rule: tuple[Condition, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """Features on which it rests."""
        return tuple(dict.fromkeys(condition.feature for condition in self.rule))

    @property
    def words(self) -> Phrase:
        """The rule in words."""
        said = [condition.words for condition in self.rule]
        english = ", and ".join(each.en for each in said)
        chinese = "，且".join(each.zh for each in said)
        return Phrase(f"{english}.", f"{chinese}。")

    def holds(self, figures: Figures) -> bool:
        """Whether an enterprise carries it; never where a feature that it rests on is withheld."""
        if figures.withheld & set(self.features):
            return False
        return all(each.holds(figures.values[each.feature]) for each in self.rule)


def tags_of(figures: Figures, tags: Sequence[Tag]) -> tuple[TagPart, ...]:
    """Tags that an enterprise carries, in the order declared, each with its rule and the values."""
    return tuple(_told(tag, figures) for tag in tags if tag.holds(figures))


def _told(tag: Tag, figures: Figures) -> TagPart:
    return TagPart(
        code=tag.code,
        title_en=tag.title.en,
        title_zh=tag.title.zh,
        bearing=tag.bearing,
        rule_en=tag.words.en,
        rule_zh=tag.words.zh,
        found=tuple(
            TagValue(
                feature=name,
                title_en=BY_NAME[name].title.en,
                title_zh=BY_NAME[name].title.zh,
                value=figures.values[name],
                unit=BY_NAME[name].unit,
            )
            for name in tag.features
        ),
    )
