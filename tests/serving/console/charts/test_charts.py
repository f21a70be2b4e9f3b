"""Charts: sound SVG that carries no script and no style, with its figures in their places."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from serving.console.charts import bars, histogram, quartiles, sparkline, step

DRAWN: dict[str, Callable[[], Markup]] = {
    "bar": lambda: bars.bar(0.4),
    "bars": lambda: bars.bars([("<A&B>", 3.0, "3"), ("C", 0.0, "0")], "Bars & such"),
    "histogram": lambda: histogram.histogram([("A", 3), ("B", 0)], "How many", marked=0),
    "no histogram": lambda: histogram.histogram([], "None"),
    "quartiles": lambda: quartiles.quartiles(99.5, "worse"),
    "sparkline": lambda: sparkline.sparkline([(1, 600, "a"), (2, 590, "<b>")], "Two"),
    "one score": lambda: sparkline.sparkline([(1, 600, "a")], "One", cut=580, cut_title="cut"),
    "no score": lambda: sparkline.sparkline([], "None"),
    "step": lambda: step.step(600, 580, 560, 620),
    "total": lambda: step.step(600, 600, 560, 620, is_total=True),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_sound_and_read_as_one_picture_or_passed_over(name: str) -> None:
    root = ET.fromstring(DRAWN[name]())  # noqa: S314 our own
    named = root.get("role") == "img" and root.get("aria-label")
    assert named or root.get("aria-hidden") == "true"
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") not in ("style", "script")


SCORES = st.integers(200, 900)


@given(SCORES, SCORES)
def test_a_step_lies_between_its_ends_and_says_its_direction(start: int, end: int) -> None:
    low, high = min(start, end) - 4, max(start, end) + 4
    root = ET.fromstring(step.step(start, end, low, high))  # noqa: S314 our own
    (drawn,) = [each for each in root if each.tag.endswith("rect")]
    assert drawn.get("class") == ("costs" if end < start else "earns")
    left, width = float(drawn.get("x", "")), float(drawn.get("width", ""))
    scale = 292 / (high - low)
    assert abs(left - (4 + (min(start, end) - low) * scale)) < 0.06
    assert abs(width - max(abs(end - start) * scale, 1)) < 0.06


@given(st.lists(st.tuples(st.integers(0, 10**15), SCORES), min_size=2, max_size=30))
def test_a_sparkline_stays_in_its_frame_and_the_higher_score_stands_higher(
    points: list[tuple[int, int]],
) -> None:
    points.sort()
    drawn = sparkline.sparkline([(at, score, "") for at, score in points], "t", 400, 100)
    dots = [e for e in ET.fromstring(drawn).iter() if e.tag.endswith("circle")]  # noqa: S314
    places = [(float(e.get("cx", "")), float(e.get("cy", ""))) for e in dots]
    assert all(0 <= x <= 400 and 0 <= y <= 100 for x, y in places)
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    highest = max(range(len(points)), key=lambda n: points[n][1])
    assert places[highest][1] == min(y for _, y in places)
