import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.feature import Phrase
from training.validation.check import Standard, worst
from training.validation.errors import EvidenceError

PSI = Standard("VA401", Phrase("Population stability", "群体稳定性"), "above", 0.10, 0.25)
JEFFREYS = Standard("VA101", Phrase("Jeffreys test", "Jeffreys 检验"), "below", 0.05, 0.01)
Figures = st.floats(-10, 10)


@pytest.mark.parametrize(
    ("standard", "figure", "verdict"),
    [
        (PSI, 0.02, "green"),
        (PSI, 0.10, "green"),
        (PSI, 0.11, "amber"),
        (PSI, 0.26, "red"),
        (JEFFREYS, 0.4, "green"),
        (JEFFREYS, 0.01, "amber"),
        (JEFFREYS, 0.001, "red"),
    ],
)
def test_a_figure_is_judged_by_its_bounds(standard: Standard, figure: float, verdict: str) -> None:
    found = standard.judge(figure)
    assert (found.verdict, found.figure, found.blocks) == (verdict, figure, verdict == "red")


@settings(deadline=None)
@given(Figures, Figures)
def test_a_worse_figure_never_gets_a_better_verdict(one: float, other: float) -> None:
    assert worst([PSI.judge(max(one, other)), PSI.judge(one)]) == PSI.judge(max(one, other)).verdict
    low = JEFFREYS.judge(min(one, other))
    assert worst([low, JEFFREYS.judge(one)]) == low.verdict


def test_a_bound_may_be_missing() -> None:
    only_amber = Standard("VA1", PSI.title, "above", 1.0, None)
    only_red = Standard("VA2", PSI.title, "below", None, 1.0)
    assert only_amber.judge(1e9).verdict == "amber"
    assert only_red.judge(1.0).verdict == "green"
    assert only_red.judge(0.9).verdict == "red"


def test_what_cannot_be_judged_says_why() -> None:
    reason = Phrase("No default has been seen yet.", "尚无违约样本。")
    found = PSI.not_applicable(reason)
    assert (found.verdict, found.figure, found.detail) == ("not applicable", None, reason)
    assert not found.blocks
    for figure in (float("nan"), float("inf")):
        with pytest.raises(EvidenceError, match="not applicable, and why"):
            PSI.judge(figure)


def test_the_gravest_verdict_stands_for_all() -> None:
    missing = PSI.not_applicable(Phrase("No rows.", "无样本。"))
    assert worst([]) == worst([missing]) == "not applicable"
    assert worst([missing, PSI.judge(0.0)]) == "green"
    assert worst([PSI.judge(0.3), missing, PSI.judge(0.2)]) == "red"


def test_a_check_is_plain_data() -> None:
    plain = PSI.judge(0.3, Phrase("Ten deciles.", "十分位。")).plain()
    assert json.loads(json.dumps(plain)) == {
        "code": "VA401",
        "title_en": "Population stability",
        "title_zh": "群体稳定性",
        "worse": "above",
        "amber": 0.10,
        "red": 0.25,
        "figure": 0.3,
        "verdict": "red",
        "detail_en": "Ten deciles.",
        "detail_zh": "十分位。",
    }
    assert PSI.judge(0.0).plain()["detail_en"] is None


@pytest.mark.parametrize(("worse", "amber", "red"), [("above", 0.2, 0.1), ("below", 0.1, 0.2)])
def test_bounds_the_wrong_way_round_are_refused(worse: str, amber: float, red: float) -> None:
    with pytest.raises(EvidenceError, match="exchange them"):
        Standard("VA9", PSI.title, worse, amber, red)  # type: ignore[arg-type]
