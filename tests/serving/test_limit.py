import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.limit import Circumstances, Stock, collateral, limit
from serving.policy import Policy
from training.model.lgd import LossGivenDefault, Security

ROOT = Path(__file__).parents[2]
POLICY = Policy.load(ROOT / "configs" / "policy" / "default.yaml")
OWN = POLICY.model_copy(update={"lgd": Decimal("0.45")})
"""The same with an LGD of the lender's own."""
CNY = 100

COPPER = Stock("74", 4_000_000 * CNY, 200_000 * CNY)
ORE = Stock("26", 1_000_000 * CNY, 0)
WORKED = Circumstances((COPPER, ORE), outbound_year=9_500_000 * CNY, drawn=163_500 * CNY)

FITTED = POLICY.model_copy(
    update={
        "lgd": LossGivenDefault(
            intercept=-0.3047,
            secured=-0.0526,
            liquid=-0.3687,
            controlled=-0.3596,
            defaults=72,
            source="the demonstration",
        )
    }
)

money = st.integers(0, 10**12)
stocks = st.builds(Stock, st.sampled_from(["74", "26", "99"]), money, money)
circumstances = st.builds(
    Circumstances, st.lists(stocks, max_size=4).map(tuple), money, money, st.floats(0, 1)
)
pds = st.floats(1e-6, 1)


def test_the_example_of_the_handbook_comes_out_as_worked_by_hand() -> None:
    found = limit(WORKED, pd=0.04, lend=True, policy=OWN)
    assert found.collateral == (2_660_000 + 650_000) * CNY
    assert found.working_capital == 1_900_000 * CNY
    assert found.expected_loss == 166_666_666
    assert found.lender_cap == 20_000_000 * CNY
    assert found.binding == "expected_loss"
    assert found.amount == 1_503_000 * CNY
    assert found.loss.exposure == 1_666_500 * CNY
    assert found.loss.amount == 29_997 * CNY


def test_with_the_fitted_lgd_it_comes_out_as_worked_by_hand() -> None:
    found = limit(WORKED, pd=0.04, lend=True, policy=FITTED)
    assert found.loss.security == Security(1.0, 1.0, 0.0)
    assert found.loss.lgd == pytest.approx(0.32607, abs=5e-6)
    assert (found.binding, found.amount) == ("working_capital", 1_736_000 * CNY)
    assert found.loss.exposure == 1_899_500 * CNY
    assert found.loss.amount == pytest.approx(24_775.04 * CNY, rel=1e-4)
    held = replace(WORKED, controlled=1.0)
    assert limit(held, pd=0.04, lend=True, policy=FITTED).loss.lgd == pytest.approx(
        0.25245, abs=5e-6
    )


def test_the_handbook_shows_the_very_figures_of_the_example() -> None:
    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    shown = ("2,660,000", "650,000", "3,310,000", "1,900,000", "1,666,666.66", "1,503,000")
    for figure in (*shown, "1,666,500", "29,997", "0.3261", "1,736,000", "1,899,500", "24,775"):
        assert re.search(rf"(?<![\d,]){re.escape(figure)}(?![\d,])", text), figure


@pytest.mark.parametrize(
    ("changed", "pd", "binding"),
    [
        ({"stock": (ORE,)}, 0.04, "collateral"),
        ({"outbound_year": 1_000_000 * CNY}, 0.04, "working_capital"),
        ({}, 0.04, "expected_loss"),
        ({"stock": (Stock("74", 10**12, 0),), "outbound_year": 10**12}, 0.001, "lender_cap"),
        ({"drawn": 2_000_000 * CNY}, 0.04, "drawn"),
    ],
)
def test_what_decides_the_limit_is_named(
    changed: dict[str, object], pd: float, binding: str
) -> None:
    found = limit(Circumstances(**{**vars(WORKED), **changed}), pd, True, OWN)
    assert found.binding == binding
    assert (found.amount == 0) == (binding == "drawn")


def test_without_goods_it_is_the_goods_that_decide_even_where_something_is_drawn() -> None:
    found = limit(Circumstances((), 10**9, 10**6), 0.01, True, POLICY)
    assert (found.amount, found.binding) == (0, "collateral")


@given(circumstances, pds)
def test_a_refused_grade_gets_nothing(grounds: Circumstances, pd: float) -> None:
    found = limit(grounds, pd, lend=False, policy=POLICY)
    assert (found.amount, found.binding) == (0, "grade")


@given(circumstances, pds)
def test_no_limit_passes_any_ceiling_nor_falls_below_nothing(
    grounds: Circumstances, pd: float
) -> None:
    found = limit(grounds, pd, lend=True, policy=POLICY)
    smallest = min(found.collateral, found.working_capital, found.expected_loss, found.lender_cap)
    assert 0 <= found.amount <= max(0, smallest - grounds.drawn)
    assert found.amount % POLICY.step_fen == 0
    assert max(0, smallest - grounds.drawn) - found.amount < POLICY.step_fen


@given(circumstances, pds, pds)
def test_more_risk_never_raises_a_limit(grounds: Circumstances, one: float, two: float) -> None:
    low, high = sorted((one, two))
    safer, riskier = (limit(grounds, pd, True, POLICY) for pd in (low, high))
    assert riskier.amount <= safer.amount


@given(st.lists(stocks, max_size=5))
def test_collateral_is_what_fractions_make_of_it(held: list[Stock]) -> None:
    exact = sum(
        (
            Fraction(max(0, goods.value - goods.pledged)) * Fraction(POLICY.ltv_of(goods.chapter))
            for goods in held
        ),
        Fraction(0),
    )
    assert 0 <= exact - collateral(held, POLICY) < max(1, len(held))


def test_a_pledge_on_one_kind_of_goods_takes_nothing_from_another() -> None:
    overpledged = Stock("26", 100, 10_000_000)
    assert collateral([COPPER, overpledged], POLICY) == collateral([COPPER], POLICY)


@given(circumstances, pds)
def test_the_expected_loss_of_a_limit_is_never_over_the_budget(
    grounds: Circumstances, pd: float
) -> None:
    found = limit(grounds, pd, True, FITTED)
    assert found.loss.exposure == grounds.drawn + found.amount
    if found.amount:
        assert found.loss.amount <= FITTED.expected_loss_budget_fen
    exact = found.loss.pd * found.loss.lgd * found.loss.exposure
    assert 0 <= exact - found.loss.amount < 1
    assert 0.25 <= found.loss.lgd <= 0.40


@given(circumstances, pds)
def test_static_pledges_never_lower_a_limit(grounds: Circumstances, pd: float) -> None:
    loose, held = (replace(grounds, controlled=share) for share in (0.0, 1.0))
    assert limit(held, pd, True, FITTED).amount >= limit(loose, pd, True, FITTED).amount


def test_what_is_drawn_without_goods_is_unsecured() -> None:
    found = limit(Circumstances((), 10**9, 10**6), 0.01, True, FITTED)
    assert found.loss.security.secured == 0.0
    assert (found.loss.lgd, found.loss.amount) == (0.40, 4_000)


def test_without_goods_and_debt_nothing_can_be_lost() -> None:
    found = limit(Circumstances((), 0, 0), 0.01, True, FITTED)
    assert (found.loss.exposure, found.loss.amount) == (0, 0)


def test_a_lenders_own_lgd_holds_whatever_secures_the_exposure() -> None:
    for grounds in (WORKED, Circumstances((), 0, 10**6)):
        assert limit(grounds, 0.04, True, OWN).loss.lgd == 0.45
