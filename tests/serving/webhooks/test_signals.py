"""What a new score says that the former one did not: crossed bounds, each once."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from features.catalogue import CATALOGUE
from serving.policy import Policy
from serving.scores.examples import INSUFFICIENT, SCORED
from serving.webhooks.signals import EARLY_WARNING, GRADE_CHANGED, Observed, signals
from serving.webhooks.warning_terms import WarningTerms
from tests.serving.conftest import POLICY

LENDER = Policy.load(POLICY)
GRADES = [*(grade.name for grade in LENDER.grades), "D"]
NOTHING: dict[str, Any] = {
    "lines": False, "default": False, "dishonest": False, "unscored": False,
    "grades_lost": None, "points_lost": None, "limit_lost": None, "reaches": {},
}  # fmt: skip


def observed(**changed: Any) -> Observed:
    stated = {"score_id": "s", "enterprise_id": "e", "as_of": "2023-01-01T00:00:00Z"}
    frame: dict[str, Any] = {"score": 600, "grade": "BBB", "limit_fen": 1_000, "goods": "above"}
    return Observed(**{**stated, **frame, **changed})


def lender(**rules: Any) -> Policy:
    return LENDER.model_copy(update={"warnings": WarningTerms(**{**NOTHING, **rules})})


def codes(former: Observed, new: Observed, policy: Policy) -> list[str]:
    found = [each for each in signals(former, new, policy) if each.kind == EARLY_WARNING]
    return [warned["code"] for each in found for warned in each.data["warnings"]]  # type: ignore[attr-defined]


answers = st.builds(
    observed,
    score=st.integers(300, 850),
    grade=st.sampled_from(GRADES),
    limit_fen=st.integers(0, 10**12),
    goods=st.sampled_from(["above", "alert", "close_out"]),
    in_default=st.booleans(),
    dishonest=st.booleans(),
    values=st.dictionaries(st.sampled_from(list(LENDER.warnings.reaches)), st.floats(-5, 500)),
) | st.just(observed(score=None, grade=None, limit_fen=None, goods=None))


@given(answers)
def test_the_same_again_is_no_news(answer: Observed) -> None:
    assert list(signals(answer, answer, LENDER)) == []


@given(answers, answers)
def test_a_grade_is_told_exactly_where_it_changed(former: Observed, new: Observed) -> None:
    told = [each for each in signals(former, new, LENDER) if each.kind == GRADE_CHANGED]
    both = former.grade is not None and new.grade is not None
    assert len(told) == (both and former.grade != new.grade)
    for each in told:
        worse = GRADES.index(str(new.grade)) > GRADES.index(str(former.grade))
        assert each.data["direction"] == ("worse" if worse else "better")


@given(answers, answers)
def test_what_gets_better_in_all_warns_of_nothing(former: Observed, new: Observed) -> None:
    """Whatever a warning says of one way, it does not say of the way back."""
    there, back = (set(codes(*pair, LENDER)) for pair in ((former, new), (new, former)))
    assert not (there & back) - {"feature"}


@given(answers, answers)
def test_what_is_told_is_json_and_names_both_scores(former: Observed, new: Observed) -> None:
    for each in signals(former, new, LENDER):
        told = orjson.loads(orjson.dumps(each.data))
        assert told["former"]["score_id"] == former.score_id
        for warned in told.get("warnings", [told]):
            assert warned["text_en"].endswith(".")
            assert warned["text_zh"].endswith("。")


@pytest.mark.parametrize(
    ("former", "new", "code"),
    [
        ("above", "above", None), ("above", "alert", "alert_line"),
        ("above", "close_out", "close_out_line"), ("alert", "close_out", "close_out_line"),
        ("alert", "alert", None), ("close_out", "alert", None), ("alert", "above", None),
    ],
)  # fmt: skip
def test_lines_warn_when_they_are_crossed_downwards(
    former: str, new: str, code: str | None
) -> None:
    found = codes(observed(goods=former), observed(goods=new), lender(lines=True))
    assert found == ([code] if code else [])


def test_each_rule_speaks_at_its_bound_and_not_before() -> None:
    steps = [
        ({"grades_lost": 2}, {"grade": "BB"}, {"grade": "B"}, "grades_lost"),
        ({"points_lost": 40}, {"score": 561}, {"score": 560}, "points_lost"),
        ({"limit_lost": "0.5"}, {"limit_fen": 501}, {"limit_fen": 500}, "limit_lost"),
        ({"default": True}, {}, {"in_default": True}, "default"),
        ({"dishonest": True}, {}, {"dishonest": True}, "dishonest_debtor"),
        ({"unscored": True}, {}, {"score": None, "grade": None}, "insufficient_data"),
        (
            {"reaches": {"days_past_due_now": 30}},
            {"values": {"days_past_due_now": 29.9}},
            {"values": {"days_past_due_now": 30.0}},
            "feature",
        ),
        (
            {"reaches": {"insured_stock_share_now": "0.2"}},  # here less is riskier
            {"values": {"insured_stock_share_now": 0.3}},
            {"values": {"insured_stock_share_now": 0.2}},
            "feature",
        ),
    ]
    for rules, before, at, code in steps:
        policy = lender(**rules)  # type: ignore[arg-type]
        assert codes(observed(), observed(**before), policy) == []
        assert codes(observed(), observed(**at), policy) == [code]
        if code == "feature":
            assert codes(observed(**before), observed(**at), policy) == [code]
        assert codes(observed(**at), observed(**at), policy) == []
        assert codes(observed(**at), observed(**at), lender()) == []


def test_a_value_that_was_withheld_or_is_missing_warns_of_nothing() -> None:
    name = "insured_stock_share_now"
    policy = lender(reaches={name: "0.99"})
    secret = {**SCORED, "points": [{**SCORED["points"][0], "value": 0.1, "withheld": True}]}
    assert secret["points"][0]["feature"] == name
    assert codes(observed(), Observed.of(orjson.dumps(secret)), policy) == []
    assert codes(observed(), Observed.of(orjson.dumps(SCORED)), policy) == ["feature"]


def test_answers_of_either_kind_and_of_earlier_forms_can_be_compared() -> None:
    scored = Observed.of(orjson.dumps(SCORED))
    assert (scored.score, scored.grade) == (SCORED["score"], SCORED["grade"])
    assert scored.limit_fen == SCORED["limit"]["amount_fen"]
    unknown = Observed.of(orjson.dumps(INSUFFICIENT))
    assert (unknown.score, unknown.grade, unknown.goods) == (None, None, None)
    first = {"score_id": "1", "enterprise_id": "e", "as_of": "a", "score": 500, "grade": "C"}
    list(signals(Observed.of(orjson.dumps(first)), scored, LENDER))


def test_the_default_rules_are_those_of_the_document_and_touch_no_answer(tmp_path: Path) -> None:
    text = POLICY.read_text().replace("../", f"{POLICY.parents[1]}/")
    path = tmp_path / "policy.yaml"
    path.write_text(text.partition("\nwarnings:")[0])
    plain = Policy.load(path)
    assert plain.warnings == WarningTerms() == LENDER.warnings
    path.write_text(f"{path.read_text()}\nwarnings: {{points_lost: 7, reaches: {{}}}}\n")
    other = Policy.load(path)
    assert (other.warnings.points_lost, other.warnings.reaches) == (7, {})
    assert other.hash == plain.hash == LENDER.hash


@pytest.mark.parametrize(
    "reaches",
    [{"no_such_feature": 1}, {"stock_value_change_90d": 1}, {"dishonest_debtor_ever": 1}],
)
def test_a_bound_of_no_feature_or_without_a_direction_is_refused(reaches: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="direction"):
        WarningTerms.model_validate({"reaches": reaches})


def test_every_default_bound_is_on_the_side_of_risk() -> None:
    assert all(int(CATALOGUE.by_name[name].direction) == 1 for name in WarningTerms().reaches)
    assert all(isinstance(bound, Decimal) for bound in WarningTerms().reaches.values())
