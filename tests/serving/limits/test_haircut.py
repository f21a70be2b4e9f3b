from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.limits.haircut import CountAge, HaircutTerms, haircut
from serving.limits.price_falls import PriceFall, PriceFalls

MILLION = 1_000_000


def falls(**told: dict[int, str]) -> PriceFalls:
    goods = {
        code.removeprefix("hs"): PriceFall(
            title="goods",
            series="A series",
            months=300,
            fall={days: Decimal(share) for days, share in shares.items()},
            as_published={days: Decimal(share) for days, share in shares.items()},
        )
        for code, shares in told.items()
    }
    return PriceFalls(
        source="a test", first="2000-01", last="2024-12", quantile=Decimal("0.01"), goods=goods
    )


COPPER = falls(hs74={60: "0.35", 120: "0.5"})


@pytest.mark.parametrize(
    ("floor", "price", "which"),
    [("0.1", 350_000, "history"), ("0.35", 350_000, "floor"), ("0.4", 400_000, "floor")],
)
def test_the_larger_of_floor_and_history_is_taken_and_named(
    floor: str, price: int, which: str
) -> None:
    terms = HaircutTerms(
        price_falls=COPPER, selling_days={"default": 60}, floor={"default": Decimal(floor)}
    )
    found = haircut("7403111900", terms)
    assert (found.price, found.price_from) == (price, which)


def test_goods_without_a_series_and_policies_without_a_file_have_the_floor() -> None:
    for code, terms in (("9900000000", HaircutTerms(price_falls=COPPER)), ("74", HaircutTerms())):
        found = haircut(code, terms)
        assert (found.price, found.price_from) == (100_000, "floor")


def test_a_span_between_two_takes_the_longer_and_one_beyond_all_the_longest() -> None:
    found = [
        haircut("74", HaircutTerms(price_falls=COPPER, selling_days={"default": days})).price
        for days in (60, 90, 120, 180)
    ]
    assert found == [350_000, 500_000, 500_000, 500_000]


def test_the_longest_code_that_fits_decides() -> None:
    terms = HaircutTerms(
        price_falls=falls(hs02={60: "0.2"}, hs0202={60: "0.3"}),
        quality={"default": Decimal("0.01"), "02": Decimal("0.02"), "020230": Decimal("0.03")},
    )
    assert [haircut(code, terms).price for code in ("0202300090", "0207142900")] == [
        300_000,
        200_000,
    ]
    assert [haircut(c, terms).quality for c in ("0202300090", "0202200090", "10")] == [
        30_000,
        20_000,
        10_000,
    ]


@given(st.integers(0, 65), st.integers(0, 17))
def test_unpaid_tax_leaves_what_the_goods_bring_once_it_is_paid(duty: int, vat: int) -> None:
    terms = HaircutTerms(duty={"default": Decimal(duty) / 100}, vat={"default": Decimal(vat) / 100})
    exact = 1 - 1 / ((1 + Fraction(duty, 100)) * (1 + Fraction(vat, 100)))
    assert 0 <= haircut("74", terms).unpaid_tax - exact * MILLION < 1


def test_unpaid_tax_is_taken_of_untaxed_lots_alone_and_never_more_than_all_is_taken() -> None:
    found = haircut("74", HaircutTerms(price_falls=COPPER, selling_days={"default": 180}))
    assert found.of_lot(taxed=True, count_age=0) == 500_000 + 20_000 + 30_000
    assert found.of_lot(taxed=False, count_age=0) == 550_000 + found.unpaid_tax
    assert found.of_lot(taxed=False, count_age=900_000) == MILLION


@pytest.mark.parametrize("deep", [False, True])
def test_terms_that_were_changed_are_reckoned_anew(deep: bool) -> None:
    terms = HaircutTerms()
    before = haircut("74", terms)
    changed = terms.model_copy(update={"quality": {"default": Decimal("0.5")}}, deep=deep)
    assert haircut("74", changed).quality == 500_000
    assert haircut("74", terms) is before
    assert terms == HaircutTerms()


@pytest.mark.parametrize(
    ("days", "share"),
    [(0, 0), (30, 0), (31, 0.02), (60, 0.02), (61, 0.04), (181, 0.1), (9_999, 0.1), (None, 0.1)],
)
def test_an_old_count_costs_by_thirty_days_begun(days: int | None, share: float) -> None:
    assert CountAge().share(days) == round(share * MILLION)


def test_a_table_without_a_default_is_refused() -> None:
    with pytest.raises(ValidationError, match="names its default"):
        HaircutTerms(quality={"02": Decimal("0.1")})


def test_falls_that_shrink_with_the_days_are_refused() -> None:
    with pytest.raises(ValidationError, match="grows with the days"):
        falls(hs74={60: "0.5", 90: "0.4"})
