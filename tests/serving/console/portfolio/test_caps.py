"""Caps on concentrations: a part of the policy on which no answer rests."""

import pytest
import yaml
from pydantic import ValidationError

from serving.console.portfolio.caps import CapTerms
from serving.policy import Policy
from tests.serving.conftest import POLICY


def test_the_default_policy_states_them_and_its_hash_does_not() -> None:
    policy = Policy.load(POLICY)
    stated = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    assert policy.caps == CapTerms() == CapTerms.model_validate(stated["caps"])
    other = policy.model_copy(update={"caps": CapTerms(name=None)})
    assert other.hash == policy.hash


@pytest.mark.parametrize("wrong", [{"name": 1.5}, {"name": -0.1}, {"names": 0.1}])
def test_what_is_no_share_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        CapTerms.model_validate(wrong)
