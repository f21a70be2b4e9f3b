"""Data depth (数据完备度): how much a score rests on, as one of five grades, A to E.

Not how good the enterprise is, but how well it is known. The grade is that of the weakest of four
measures; what is below E is not scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from features.depth import LEAST_DAYS, DataDepth, Late
from serving.scores.depth_document import DepthGrade, DepthMeasure

SOURCES = ("enterprise", "declaration", "document", "custody", "valuation", "title")
"""Streams that speak of every enterprise that trades. Pledges, financing and outcomes are not among
them: it is no fault to have none."""

_NOTHING_TO_TELL: Mapping[str, str] = {
    "custody": "stock_value_now",
    "appraisal": "stock_value_now",
    "financing": "drawn_amount_now",
}
"""Tables that fall silent where a feature is nought: nothing is in stock, nothing is owed."""


@dataclass(frozen=True)
class Rung:
    """What a grade asks at least.

    Attributes
    ----------
    grade : str
    days_on_record : int
    sources : int
        Of :data:`SOURCES`, that speak in their usual time.
    late_streams : int
        At most.
    features_missing : int
        At most, percent of the model's features.
    """

    grade: DepthGrade
    days_on_record: int
    sources: int
    late_streams: int
    features_missing: int


LADDER = (
    # Two years: a year, and another to compare it with. All sources but one, nothing late.
    Rung("A", 730, 5, 0, 15),
    # One year: the longest window of most features is full.
    Rung("B", 365, 4, 1, 25),
    # Three quarters of it: every season but one was seen.
    Rung("C", 270, 3, 2, 40),
    # Two of the shortest windows: there is a pace.
    Rung("D", 180, 2, 3, 60),
    # The floor: one of the shortest windows, even if its only source is late; beyond 80 % missing,
    # the score would tell of gaps.
    Rung("E", LEAST_DAYS, 0, len(SOURCES), 80),
)


@dataclass(frozen=True)
class DepthGrading:
    """The grade of what is known of an enterprise.

    Attributes
    ----------
    grade : str or None
        None below E.
    held_by : tuple of str
        Measures that keep it from the next better grade; empty in grade A.
    sources : int
        Sources that speak in their usual time.
    late : tuple of Late
        Streams that are late and had something to tell.
    missing : int
        Features without a value.
    """

    grade: DepthGrade | None
    held_by: tuple[DepthMeasure, ...]
    sources: int
    late: tuple[Late, ...]
    missing: int


UNGRADED = DepthGrading(None, (), 0, (), 0)
"""Before the features are known."""


def depth_grading(
    depth: DataDepth, values: Mapping[str, float | None], missing: int, features: int
) -> DepthGrading:
    """Grade what is known.

    Parameters
    ----------
    depth : DataDepth
    values : mapping
        Features by name; of them only those are read that tell whether a stream has anything to
        tell.
    missing, features : int
        Features without a value, and all.
    """
    late = tuple(one for one in depth.late if not _has_nothing_to_tell(one, values))
    speaking = {*depth.recent, *(("valuation",) if depth.appraised else ())}
    if depth.messages.get("enterprise"):
        speaking.add("enterprise")
    sources = len(speaking.intersection(SOURCES) - {one.stream for one in late})
    lacking: tuple[DepthMeasure, ...] = ()
    for rung in LADDER:
        short: dict[DepthMeasure, bool] = {
            "days_on_record": depth.days_on_record < rung.days_on_record,
            "sources": sources < rung.sources,
            "late_streams": len(late) > rung.late_streams,
            "features_missing": 100 * missing > rung.features_missing * features,
        }
        if not any(short.values()):
            grade = rung.grade if depth.is_sufficient else None
            return DepthGrading(grade, lacking, sources, late, missing)
        lacking = tuple(measure for measure, is_short in short.items() if is_short)
    return DepthGrading(None, lacking, sources, late, missing)


def _has_nothing_to_tell(late: Late, values: Mapping[str, float | None]) -> bool:
    feature = _NOTHING_TO_TELL.get(late.table)
    if feature is None or feature not in values:
        return False
    # NaN is not above nought either.
    return not (values[feature] or 0.0) > 0
