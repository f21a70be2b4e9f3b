from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from serving.limits.collateral import collateral
from serving.limits.eligibility import EligibilityTerms
from serving.limits.haircut import HaircutTerms
from serving.limits.lot import Lot

CUT = HaircutTerms(floor={"default": Decimal("0.2"), "26": Decimal("0.6")})
ASKED = EligibilityTerms()
COPPER, ORE = Lot("7403111900", 1_000_000), Lot("2601112000", 1_000_000)

fresh = st.builds(Lot, st.sampled_from([COPPER.goods, ORE.goods, "00"]), st.integers(0, 10**12))


def cap(code: str) -> int:
    return 700_000 if code.startswith("74") else 500_000


def test_the_policys_loan_to_value_is_an_upper_bound_and_what_decides_is_named() -> None:
    found = collateral([COPPER, ORE], cap, ASKED, CUT)
    ore, copper = found.goods
    assert (copper.lending_value, copper.ltv_from) == (700_000, "policy")
    assert (ore.lending_value, ore.ltv_from) == (350_000, "haircut")
    assert found.lending_value == 1_050_000


@given(st.lists(fresh, max_size=5))
def test_what_is_lent_on_is_what_fractions_make_of_it(held: list[Lot]) -> None:
    shares = {COPPER.goods: Fraction(7, 10), ORE.goods: Fraction(35, 100), "00": Fraction(1, 2)}
    exact = sum((lot.value * shares[lot.goods] for lot in held), Fraction(0))
    assert 0 <= exact - collateral(held, cap, ASKED, CUT).lending_value < max(1, len(held))


@given(st.lists(fresh, min_size=1, max_size=5), st.data())
def test_what_is_wrong_with_a_lot_never_raises_what_is_lent(
    held: list[Lot], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(held) - 1))
    wrong = data.draw(
        st.sampled_from(
            [
                {"taxed": False},
                {"confirmed_days": 80},
                {"insured": False},
                {"customs": "detained"},
                {"modes": (("1233", 500),)},
                {"encumbered": True},
                {"pledged": 500},
            ]
        )
    )
    worse = [replace(lot, **wrong) if n == place else lot for n, lot in enumerate(held)]
    before, after = (collateral(lots, cap, ASKED, CUT) for lots in (held, worse))
    assert after.lending_value <= before.lending_value


def test_what_is_not_eligible_is_told_once_with_its_reason_and_value() -> None:
    held = [
        COPPER,
        replace(COPPER, insured=False, encumbered=True),
        replace(ORE, insured=False),
        replace(ORE, modes=(("0110", 5), ("1233", 400_000))),
        replace(ORE, value=0, customs="detained"),
    ]
    found = collateral(held, cap, ASKED, CUT)
    assert [(unfit.reason, unfit.lots, unfit.value) for unfit in found.unfit] == [
        ("uninsured", 2, 2_000_000),
        ("customs_controlled", 1, 400_000),
    ]
    eligible = sum(lent.eligible for lent in found.goods)
    assert eligible + 2_400_000 == sum(lent.value for lent in found.goods)


def test_a_pledge_on_one_lot_takes_nothing_from_another() -> None:
    overpledged = Lot(COPPER.goods, 100, pledged=10_000_000, encumbered=True)
    for terms in (ASKED, EligibilityTerms(unpledged=False)):
        assert (
            collateral([COPPER, overpledged], cap, terms, CUT).lending_value
            == collateral([COPPER], cap, terms, CUT).lending_value
        )


def test_pledged_goods_secure_what_is_owed_though_nothing_more_is_lent_on_them() -> None:
    pledged = replace(COPPER, pledged=300_000, encumbered=True)
    assert collateral([pledged], cap, ASKED, CUT).securing == (1_000_000, 700_000)
    waived = collateral([pledged], cap, EligibilityTerms(unpledged=False), CUT)
    assert waived.lending_value == 490_000
    assert waived.securing == (1_000_000, 700_000)
