"""Who may be the second officer, by the amount."""

from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from serving.console.decision.authority import USUAL, Authority, AuthorityStep, authority_for
from serving.policy import Policy
from tests.serving.conftest import POLICY

STEPS = TypeAdapter(Authority)


@pytest.mark.parametrize(
    ("fen", "role"),
    [(0, "officer"), (300_000_000, "officer"), (300_000_001, "approver"), (10**14, "approver")],
)
def test_an_amount_falls_into_the_first_step_that_holds_it(fen: int, role: str) -> None:
    step = authority_for(USUAL, fen)
    assert step is not None
    assert step.role == role


def test_above_the_last_step_nobody_may() -> None:
    assert authority_for((AuthorityStep(up_to_fen=100, role="approver"),), 101) is None


def test_a_senior_officer_may_what_an_officer_may_and_not_the_other_way_round() -> None:
    junior, senior = AuthorityStep(role="officer"), AuthorityStep(role="approver")
    assert junior.admits("a", "officer")
    assert junior.admits("a", "approver")
    assert senior.admits("a", "approver")
    assert not senior.admits("a", "officer")
    assert not junior.admits("a", "data")


def test_who_is_named_may_alone() -> None:
    named = AuthorityStep(role="officer", officers=("sun.li",))
    assert named.admits("sun.li", "officer")
    assert not named.admits("wang.min", "approver")


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"up_to_fen": 2, "role": "officer"}, {"up_to_fen": 2, "role": "approver"}],
        [{"role": "officer"}, {"up_to_fen": 2, "role": "approver"}],
        [{"role": "officer"}, {"role": "approver"}],
        [{"role": "data"}],
        [{"role": "officer", "from_fen": 1}],
    ],
)
def test_steps_that_are_none_are_refused(steps: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        STEPS.validate_python(steps)


def test_no_answer_rests_on_it(tmp_path: Path) -> None:
    policy = Policy.load(POLICY)
    stated = yaml.safe_load(POLICY.read_text())
    assert policy.authority == STEPS.validate_python(stated["authority"])
    other = policy.model_copy(update={"authority": (AuthorityStep(role="approver"),)})
    assert other.hash == policy.hash
