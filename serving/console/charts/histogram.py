"""A histogram: how many fall into each bin, one bin marked."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import line, rect, svg, text

_TOP, _BOTTOM = 18, 24


def histogram(
    bins: Sequence[tuple[str, int]],
    title: str,
    marked: int | None = None,
    width: int = 560,
    height: int = 180,
) -> Markup:
    """Draw counts of bins in their order.

    Parameters
    ----------
    bins : sequence of (str, int)
        Name and count.
    title : str
        What the chart says in one sentence.
    marked : int, optional
        Place of the bin that is drawn in another colour and with an outline.
    width, height : int
    """
    most = max((count for _, count in bins), default=0) or 1
    each = width / max(len(bins), 1)
    floor = height - _BOTTOM
    parts: list[Markup] = []
    for place, (name, count) in enumerate(bins):
        tall = count / most * (floor - _TOP)
        left, middle = place * each + each * 0.12, (place + 0.5) * each
        kind = "marked" if place == marked else "plain"
        parts += [
            rect(left, floor - tall, each * 0.76, tall, kind),
            text(middle, floor - tall - 5, f"{count:,}", "value", "middle"),
            text(middle, height - 8, name, "label", "middle"),
        ]
    parts.append(line(0, floor, width, floor, "axis"))
    return svg(width, height, title, parts, "histogram")
