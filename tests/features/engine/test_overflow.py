"""The contract's greatest amounts: summed exactly while they fit, refused when they do not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sums import Overflow
from features.engine.sweep import Spine
from features.facts import Facts
from supervision.arrays import NEVER
from supervision.contract.columns import column
from supervision.contract.fields import LARGEST_MONEY

World = Any

START = 1_577_808_000_000_000
FITTING = 2**62 // LARGEST_MONEY
"""So many of the greatest amounts add up to less than 2^62."""

SUM = CATALOGUE.by_name["declared_value_sum_365d"]


@pytest.fixture(scope="module")
def declaring(
    make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> Callable[[int], Facts]:
    """Facts in which enterprise 1 declares the greatest amount, again every microsecond."""
    world = make_world(0)
    facts = facts_of(world)

    def make(times: int) -> Facts:
        rows = {
            n: np.repeat(values[:1], times) for n, values in facts.tables["declaration"].items()
        }
        at = START + np.arange(times)
        rows |= {"position": np.arange(times) + 1, "occurred_at": at, "known_at": at}
        rows |= {"enterprise_id": np.ones(times, np.int64), "reversed_at": np.full(times, NEVER)}
        rows["kind"] = np.full(times, column("declaration", "kind").code("declared"))
        rows["declared_value"] = np.full(times, LARGEST_MONEY)
        return replace(facts, tables={**facts.tables, "declaration": rows})

    return make


@settings(deadline=None, max_examples=40)
@given(
    times=st.one_of(st.integers(1, 3 * FITTING), st.sampled_from([FITTING, FITTING + 1, 40_000])),
    data=st.data(),
)
def test_a_sum_is_exact_or_refused(
    declaring: Callable[[int], Facts], times: int, data: st.DataObject
) -> None:
    """40,000 of them pass 2^64 twice: whoever added first and looked later would not see it."""
    facts = declaring(times)
    seen = data.draw(st.one_of(st.just(times), st.integers(1, times)))
    spine = Spine(np.array([1]), np.array([START + seen - 1]))
    if seen > FITTING:
        with pytest.raises(Overflow, match="unit mistake"):
            evaluate(facts, spine, [SUM])
    else:
        value = evaluate(facts, spine, [SUM]).values[0, 0]
        assert int(value) == int(float(seen * LARGEST_MONEY))


def test_one_enterprises_unit_mistake_does_not_keep_others_from_being_evaluated_alone(
    declaring: Callable[[int], Facts],
) -> None:
    facts = declaring(2 * FITTING)
    others = np.setdiff1d(facts.tables["custody"]["enterprise_id"], [1])[:3]
    values = evaluate(facts, Spine.grid(others, np.array([START]))).values
    assert not np.isnan(values).all()
    with pytest.raises(Overflow):
        evaluate(facts, Spine.grid(np.append(others, 1), np.array([START + 10**7])))
