"""A line of a report: one feature, told in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from features.feature import Phrase
from serving.profiles.arrears import BY_NAME
from serving.profiles.document import Report, Sentence
from serving.profiles.figures import Figures
from serving.profiles.wording import worded


@dataclass(frozen=True)
class Line:
    """What is said of one feature.

    Attributes
    ----------
    feature : str
    said : Phrase
        With ``{}`` for the value in words.
    at_zero : Phrase or None
        What is said instead where the value is 0; None says nothing.
    tells_missing : bool
        Whether to say why there is no value, in the catalogue's words.
    """

    feature: str
    said: Phrase
    at_zero: Phrase | None = None
    tells_missing: bool = False

    def sentence(self, figures: Figures) -> Phrase | None:
        """Say it of an enterprise, or nothing where there is nothing to say."""
        feature, value = BY_NAME[self.feature], figures.values[self.feature]
        if self.feature in figures.withheld:
            return None
        if value is None:
            return feature.missing if self.tells_missing else None
        if value == 0:
            return self.at_zero
        words = worded(value, feature)
        said = Phrase(self.said.en.format(words.en), self.said.zh.format(words.zh))
        found = figures.spread(self.feature)
        if found is None:
            return said
        median = worded(found[1].quartiles[1], feature)
        return Phrase(
            f"{said.en} Median of its peers: {median.en}.",
            f"{said.zh}同类企业中位数：{median.zh}。",
        )


@dataclass(frozen=True)
class Outline:
    """A report before anything is known: its title, its lines and its figures, in order.

    Attributes
    ----------
    title : Phrase
    lines : tuple of Line
    families : tuple of str
        Whose figures stand in it, after those of its lines.
    """

    title: Phrase
    lines: Sequence[Line]
    families: tuple[str, ...] = field(default=())

    def of(self, figures: Figures) -> Report:
        """Write the report on an enterprise."""
        said = ((line, line.sentence(figures)) for line in self.lines)
        first = [line.feature for line in self.lines if _of(line.feature) in self.families]
        rest = [each.feature for each in figures.of(*self.families)]
        return Report(
            title_en=self.title.en,
            title_zh=self.title.zh,
            sentences=tuple(
                Sentence(feature=line.feature, en=phrase.en, zh=phrase.zh)
                for line, phrase in said
                if phrase is not None
            ),
            figures=figures.each(dict.fromkeys([*first, *rest])),
        )


def _of(name: str) -> str:
    return BY_NAME[name].family
