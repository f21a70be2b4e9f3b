"""What comes out beside what lenders do: the loan to value of fresh, taxed goods."""

from collections.abc import Iterator
from dataclasses import dataclass

from serving.haircuts.goods import GOODS
from serving.limits.amounts import MILLION
from serving.limits.haircut import haircut
from serving.limits.price_falls import PriceFalls
from serving.policy import Policy


@dataclass(frozen=True)
class Beside:
    """One kind of goods; shares from 0 to 1.

    Attributes
    ----------
    code, title : str
    selling_days : int
    as_published, price, total : float
        Fall of the monthly means, the part for the price, and the whole haircut.
    price_from : str
    ltv_cap, ltv : float
        The policy's upper bound, and what is lent.
    practice : tuple of int or None
        Loan to value that lenders usually grant, per cent.
    """

    code: str
    title: str
    selling_days: int
    as_published: float
    price: float
    total: float
    price_from: str
    ltv_cap: float
    ltv: float
    practice: tuple[int, int] | None


def beside(policy: Policy, falls: PriceFalls) -> Iterator[Beside]:
    """Every kind of goods that a series prices, under a policy with these falls.

    Parameters
    ----------
    policy : Policy
    falls : PriceFalls
        Take the place of the policy's own.
    """
    terms = policy.haircut.model_copy(update={"price_falls": falls})
    for good in GOODS:
        told = falls.of(good.code)
        if told is None:
            continue
        cut = haircut(good.code, terms)
        total = cut.of_lot(taxed=True, count_age=0)
        cap = policy.ltv_cap(good.code)
        yield Beside(
            code=good.code,
            title=good.title,
            selling_days=cut.selling_days,
            as_published=float(told.as_published[told.within(cut.selling_days)]),
            price=cut.price / MILLION,
            total=total / MILLION,
            price_from=cut.price_from,
            ltv_cap=cap / MILLION,
            ltv=min(cap, MILLION - total) / MILLION,
            practice=good.practice,
        )
