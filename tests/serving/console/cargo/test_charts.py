"""Drawings and scales of the cargo pages."""

import re
from itertools import pairwise
from xml.etree import ElementTree as Xml

from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from serving.console.cargo.charts import gauge, timeline, two_lines
from serving.console.cargo.scale import levels, years


@given(st.integers(0, 10**13))
def test_levels_are_few_round_and_within(most: int) -> None:
    found = levels(most)
    assert found[0] == 0
    assert len(found) <= 7
    assert all(level <= most for level in found)
    assert most < 10 or len(found) >= 3
    assert len({b - a for a, b in pairwise(found)}) <= 1


def test_half_years_begin_at_the_ports_midnight() -> None:
    span = parse_time("2021-03-01"), parse_time("2022-07-01T00:00:00+08:00")
    assert years(*span) == (
        (parse_time("2021-07-01T00:00:00+08:00"), "2021-07"),
        (parse_time("2022-01-01T00:00:00+08:00"), "2022-01"),
        (parse_time("2022-07-01T00:00:00+08:00"), "2022-07"),
    )
    assert [said for _, said in years(span[0] - 1_000 * DAY, span[1])] == [
        "2019-01", "2020-01", "2021-01", "2022-01",
    ]  # fmt: skip


def test_worth_that_grows_climbs() -> None:
    points = [(0, 0.0, "a"), (1, 50.0, "b"), (2, 100.0, "c")]
    drawn = str(two_lines(points, points, "said", [(0, "0"), (100, "100")]))
    Xml.fromstring(drawn)  # noqa: S314
    path = re.findall(r'class="run" d="([^"]+)"', drawn)[0]
    ys = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path)]
    assert ys == sorted(ys, reverse=True)
    assert ys[0] - ys[1] == ys[1] - ys[2] > 0
    assert 'aria-label="said"' in drawn


def test_events_outside_the_span_are_left_out_and_words_are_escaped() -> None:
    rows = [("<seal>", [(5, True, "x & y"), (15, False, "later"), (-1, True, "before")])]
    drawn = str(timeline(rows, (0, 10), [(2, "2022")], "said"))
    Xml.fromstring(drawn)  # noqa: S314
    assert "<seal>" not in drawn
    assert drawn.count("<circle") == 1
    assert 'class="stands"' in drawn
    assert "later" not in drawn


def test_the_gauge_tells_on_which_side_of_the_lines_goods_stand() -> None:
    kinds = {
        value: re.findall(r'<rect class="(\w+)"', str(gauge(value, 80, 60, 120, ("a", "c"))))[1]
        for value in (50, 70, 90)
    }
    assert kinds == {50: "costs", 70: "warns", 90: "earns"}
    Xml.fromstring(str(gauge(0, 0, 0, 0, ("a", "c"))))  # noqa: S314
