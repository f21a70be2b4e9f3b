from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.limits.need import Funding, Trade, WorkingCapitalTerms, need

money = st.integers(0, 10**13)
TRADE = Trade(sales=36_000_000, stock=2_850_000, receivable_days=60, registered_capital=9_000_000)


def test_the_need_is_what_the_measures_say() -> None:
    terms = WorkingCapitalTerms(
        margin=Decimal("0.05"),
        growth=Decimal("0.1"),
        payable_days=30,
        prepayment_days=15,
        advance_days=5,
    )
    found = need(TRADE, terms)
    # Sales at cost 34,200,000; stock 360 x 2.85 / 34.2 = 30 days; 30 + 60 - 30 + 15 - 5 = 70 days.
    assert (found.stock_days, found.receivable_days, found.cycle_days) == (30, 60, 70)
    assert found.needed == 34_200_000 * 11 // 10 * 70 // 360 == 7_315_000
    assert found.to_lend == found.needed


@given(st.integers(-10, 10**15 + 10))
def test_a_whole_number_may_be_written_with_a_point(amount: int) -> None:
    def read(text: str) -> int | None:
        try:
            return Funding.model_validate_json(f'{{"own_funds_fen": {text}}}').own_funds_fen
        except ValidationError:
            return None

    assert read(f"{amount}.0") == read(str(amount)) == (amount if 0 <= amount <= 10**15 else None)
    for text in (f"{amount % 2**50}.5", "true", f'"{amount}"', "1e400"):
        assert read(text) is None


@given(money, money, st.integers(0, 500), st.integers(0, 99), st.integers(0, 100))
def test_the_need_is_sales_at_cost_over_turns(
    sales: int, stock: int, receivable: int, margin: int, growth: int
) -> None:
    terms = WorkingCapitalTerms(margin=Decimal(margin) / 100, growth=Decimal(growth) / 100)
    found = need(Trade(sales, stock, receivable), terms)
    cost = Fraction(sales) * (100 - margin) / 100
    exact = cost * (100 + growth) / 100 * found.cycle_days / 360
    assert 0 <= exact - found.needed <= 3
    assert found.cycle_days == found.stock_days + min(180, receivable)
    assert found.stock_days <= 180


def test_own_funds_are_what_the_lender_states_and_else_a_share_or_the_capital() -> None:
    terms = WorkingCapitalTerms(own_funds_share=Decimal("0.3"), other_funding_share=Decimal("0.1"))
    assumed = need(TRADE, terms)
    assert assumed.own_funds == assumed.needed * 3 // 10
    assert assumed.other_funding == assumed.needed // 10
    assert (assumed.own_funds_from, assumed.other_funding_from) == ("policy", "policy")
    capital = terms.model_copy(update={"registered_capital_share": Decimal("0.5")})
    assert need(TRADE, capital).own_funds == 4_500_000
    stated = need(TRADE, terms, Funding(own_funds_fen=5, other_funding_fen=0, payable_days=20))
    assert (stated.own_funds, stated.other_funding, stated.payable_days) == (5, 0, 20)
    assert (stated.own_funds_from, stated.payable_days_from) == ("request", "request")
    assert stated.needed < assumed.needed


def test_a_share_of_sales_takes_the_place_of_the_days() -> None:
    found = need(TRADE, WorkingCapitalTerms(), share_of_sales=Decimal("0.2"))
    assert (found.needed, found.share_of_sales) == (7_200_000, 200_000)


def test_more_funds_than_need_leave_nothing_to_lend_and_no_sales_need_nothing() -> None:
    assert need(TRADE, WorkingCapitalTerms(), Funding(own_funds_fen=10**12)).to_lend == 0
    assert need(Trade(0, 10**9, 30), WorkingCapitalTerms()).needed == 0
    assert need(TRADE, WorkingCapitalTerms(payable_days=300)).cycle_days == 0
