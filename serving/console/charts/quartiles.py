"""Where a value stands among its peers: their middle half, their median, and the value."""

from markupsafe import Markup

from serving.console.charts.svg import circle, line, rect, svg

_WIDTH, _HEIGHT = 120, 14


def quartiles(percentile: float, tone: str) -> Markup:
    """Draw a place from the least to the greatest of the peers.

    The middle half is shaded, the median a stroke, the value a dot. The figures stand beside it,
    so a screen reader passes it over.

    Parameters
    ----------
    percentile : float
        0 to 100.
    tone : str
        Class of the dot: ``better``, ``worse`` or ``usual``.
    """

    def x(at: float) -> float:
        return 5 + at / 100 * (_WIDTH - 10)

    middle = _HEIGHT / 2
    parts = [
        line(x(0), middle, x(100), middle, "axis"),
        rect(x(25), middle - 4, x(75) - x(25), 8, "middle"),
        line(x(50), middle - 4, x(50), middle + 4, "median"),
        circle(x(percentile), middle, 4, tone),
    ]
    return svg(_WIDTH, _HEIGHT, "", parts, "quartiles")
