"""Drawings of the cargo pages: worth over time, exceptions in time, goods against their lines."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import circle, line, number, rect, svg, text

Point = tuple[int, float, str]
"""Time (any unit), value, and what hovering over it shows."""
_WIDTH = 560


def two_lines(
    first: Sequence[Point], second: Sequence[Point], title: str, marks: Sequence[tuple[int, str]]
) -> Markup:
    """Draw two values over time from a common zero; the second is dashed.

    Parameters
    ----------
    first, second : sequence of Point
        In order of time, over the same times.
    title : str
        What the chart says in one sentence.
    marks : sequence of (int, str)
        Levels to draw across (0 among them), each with how it is written.
    """
    height, left, top, bottom = 210, 62, 12, 8
    low, high = first[0][0], max(first[-1][0], first[0][0] + 1)
    most = max(*(value for _, value, _ in (*first, *second)), *(level for level, _ in marks), 1)

    def x(at: int) -> float:
        return left + (at - low) / (high - low) * (_WIDTH - left - 8)

    def y(value: float) -> float:
        return top + (1 - value / most) * (height - top - bottom)

    parts = []
    for level, said in marks:
        parts += [
            line(left, y(level), _WIDTH, y(level), "grid"),
            text(left - 8, y(level) + 4, said, "label", "end"),
        ]
    for points, kind in ((second, "run market"), (first, "run")):
        path = " ".join(
            f"{'L' if n else 'M'}{number(x(at))} {number(y(value))}"
            for n, (at, value, _) in enumerate(points)
        )
        parts.append(Markup('<path class="{}" d="{}"/>').format(kind, path))
    for points, kind in ((second, "dot hollow"), (first, "dot")):
        parts += [circle(x(at), y(value), 2, kind, said) for at, value, said in points]
    return svg(_WIDTH, height, title, parts, "two-lines")


def timeline(
    rows: Sequence[tuple[str, Sequence[tuple[int, bool, str]]]],
    span: tuple[int, int],
    marks: Sequence[tuple[int, str]],
    title: str,
) -> Markup:
    """Draw events in time, a row a kind; those that still stand are filled, the others hollow.

    Parameters
    ----------
    rows : sequence of (str, sequence of (int, bool, str))
        Label of a row, and its events: time, whether it stands, what hovering shows.
    span : (int, int)
        First and last time that are shown; what is outside is left out.
    marks : sequence of (int, str)
        Times to draw down, each with how it is written.
    title : str
        What the chart says in one sentence.
    """
    row, left, foot, width = 26, 150, 20, 520
    first, last = span
    height = len(rows) * row + foot

    def x(at: int) -> float:
        return left + 6 + (at - first) / max(last - first, 1) * (width - left - 30)

    parts = []
    for at, said in marks:
        parts += [
            line(x(at), 0, x(at), height - foot, "grid"),
            text(x(at), height - 4, said, "label", "middle"),
        ]
    for place, (label, events) in enumerate(rows):
        middle = place * row + row / 2
        parts.append(text(0, middle + 4, label, "label"))
        parts.append(line(left, middle, width, middle, "ground-line"))
        parts += [
            circle(x(at), middle, 5.5 if stands else 4, "stands" if stands else "settled", said)
            for at, stands, said in events
            if first <= at <= last
        ]
    return svg(width, height, title, parts, "timeline")


def gauge(
    value: float, alert: float, close_out: float, most: float, names: tuple[str, str]
) -> Markup:
    """Draw what goods are worth as a bar, and the two lines below which it must not fall.

    The figures stand beside it, so a screen reader passes it over.

    Parameters
    ----------
    value, alert, close_out, most : float
        All of one unit; ``most`` is the scale's end.
    names : (str, str)
        Of the alert and the close-out line.
    """
    width, top, bar = 560, 20, 16

    def x(of: float) -> float:
        return min(1.0, of / most if most else 0.0) * width

    kind = "costs" if value < close_out else "warns" if value < alert else "earns"
    parts = [rect(0, top, width, bar, "ground"), rect(0, top, x(value), bar, kind)]
    for at, name, anchor in ((alert, names[0], "start"), (close_out, names[1], "end")):
        shift = 4 if anchor == "start" else -4
        parts += [
            line(x(at), top - 5, x(at), top + bar + 5, "mark"),
            text(x(at) + shift, top - 7, name, "label", anchor),
        ]
    return svg(width, top + bar + 8, "", parts, "gauge")
