"""Bars: one figure each, from a common line."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import rect, svg, text

_ROW, _BAR, _LABEL, _VALUE = 24, 12, 170, 90


def bar(share: float, kind: str = "plain") -> Markup:
    """Draw one bar that fills a share of its place; the figure stands beside it.

    Parameters
    ----------
    share : float
        0 to 1.
    kind : str
        Class of its colour: ``plain``, ``earns``, ``costs`` or ``total``.
    """
    filled = max(0.0, min(1.0, share))
    return svg(
        200, 10, "", [rect(0, 1, 200, 8, "ground"), rect(0, 1, 200 * filled, 8, kind)], "bar"
    )


def bars(
    rows: Sequence[tuple[str, float, str]], title: str, width: int = 560, kind: str = "plain"
) -> Markup:
    """Draw bars one below the other.

    Parameters
    ----------
    rows : sequence of (str, float, str)
        Label, value (not negative), and the value as it is written.
    title : str
        What the chart says in one sentence.
    width : int
    kind : str
    """
    most = max((value for _, value, _ in rows), default=0) or 1
    span = width - _LABEL - _VALUE
    parts: list[Markup] = []
    for place, (label, value, said) in enumerate(rows):
        top = place * _ROW
        parts += [
            text(0, top + 16, label, "label"),
            rect(_LABEL, top + (_ROW - _BAR) / 2, max(value / most * span, 1), _BAR, kind),
            text(_LABEL + value / most * span + 8, top + 16, said, "value"),
        ]
    return svg(width, max(len(rows) * _ROW, 1), title, parts, "bars")
