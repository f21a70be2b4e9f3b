"""Plans: bounded to what is plausible, monotone in how far they go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.actions import ACTIONS
from features.catalogue import CATALOGUE
from serving.console.what_if.goods import after
from serving.console.what_if.plan import Plan, changes, plan_of
from serving.limit import Circumstances
from serving.limits.lot import Lot
from serving.scores.improvement import Standing

MOVES = {move.feature: move for action in ACTIONS for move in action.moves}
FEATURES = tuple(CATALOGUE.by_name[name] for name in MOVES if name in CATALOGUE.by_name)
SHARES = st.sampled_from((25, 50, 75, 100))
PLANS = st.dictionaries(st.sampled_from([action.code for action in ACTIONS]), SHARES)
STANDINGS = st.builds(
    lambda values, usual: Standing(
        FEATURES, np.array(values), dict(zip([f.name for f in FEATURES], usual, strict=True))
    ),
    *(
        st.lists(
            st.floats(0, 60).map(lambda x: round(x, 3)),
            min_size=len(FEATURES),
            max_size=len(FEATURES),
        )
        for _ in range(2)
    ),
)


def further(plan: Plan, more: Plan) -> Plan:
    """A plan that goes at least as far as each of two."""
    codes = {*plan.shares, *more.shares}
    return Plan({code: max(plan.share(code), more.share(code)) for code in codes})


@given(STANDINGS, PLANS.map(Plan))
def test_no_fact_goes_further_than_is_plausible(standing: Standing, plan: Plan) -> None:
    whole = {c.feature.name: c for c in standing.changes(ACTIONS)}
    for change in changes(standing, plan, ACTIONS):
        most = whole[change.feature.name]
        low, high = sorted((most.value, most.target))
        assert low <= change.target <= high
        assert (change.target - change.value) * change.feature.direction < 0


@given(STANDINGS, PLANS.map(Plan), PLANS.map(Plan))
def test_going_further_never_makes_a_fact_worse(standing: Standing, plan: Plan, more: Plan) -> None:
    far = {c.feature.name: c for c in changes(standing, further(plan, more), ACTIONS)}
    for change in changes(standing, plan, ACTIONS):
        reached = far[change.feature.name].target
        assert (reached - change.target) * change.feature.direction <= 0


@given(STANDINGS)
def test_all_the_way_is_what_the_improvements_tell(standing: Standing) -> None:
    plan = Plan({action.code: 100 for action in ACTIONS})
    assert set(changes(standing, plan, ACTIONS)) == set(standing.changes(ACTIONS))


def test_part_of_the_way_is_that_part_and_days_are_whole() -> None:
    feature = CATALOGUE.by_name["days_past_due_now"]
    standing = Standing((feature,), np.array([10.0]), {})
    (change,) = changes(standing, Plan({"settle_overdue": 25}), ACTIONS)
    assert change.target == 8.0
    share = CATALOGUE.by_name["insured_stock_share_now"]
    standing = Standing((share,), np.array([0.2]), {})
    (change,) = changes(standing, Plan({"insure_stock": 50}), ACTIONS)
    assert change.target == pytest.approx(0.6)


@pytest.mark.parametrize("text", ["", "0", "-25", "30", "125", "1e2", "１００", "x", "100.0"])
def test_what_is_no_step_counts_nothing(text: str) -> None:
    assert plan_of({"insure_stock": text, "mint_money": "100"}, ACTIONS) == Plan({})
    assert plan_of({"insure_stock": "75"}, ACTIONS) == Plan({"insure_stock": 75})


LOTS = (
    Lot("7403110000", 900, 300, True, confirmed_days=200, insured=False, faults=("seal_broken",)),
    Lot("7403110000", 500, 100, True, confirmed_days=None, insured=False),
    Lot("7403110000", 700, 0, False, insured=False),
)


def test_part_of_the_way_reaches_the_largest_lots_first() -> None:
    known = Circumstances(LOTS, 0, 0)
    half = after(known, Plan({"insure_stock": 50}), ())
    assert [lot.insured for lot in half.lots] == [True, False, True]
    counted = after(known, Plan({"have_stock_counted": 100}), ())
    assert [(lot.confirmed_days, lot.faults) for lot in counted.lots] == [(0, ())] * 3
    cured = after(known, Plan({"keep_custody_clean": 25}), ())
    assert [lot.faults for lot in cured.lots] == [()] * 3
    assert cured.lots[0].confirmed_days == 200
    assert after(known, Plan({}), ()) == known


def test_pledges_are_released_whole_and_no_more_than_the_plan_says() -> None:
    feature = CATALOGUE.by_name["pledged_share_of_stock_now"]
    known = Circumstances(LOTS, 0, 1_000)
    for target, freed in ((0.4, []), (0.3, [1]), (0.11, [1]), (0.0, [0, 1])):
        standing = Standing((feature,), np.array([0.4]), {feature.name: target})
        plan = Plan({"pledge_less": 100})
        found = after(known, plan, changes(standing, plan, ACTIONS))
        assert [p for p, lot in enumerate(found.lots) if lot != LOTS[p]] == freed, target
        assert all(not found.lots[p].encumbered for p in freed)
        assert found.drawn == 1_000, "a release is not taken for a repayment"


def test_drawing_less_draws_less() -> None:
    feature = CATALOGUE.by_name["utilisation_now"]
    standing = Standing((feature,), np.array([0.8]), {feature.name: 0.4})
    plan = Plan({"draw_less": 50})
    found = after(Circumstances((), 0, 1_000), plan, changes(standing, plan, ACTIONS))
    assert found.drawn == pytest.approx(750, abs=1)
