import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.limit import Circumstances, Stock, collateral, limit
from serving.policy import Policy

ROOT = Path(__file__).parents[2]
POLICY = Policy.load(ROOT / "configs" / "policy" / "default.yaml")
CNY = 100

COPPER = Stock("74", 4_000_000 * CNY, 200_000 * CNY)
ORE = Stock("26", 1_000_000 * CNY, 0)
WORKED = Circumstances((COPPER, ORE), outbound_year=9_500_000 * CNY, drawn=163_500 * CNY)

money = st.integers(0, 10**12)
stocks = st.builds(Stock, st.sampled_from(["74", "26", "99"]), money, money)
circumstances = st.builds(Circumstances, st.lists(stocks, max_size=4).map(tuple), money, money)
pds = st.floats(1e-6, 1)


def test_the_example_of_the_handbook_comes_out_as_worked_by_hand() -> None:
    found = limit(WORKED, pd=0.04, lend=True, policy=POLICY)
    assert found.collateral == (2_660_000 + 650_000) * CNY
    assert found.working_capital == 1_900_000 * CNY
    assert found.expected_loss == 166_666_666
    assert found.lender_cap == 20_000_000 * CNY
    assert found.binding == "expected_loss"
    assert found.amount == 1_503_000 * CNY


def test_the_handbook_shows_the_very_figures_of_the_example() -> None:
    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    for figure in ("2,660,000", "650,000", "3,310,000", "1,900,000", "1,666,666.66", "1,503,000"):
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
    found = limit(Circumstances(**{**vars(WORKED), **changed}), pd, True, POLICY)
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
