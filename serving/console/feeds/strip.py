"""A strip of days: how many messages came on each, as one small picture."""

from collections.abc import Sequence

from markupsafe import Markup

from serving.console.charts.svg import line, number, svg

_EACH, _BAR, _HEIGHT = 3, 2, 22


def strip(counts: Sequence[int]) -> Markup:
    """Draw a bar a day, the last day at the right; a day without any message stays empty.

    The figures beside it say what matters, so a screen reader passes it over.
    """
    most, width = max(counts, default=0) or 1, len(counts) * _EACH
    bars = [
        f"M{place * _EACH} {_HEIGHT}v-{number(max(count / most * (_HEIGHT - 2), 1.5))}"
        f"h{_BAR}V{_HEIGHT}"
        for place, count in enumerate(counts)
        if count
    ]
    parts = [
        Markup('<path class="plain" d="{}"/>').format("".join(bars)),
        line(0, _HEIGHT, width, _HEIGHT, "axis"),
    ]
    return svg(width, _HEIGHT, "", parts, "strip")
