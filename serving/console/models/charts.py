"""Charts of the models' page: the stability index, two spreads side by side, rates by grade."""

from collections.abc import Sequence

from markupsafe import Markup

from features.profile.divergence import CHANGED, WATCH
from serving.console.charts.svg import circle, line, number, rect, svg, text

_LINES = (WATCH, CHANGED)
_GAUGE, _GAUGE_HEIGHT, _GAUGE_END = 112, 14, 1.0
_RATE, _RATE_HEIGHT = 200, 16


def index_lines(points: Sequence[tuple[str, float, str]], title: str) -> Markup:
    """Draw the stability index over months, with the two conventional lines.

    Parameters
    ----------
    points : sequence of (str, float, str)
        Label, index, and what hovering shows; in order of time.
    title : str
        What the chart says in one sentence.
    """
    width, height, left, right, top, bottom = 560, 190, 34, 8, 14, 26
    most = max([CHANGED * 1.25, *(index for _, index, _ in points)]) * 1.08
    each = (width - left - right) / max(len(points), 1)

    def y(index: float) -> float:
        return top + (most - index) / most * (height - top - bottom)

    parts = [line(left, y(0), width - right, y(0), "axis")]
    for level in _LINES:
        parts += [
            line(left, y(level), width - right, y(level), "cut"),
            text(left - 5, y(level) + 4, f"{level:.2f}", "label", "end"),
        ]
    places = [(left + (n + 0.5) * each, y(index)) for n, (_, index, _) in enumerate(points)]
    path = " ".join(
        f"{'L' if n else 'M'}{number(a)} {number(b)}" for n, (a, b) in enumerate(places)
    )
    parts.append(Markup('<path class="run" d="{}"/>').format(path))
    every = 1 + len(points) // 7
    for n, ((label, _, hint), (a, b)) in enumerate(zip(points, places, strict=True)):
        is_last = n == len(points) - 1
        parts.append(circle(a, b, 4 if is_last else 2.6, "dot", hint))
        if (len(points) - 1 - n) % every == 0:
            anchor = "end" if is_last and len(points) > 1 else "middle"
            parts.append(
                text(min(a + (14 if is_last else 0), width), height - 6, label, "", anchor)
            )
    if points:
        end = places[-1]
        above = end[1] - 9 if end[1] - 9 > top else end[1] + 18
        parts.append(
            text(min(end[0], width - 18), above, f"{points[-1][1]:.2f}", "value", "middle")
        )
    return svg(width, height, title, parts, "index-lines")


def spreads(bins: Sequence[tuple[str, float, float]], title: str) -> Markup:
    """Draw shares of bins: a column as at the training, a dot as now.

    Parameters
    ----------
    bins : sequence of (str, float, float)
        Label, share then and share now.
    title : str
        What the chart says in one sentence.
    """
    width, height, top, bottom = 560, 170, 14, 34
    most = max((max(then, now) for _, then, now in bins), default=0) or 1
    each, floor = width / max(len(bins), 1), height - bottom

    def tall(share: float) -> float:
        return share / most * (floor - top)

    parts: list[Markup] = []
    for place, (label, then, now) in enumerate(bins):
        middle = (place + 0.5) * each
        down = 12 if place % 2 and len(bins) > 6 else 0
        parts += [
            rect(middle - each * 0.32, floor - tall(then), each * 0.64, tall(then), "plain"),
            circle(middle, floor - tall(now), 4.5, "now", f"{label}: {then:.1%} → {now:.1%}"),
            text(middle, floor + 15 + down, label, "label", "middle"),
        ]
    parts.append(line(0, floor, width, floor, "axis"))
    return svg(width, height, title, parts, "spreads")


def gauge(index: float) -> Markup:
    """Draw one index as a bar up to 1, with the two conventional lines.

    The figure stands beside it, so a screen reader passes it over.
    """
    filled = min(index / _GAUGE_END, 1.0) * _GAUGE
    kind = "costs" if index >= CHANGED else "watch" if index >= WATCH else "plain"
    parts = [rect(0, 3, _GAUGE, 8, "ground"), rect(0, 3, max(filled, 1), 8, kind)]
    parts += [
        line(level / _GAUGE_END * _GAUGE, 0, level / _GAUGE_END * _GAUGE, _GAUGE_HEIGHT, "tick")
        for level in _LINES
    ]
    return svg(_GAUGE, _GAUGE_HEIGHT, "", parts, "gauge")


def rates(interval: tuple[float, float], rate: float, expected: float, most: float) -> Markup:
    """Draw a realised rate with its interval, and the expected rate as a stroke across.

    Parameters
    ----------
    interval : (float, float)
    rate, expected : float
    most : float
        The right end of the scale that all grades share.
    """

    def x(share: float) -> float:
        return 4 + min(share / most, 1.0) * (_RATE - 8) if most else 4.0

    middle = _RATE_HEIGHT / 2
    parts = [
        line(4, middle, _RATE - 4, middle, "ground-line"),
        line(x(interval[0]), middle, x(interval[1]), middle, "interval"),
        circle(x(rate), middle, 3.5, "dot"),
        line(x(expected), 1, x(expected), _RATE_HEIGHT - 1, "expected"),
    ]
    return svg(_RATE, _RATE_HEIGHT, "", parts, "rates")
