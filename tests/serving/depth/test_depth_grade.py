"""Grades of data depth, each bound from both sides."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.depth import DataDepth, Late
from serving.scores.depth_grade import LADDER, SOURCES, depth_grading
from serving.scores.standing import causes

RECENT = ("declaration", "document", "custody", "title")
DEEP = DataDepth({"enterprise": 1}, 1, 800, RECENT, (), appraised=True)
LATE = Late("document", 40, 20)


def grade(depth: DataDepth, missing: int = 0, **values: float) -> str | None:
    return depth_grading(depth, values, missing, 100).grade


def test_what_is_known_from_all_sides_for_two_years_is_a() -> None:
    found = depth_grading(DEEP, {}, 15, 100)
    assert (found.grade, found.held_by, found.sources) == ("A", (), 6)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(730, "A"), (729, "B"), (365, "B"), (364, "C"), (270, "C"), (269, "D"), (180, "D"),
     (179, "E"), (90, "E"), (89, None)],
)  # fmt: skip
def test_days_on_record(days: int, expected: str | None) -> None:
    assert grade(replace(DEEP, days_on_record=days)) == expected


@pytest.mark.parametrize(
    ("missing", "expected"),
    [(15, "A"), (16, "B"), (25, "B"), (26, "C"), (40, "C"), (41, "D"), (60, "D"), (61, "E"),
     (80, "E"), (81, None)],
)  # fmt: skip
def test_features_missing(missing: int, expected: str | None) -> None:
    assert grade(DEEP, missing) == expected


def test_a_source_less_is_borne_and_two_are_not() -> None:
    without_papers = ("declaration", "custody", "title")
    assert grade(replace(DEEP, recent=without_papers)) == "A"
    assert grade(replace(DEEP, recent=without_papers, appraised=False)) == "B"
    assert grade(replace(DEEP, recent=("custody",), appraised=False)) == "D"
    lone = DataDepth({}, 1, 800, ("custody",), ())
    assert grade(lone) == "E"


def test_a_late_stream_costs_a_grade_and_is_no_source() -> None:
    found = depth_grading(replace(DEEP, late=(LATE,)), {}, 0, 100)
    assert (found.grade, found.held_by, found.sources) == ("B", ("late_streams",), 5)


@pytest.mark.parametrize(
    ("table", "feature"),
    [("custody", "stock_value_now"), ("appraisal", "stock_value_now"),
     ("financing", "drawn_amount_now")],
)  # fmt: skip
def test_who_has_nothing_to_tell_is_not_late(table: str, feature: str) -> None:
    depth = replace(DEEP, late=(Late(table, 40, 20),))
    for nothing in (0.0, float("nan"), None):
        assert depth_grading(depth, {feature: nothing}, 0, 100).late == ()
    assert depth_grading(depth, {feature: 1.0}, 0, 100).late == depth.late
    assert depth_grading(depth, {}, 0, 100).late == depth.late


def test_the_sufficiency_of_old_still_holds() -> None:
    idle = replace(DEEP, recent=("document", "title"))
    assert not idle.is_sufficient
    assert grade(idle) is None


def test_the_ladder_only_falls() -> None:
    for above, below in pairwise(LADDER):
        assert above.days_on_record > below.days_on_record
        assert above.sources > below.sources
        assert above.late_streams < below.late_streams
        assert above.features_missing < below.features_missing


@given(
    st.integers(0, 1_000), st.sets(st.sampled_from(SOURCES[1:4])), st.integers(0, 100),
    st.integers(0, 1_000), st.integers(0, 100),
)  # fmt: skip
def test_more_known_is_never_a_worse_grade(
    days: int, recent: set[str], missing: int, more_days: int, fewer: int
) -> None:
    depth = DataDepth({"enterprise": 1}, 1, days, tuple(recent))
    better = replace(depth, days_on_record=days + more_days, recent=RECENT)
    order = ["A", "B", "C", "D", "E", None]
    before = order.index(grade(depth, missing))
    assert order.index(grade(better, max(0, missing - fewer))) <= before


def test_where_too_many_features_are_missing_the_cause_is_told() -> None:
    grading = depth_grading(DEEP, {}, 81, 100)
    (cause,) = causes(DEEP, grading, known_name=True, known_later=False)
    assert (cause.code, grading.grade) == ("few_features", None)
    short = replace(DEEP, days_on_record=30)
    found = causes(short, depth_grading(short, {}, 81, 100), known_name=True, known_later=False)
    assert [one.code for one in found] == ["short_history"]


@given(
    st.integers(0, 1_000), st.sets(st.sampled_from(RECENT)), st.integers(0, 100),
    st.sets(st.sampled_from(RECENT)), st.booleans(),
)  # fmt: skip
def test_there_is_a_cause_exactly_where_there_is_no_grade(
    days: int, recent: set[str], missing: int, late: set[str], registered: bool
) -> None:
    depth = DataDepth(
        {"enterprise": 1} if registered else {}, 1, days, tuple(recent),
        tuple(Late(table, 40, 20) for table in sorted(late)),
    )  # fmt: skip
    grading = depth_grading(depth, {}, missing, 100)
    found = causes(depth, grading, known_name=True, known_later=False)
    assert (grading.grade is None) is bool(found)
    assert (grading.grade is None) is (not depth.is_sufficient or missing > 80)
