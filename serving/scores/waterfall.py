"""The waterfall: how the points of a score lead from the training average to the score, as SVG.

Each bar starts where the one above ends. Bars that cost points and bars that earn them differ in
colour, in sign and in direction, so that colour never says anything alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from features.calendar import parse_time, show_time
from features.catalogue import CATALOGUE, Catalogue
from serving.language import Language
from serving.scores.document import ScoredAnswer
from serving.scores.families import TITLES

_WIDTH, _ROW, _TOP, _LEFT, _RIGHT = 860, 26, 74, 330, 70
_COSTS, _EARNS, _ENDS = "#b5502b", "#2b6ca3", "#3d4852"
_FONT = "Helvetica, Arial, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall, in points of the score."""

    label: str
    start: int
    end: int
    is_total: bool = False

    @property
    def colour(self) -> str:
        """Of the bar: by whether it costs, earns or is a total."""
        if self.is_total:
            return _ENDS
        return _COSTS if self.end < self.start else _EARNS

    @property
    def figure(self) -> str:
        """What is written beside the bar."""
        return str(self.end) if self.is_total else f"{self.end - self.start:+d}"


def bars(
    answer: ScoredAnswer, language: Language, catalogue: Catalogue = CATALOGUE
) -> tuple[Bar, ...]:
    """Steps from the base to the score: a bar a family of features, the largest first."""
    said = _WORDS[language]
    sums: dict[str, int] = {}
    for points in answer.points:
        family: str = catalogue.feature(points.feature).family
        sums[family] = sums.get(family, 0) + points.points
    found = [Bar(said["base"], answer.base_points, answer.base_points, is_total=True)]
    level = answer.base_points
    for family, total in sorted(sums.items(), key=lambda item: (-abs(item[1]), item[1], item[0])):
        title = TITLES[family]
        found.append(Bar(title.en if language == "en" else title.zh, level, level + total))
        level += total
    found.append(Bar(said["score"], answer.score, answer.score, is_total=True))
    return tuple(found)


def waterfall(
    answer: ScoredAnswer, language: Language = "en", catalogue: Catalogue = CATALOGUE
) -> str:
    """Draw the waterfall of an answer.

    Parameters
    ----------
    answer : ScoredAnswer
    language : {"en", "zh"}
    catalogue : Catalogue
        Of the model that answered.

    Returns
    -------
    str
        A whole SVG document that needs nothing from outside.
    """
    steps = bars(answer, language, catalogue)
    low = min(min(b.start, b.end) for b in steps) - 12
    high = max(max(b.start, b.end) for b in steps) + 12
    scale = (_WIDTH - _LEFT - _RIGHT) / (high - low)

    def place(points: int) -> float:
        return _LEFT + (points - low) * scale

    height = _TOP + _ROW * len(steps) + 20
    title = _title(answer, language)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="{_FONT}" font-size="13" role="img" aria-label="{escape(title)}">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="32" font-size="17" font-weight="700" fill="#1c2733">{escape(title)}'
        "</text>",
        f'<text x="24" y="54" fill="#53606c">{_subject(answer)}</text>',
        *(_row(bar, _TOP + _ROW * number, place) for number, bar in enumerate(steps)),
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


def _title(answer: ScoredAnswer, language: Language) -> str:
    words = _WORDS[language]
    # Beside the model's own PD, the 1 of grade D would be out of place.
    long_run = None if answer.default_in_force else answer.pd_through_the_cycle
    return words["title"].format(
        score=answer.score,
        grade=answer.grade,
        pd=answer.model_pd,
        beside="" if long_run is None else words["long run"].format(long_run),
        base=answer.base_points,
    )


def _subject(answer: ScoredAnswer) -> str:
    """Whom, as of when by the port's clock, and by which model."""
    as_of = show_time(parse_time(answer.as_of))
    model = f"{escape(answer.model.name)} {escape(answer.model.version)}"
    return f"{answer.enterprise_id} · {as_of} · {model}"


def _row(bar: Bar, top: float, place: Callable[[int], float]) -> str:
    left, right = sorted((place(bar.start), place(bar.end)))
    if bar.is_total:
        left, right = right - 3, right + 3
    middle = top + _ROW / 2 + 4.5
    weight = ' font-weight="700"' if bar.is_total else ""
    beside = (
        f'<text x="{left - 7:.1f}" y="{middle}" text-anchor="end"'
        if bar.end < bar.start
        else f'<text x="{right + 7:.1f}" y="{middle}"'
    )
    return (
        f'<text x="{_LEFT - 60}" y="{middle}" text-anchor="end" fill="#1c2733"{weight}>'
        f"{escape(bar.label)}</text>"
        f'<rect x="{left:.1f}" y="{top + 5:.1f}" width="{max(right - left, 1):.1f}" '
        f'height="{_ROW - 10}" rx="2" fill="{bar.colour}"/>'
        f'{beside} fill="{bar.colour}"{weight} style="font-variant-numeric:tabular-nums">'
        f"{bar.figure}</text>"
    )


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Score {score}, grade {grade}, PD {pd:.2%}{beside}: from an average of {base}",
        "long run": " (through the cycle {:.2%})",
        "base": "Average of the training sample",
        "score": "Score",
    },
    "zh": {
        "title": "信用评分 {score}，等级 {grade}，违约概率 {pd:.2%}{beside}（样本平均 {base} 分）",
        "long run": "，跨周期 {:.2%}",
        "base": "建模样本平均分",
        "score": "信用评分",
    },
}
