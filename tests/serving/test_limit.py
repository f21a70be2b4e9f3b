import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.limit import Circumstances, limit
from serving.limits.lot import Lot
from serving.limits.need import Funding
from serving.policy import Policy
from serving.scores.limit_part import limit_part
from training.model.lgd import LossGivenDefault, Security

ROOT = Path(__file__).parents[2]
POLICY = Policy.load(ROOT / "configs" / "policy" / "default.yaml")
OWN = POLICY.model_copy(update={"lgd": Decimal("0.45")})
"""The same with an LGD of the lender's own."""
CNY = 100

COPPER, ORE = "7403111900", "2601112000"
FRESH = Lot(COPPER, 3_000_000 * CNY, confirmed_days=10)
UNTAXED = Lot(COPPER, 1_000_000 * CNY, confirmed_days=75, taxed=False)
PLEDGED = Lot(COPPER, 400_000 * CNY, pledged=250_000 * CNY, encumbered=True, confirmed_days=10)
BONDED = Lot(
    ORE,
    1_000_000 * CNY,
    confirmed_days=10,
    modes=(("0110", 800_000 * CNY), ("1233", 200_000 * CNY)),
)
UNINSURED = Lot(ORE, 300_000 * CNY, confirmed_days=10, insured=False)
WORKED = Circumstances(
    (FRESH, UNTAXED, PLEDGED, BONDED, UNINSURED),
    outbound_year=12_000_000 * CNY,
    drawn=163_500 * CNY,
    receivable_days=45,
)
STATED = Funding(own_funds_fen=1_500_000 * CNY, payable_days=30)
"""What the lender says in the worked example."""

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
lots = st.builds(
    Lot,
    st.sampled_from([COPPER, ORE, "9900000000", "00"]),
    money,
    pledged=st.just(0) | money,
    encumbered=st.booleans(),
    customs=st.sampled_from(["cleared", "cleared", "cleared", "detained", "bought"]),
    confirmed_days=st.none() | st.integers(0, 200),
    insured=st.booleans(),
    faults=st.sampled_from([(), ("seal_broken",)]),
    taxed=st.booleans(),
)
circumstances = st.builds(
    Circumstances,
    st.lists(lots, max_size=4).map(tuple),
    money,
    money,
    st.floats(0, 1),
    st.integers(0, 400),
)
pds = st.floats(1e-6, 1)


def test_the_example_of_the_handbook_comes_out_as_worked_by_hand() -> None:
    found = limit(WORKED, 0.04, True, OWN, STATED)
    copper, ore = found.goods.goods[1], found.goods.goods[0]
    assert (copper.haircut.price, copper.haircut.price_from) == (383_300, "history")
    assert copper.lending_value == (1_790_100 + 432_893) * CNY
    assert (copper.unpaid_tax, copper.count_age) == (123_807 * CNY, 40_000 * CNY)
    assert ore.lending_value == 312_160 * CNY
    assert found.collateral == 2_535_153 * CNY
    assert {unfit.reason: unfit.value // CNY for unfit in found.goods.unfit} == {
        "pledged": 400_000,
        "uninsured": 300_000,
        "customs_controlled": 200_000,
    }
    assert (found.need.stock_days, found.need.cycle_days) == (180, 195)
    assert found.need.needed == 6_175_000 * CNY
    assert found.working_capital == 4_675_000 * CNY
    assert found.gap == 4_511_500 * CNY
    assert found.expected_loss == 166_666_666
    assert found.lender_cap == 20_000_000 * CNY
    assert found.binding == "expected_loss"
    assert found.amount == 1_503_000 * CNY
    assert found.loss.exposure == 1_666_500 * CNY
    assert found.loss.amount == 29_997 * CNY


def test_the_lines_of_the_example_come_out_as_worked_by_hand() -> None:
    found = limit(WORKED, 0.04, True, OWN, STATED).lines
    assert (found.goods, found.ltv) == (5_200_000 * CNY, 533_429)
    assert found.secured_by == 312_412_711
    assert (found.alert.value, found.close_out.value) == (287_419_695, 256_178_424)
    assert found.alert.headroom == 5_200_000 * CNY - 287_419_695
    assert (found.standing, found.alert.missing) == ("above", 0)
    owing = replace(WORKED, drawn=4_000_000 * CNY)
    short = limit(owing, 0.04, True, OWN, STATED)
    assert (short.amount, short.binding) == (0, "drawn")
    assert short.lines.standing == "close_out"
    assert short.lines.alert.missing == 689_876_254 - 520_000_000
    assert short.lines.close_out.missing == 614_889_705 - 520_000_000


def test_with_the_fitted_lgd_it_comes_out_as_worked_by_hand() -> None:
    found = limit(WORKED, 0.04, True, FITTED, STATED)
    assert found.loss.security == Security(1.0, 1.0, 0.0)
    assert found.loss.lgd == pytest.approx(0.32607, abs=5e-6)
    assert (found.binding, found.amount) == ("expected_loss", 2_136_000 * CNY)
    assert found.loss.exposure == 2_299_500 * CNY
    assert found.loss.amount == pytest.approx(29_992 * CNY, rel=1e-4)
    held = replace(WORKED, controlled=1.0)
    assert limit(held, 0.04, True, FITTED).loss.lgd == pytest.approx(0.25245, abs=5e-6)


def test_the_handbook_shows_the_very_figures_of_the_example() -> None:
    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    goods = ("38.33 %", "1,790,100", "432,893", "312,160", "2,535,153", "123,807")
    need = ("6,175,000", "4,675,000", "4,511,500")
    amounts = ("1,666,666.66", "1,503,000", "1,666,500", "29,997", "0.3261", "2,136,000")
    lines = ("0.533429", "3,124,127.11", "2,874,196.95", "2,561,784.24", "1,698,762.54")
    for figure in (*goods, *need, *amounts, *lines):
        assert re.search(rf"(?<![\d,]){re.escape(figure)}(?!\d|,\d)", text), figure


@pytest.mark.parametrize(
    ("changed", "pd", "binding"),
    [
        ({"lots": (BONDED,)}, 0.04, "collateral"),
        ({"outbound_year": 1_000_000 * CNY}, 0.04, "working_capital"),
        ({}, 0.04, "expected_loss"),
        ({"lots": (Lot(COPPER, 10**12),), "outbound_year": 10**12}, 0.001, "lender_cap"),
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
    assert found.lines.goods == 0
    assert found.lines.close_out.missing > 0


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
    assert found.amount <= max(found.gap, 0)


@given(circumstances, pds, pds)
def test_more_risk_never_raises_a_limit(grounds: Circumstances, one: float, two: float) -> None:
    low, high = sorted((one, two))
    safer, riskier = (limit(grounds, pd, True, POLICY) for pd in (low, high))
    assert riskier.amount <= safer.amount


@given(circumstances, pds)
def test_a_new_loan_within_the_limit_stands_above_the_lines_where_goods_secure_it(
    grounds: Circumstances, pd: float
) -> None:
    found = limit(replace(grounds, drawn=0), pd, True, POLICY)
    if found.amount:
        value, carried = found.goods.securing
        assert Fraction(found.lines.secured_by) >= Fraction(found.amount * value, carried)
        assert found.lines.standing == "above"


@given(circumstances, pds)
def test_an_answer_can_tell_every_limit(grounds: Circumstances, pd: float) -> None:
    found = limit(grounds, pd, True, POLICY)
    part = limit_part(found, grounds, POLICY)
    told = sum(goods.lending_value_fen for goods in part.components.stock)
    assert told == part.components.collateral_fen
    whole = sum(goods.value_fen for goods in part.components.stock)
    fit = sum(goods.eligible_fen for goods in part.components.stock)
    assert fit + sum(kind.value_fen for kind in part.components.ineligible) <= whole
    assert "{" not in part.lines.text_en + part.lines.text_zh
    assert "{" not in part.components.working_capital.assumed_en


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
    assert found.lines.standing == "above"


def test_a_lenders_own_lgd_holds_whatever_secures_the_exposure() -> None:
    for grounds in (WORKED, Circumstances((), 0, 10**6)):
        assert limit(grounds, 0.04, True, OWN).loss.lgd == 0.45
