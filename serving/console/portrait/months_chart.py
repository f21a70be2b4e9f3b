"""A chart of the calendar's months: what each usually carries, and what it did last."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import circle, line, rect, svg, text

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 440, 130, 20, 22


def months_chart(months: Sequence[tuple[str, float, float]], title: str) -> Markup:
    """Draw a column for the usual share of each month, and a dot for that of the last year.

    Parameters
    ----------
    months : sequence of (str, float, float)
        Label, usual share and share of the last year.
    title : str
        What the chart says in one sentence.
    """
    most = max((max(usual, last) for _, usual, last in months), default=0) or 1
    each, floor = _WIDTH / max(len(months), 1), _HEIGHT - _BOTTOM
    greatest = max((usual for _, usual, _ in months), default=0)

    def tall(share: float) -> float:
        return share / most * (floor - _TOP)

    parts: list[Markup] = []
    for place, (label, usual, last) in enumerate(months):
        middle = (place + 0.5) * each
        kind = "marked" if usual == greatest else "plain"
        parts += [
            rect(middle - each * 0.3, floor - tall(usual), each * 0.6, tall(usual), kind),
            circle(middle, floor - tall(last), 4, "last", f"{label}: {last:.0%}"),
            text(middle, _HEIGHT - 6, label, "label", "middle"),
        ]
        if usual == greatest:
            above = floor - tall(max(usual, last)) - 8
            parts.append(text(middle, above, f"{usual:.0%}", "value", "middle"))
    parts.append(line(0, floor, _WIDTH, floor, "axis"))
    return svg(_WIDTH, _HEIGHT, title, parts, "months")
