"""One step of a waterfall: a bar from where the step before ended to where this one does."""

from markupsafe import Markup

from serving.console.charts.svg import line, rect, svg

_WIDTH, _HEIGHT, _INSET = 300, 18, 4


def step(start: float, end: float, low: float, high: float, *, is_total: bool = False) -> Markup:
    """Draw a step on a scale that all steps of a waterfall share.

    It says nothing that the points beside it do not, so a screen reader passes it over.

    Parameters
    ----------
    start, end : float
        Points of the score before and after; for a total both are its own.
    low, high : float
        Ends of the scale.
    is_total : bool
        Drawn as a mark, not as a move.
    """

    def place(points: float) -> float:
        return _INSET + (points - low) / max(high - low, 1) * (_WIDTH - 2 * _INSET)

    if is_total:
        parts = [rect(place(end) - 2.5, 1, 5, _HEIGHT - 2, "total")]
    else:
        left, right = sorted((place(start), place(end)))
        kind = "costs" if end < start else "earns"
        parts = [
            line(place(start), 0, place(start), _HEIGHT, "from"),
            rect(left, 4, max(right - left, 1), _HEIGHT - 8, kind),
        ]
    return svg(_WIDTH, _HEIGHT, "", parts, "step")
