"""A sparkline: values over time, the last one marked."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import circle, line, number, svg, text

_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 46, 18, 38


def sparkline(
    points: Sequence[tuple[int, float, str]],
    title: str,
    width: int = 560,
    height: int = 130,
    ends: tuple[str, str] = ("", ""),
    cut: float | None = None,
    cut_title: str = "",
) -> Markup:
    """Draw values over time.

    Parameters
    ----------
    points : sequence of (int, float, str)
        Time (any unit), value, and what hovering over it shows; in order of time.
    title : str
        What the chart says in one sentence.
    width, height : int
    ends : tuple of str
        What is written below the first and the last point.
    cut : float, optional
        A level to draw across, as a cut-off.
    cut_title : str
        Beside that level.
    """
    if not points:
        return svg(width, height, title, (), "sparkline")
    values = [value for _, value, _ in points] + ([] if cut is None else [cut])
    low, high = min(values), max(values)
    margin = max((high - low) * 0.12, 4)
    low, high = low - margin, high + margin
    first, last = points[0][0], points[-1][0]

    def x(at: int) -> float:
        share = (at - first) / (last - first) if last > first else 0.5
        return _LEFT + share * (width - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (height - _TOP - _BOTTOM)

    places = [(x(at), y(value)) for at, value, _ in points]
    path = " ".join(
        f"{'L' if n else 'M'}{number(a)} {number(b)}" for n, (a, b) in enumerate(places)
    )
    parts: list[Markup] = []
    if cut is not None:
        parts.append(line(_LEFT, y(cut), width - _RIGHT, y(cut), "cut"))
        parts.append(text(_LEFT, y(cut) - 4, cut_title, "quiet"))
    parts.append(Markup('<path class="run" d="{}"/>').format(path))
    parts += [
        circle(a, b, 2.2 if n < len(places) - 1 else 4, "dot", points[n][2])
        for n, (a, b) in enumerate(places)
    ]
    for name, at, anchor in ((ends[0], places[0][0], "start"), (ends[1], places[-1][0], "end")):
        parts.append(text(at, height - 4, name, "label", anchor))
    parts += _extremes(points, places)
    end = places[-1]
    parts.append(text(end[0] + 9, end[1] + 5, f"{points[-1][1]:,.0f}", "value"))
    return svg(width, height, title, parts, "sparkline")


def _extremes(
    points: Sequence[tuple[int, float, str]], places: Sequence[tuple[float, float]]
) -> list[Markup]:
    """The highest and the lowest value, written beside them; the last one is written anyway."""
    values = [value for _, value, _ in points[:-1]]
    found: list[Markup] = []
    if not values or max(values) == min(values):
        return found
    for value, below in ((max(values), -8), (min(values), 16)):
        x, y = places[values.index(value)]
        anchor = "start" if x < _LEFT + 20 else "middle"
        found.append(text(x, y + below, f"{value:,.0f}", "label", anchor))
    return found
