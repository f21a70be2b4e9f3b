from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import MalformedPolicy
from serving.policy import Policy
from training.model.lgd import Security

DEFAULT = Path(__file__).parents[2] / "configs" / "policy" / "default.yaml"
LGD = DEFAULT.parents[1] / "lgd.yaml"
FALLS = DEFAULT.parents[1] / "haircuts.yaml"
STATED = {**yaml.safe_load(DEFAULT.read_text()), "lgd": yaml.safe_load(LGD.read_text())}
STATED["haircut"] = {**STATED["haircut"], "price_falls": yaml.safe_load(FALLS.read_text())}
"""All that the default policy says, the fitted LGD and the price falls included."""
NEW = ("haircut", "eligible", "working_capital", "lines")
"""Lines that policies did not have at first."""
POLICY = Policy.load(DEFAULT)


def changed(tmp_path: Path, **fields: Any) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(yaml.safe_dump({**STATED, **fields}))
    return path


def test_the_default_policy_has_at_least_seven_grades_beside_d() -> None:
    names = [grade.name for grade in Policy.load(DEFAULT).grades]
    assert len(names) >= 7
    assert names[0] == "AAA"
    assert "D" not in names


def test_a_pd_on_the_bound_belongs_to_the_better_grade() -> None:
    policy = Policy.load(DEFAULT)
    for better, worse in pairwise(policy.grades):
        assert policy.grade(float(better.pd_up_to)) == better
        assert policy.grade(float(better.pd_up_to) + 1e-9) == worse


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_risk_is_never_a_better_grade(one: float, other: float) -> None:
    policy = POLICY
    order = [grade.name for grade in policy.grades]
    low, high = sorted((one, other))
    assert order.index(policy.grade(low).name) <= order.index(policy.grade(high).name)


def test_grades_are_by_the_long_run_where_there_is_one_unless_the_policy_says_otherwise(
    tmp_path: Path,
) -> None:
    assert POLICY.graded_by(through_the_cycle=True) == "through_the_cycle"
    assert POLICY.graded_by(through_the_cycle=False) == "point_in_time"
    other = Policy.load(changed(tmp_path, grade_by="point_in_time"))
    assert other.graded_by(through_the_cycle=True) == "point_in_time"
    assert other.hash != POLICY.hash
    stated = {name: value for name, value in STATED.items() if name != "grade_by"}
    assert Policy.model_validate(stated) == POLICY


def test_goods_of_an_unnamed_chapter_have_the_default_ltv() -> None:
    policy = Policy.load(DEFAULT)
    assert policy.ltv_of("99") == policy.ltv_default
    assert float(policy.ltv_of("74")) == 0.7


def test_another_number_is_another_hash_and_another_comment_is_not(tmp_path: Path) -> None:
    same = tmp_path / "policy" / "same.yaml"
    same.parent.mkdir()
    (tmp_path / "lgd.yaml").write_text(LGD.read_text())
    (tmp_path / "haircuts.yaml").write_text(FALLS.read_text())
    same.write_text("# a comment\n" + DEFAULT.read_text())
    assert Policy.load(same).hash == Policy.load(DEFAULT).hash
    assert Policy.load(changed(tmp_path, cap_fen=1)).hash != Policy.load(DEFAULT).hash


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"grades": []}, "grades"),
        ({"lgd": 0}, "lgd"),
        ({"lgd": "much"}, "lgd"),
        ({"ltv": {"7403": 0.7}}, "ltv"),
        ({"ltv": {"74": 1.2}}, "ltv"),
        ({"cap_fen": 1.5}, "cap_fen"),
        ({"cap_fen": -1}, "cap_fen"),
        ({"surprise": 1}, "surprise"),
        ({"grade_by": "the_moon"}, "grade_by"),
        ({"currency": "USD"}, "currency"),
        ({"lines": {"alert": 0.2, "close_out": 0.1}}, "lines"),
        ({"eligible": {"insurance": True}}, "eligible"),
        ({"eligible": {"disputed_by": ["bad_weather"]}}, "disputed_by"),
        ({"eligible": {"free_modes": ["110"]}}, "free_modes"),
        ({"haircut": {"quality": {"02": 0.1}}}, "names its default"),
        ({"haircut": {"selling_days": {"default": 45}}}, "selling_days"),
        ({"working_capital": {"margin": 1.5}}, "margin"),
    ],
)
def test_a_number_that_no_policy_can_have_is_named(
    tmp_path: Path, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(MalformedPolicy, match=said):
        Policy.load(changed(tmp_path, **fields))


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (0, {"name": "D"}, "none is D"),
        (0, {"name": "AA"}, "different names"),
        (1, {"pd_up_to": 0.0005}, "rises"),
        (-1, {"pd_up_to": 0.9}, "up to a PD of 1"),
    ],
)
def test_grades_that_form_no_scale_are_refused(
    tmp_path: Path, place: int, change: dict[str, Any], said: str
) -> None:
    grades = yaml.safe_load(DEFAULT.read_text())["grades"]
    grades[place] |= change
    with pytest.raises(MalformedPolicy, match=said):
        Policy.load(changed(tmp_path, grades=grades))


@pytest.mark.parametrize("content", ["", "- a list", "a: [", "\xff"])
def test_a_file_that_is_no_policy_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(MalformedPolicy, match=r"default\.yaml"):
        Policy.load(path)


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(MalformedPolicy, match=r"absent\.yaml"):
        Policy.load(tmp_path / "absent.yaml")


def test_a_fitted_lgd_that_is_not_there_is_told_with_what_writes_it(tmp_path: Path) -> None:
    path = changed(tmp_path, lgd="none.yaml")
    with pytest.raises(MalformedPolicy, match=r"fitted LGD at .*none\.yaml.*train-lgd"):
        Policy.load(path)


def test_an_lgd_of_the_lenders_own_needs_no_other_file(tmp_path: Path) -> None:
    own = Policy.load(changed(tmp_path, lgd=0.45))
    assert own.lgd_of(Security(0.0, 0.0, 0.0)) == own.lgd_of(Security(1.0, 1.0, 1.0)) == 0.45
    assert own.hash != POLICY.hash


def test_a_policy_from_before_the_new_lines_loads_with_their_documented_defaults(
    tmp_path: Path,
) -> None:
    old = {name: value for name, value in STATED.items() if name not in NEW}
    path = tmp_path / "old.yaml"
    path.write_text(yaml.safe_dump({**old, "working_capital_share": 0.2}))
    found = Policy.load(path)
    assert str(found.working_capital_share) == "0.2"
    assert found.working_capital.own_funds_share == 0
    assert found.haircut.price_falls is None
    assert found.haircut.floor == {"default": Decimal("0.1")}
    assert found.eligible.waived == ()
    assert (str(found.lines.alert), str(found.lines.close_out)) == ("0.08", "0.18")


def test_price_falls_that_are_not_there_are_told_with_what_writes_them(tmp_path: Path) -> None:
    path = changed(tmp_path, haircut={"price_falls": "none.yaml"})
    with pytest.raises(MalformedPolicy, match=r"price falls at .*none\.yaml.*haircuts"):
        Policy.load(path)


def test_a_policy_comes_back_from_json_the_same() -> None:
    again = Policy.model_validate_json(POLICY.model_dump_json())
    assert again == POLICY
    assert again.hash == POLICY.hash


def test_the_bound_of_goods_is_that_of_their_chapter_in_millionths() -> None:
    assert POLICY.ltv_cap("7403111900") == 700_000
    assert POLICY.ltv_cap("00") == 400_000
