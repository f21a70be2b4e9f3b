"""The haircut: what the goods of a lot may bring less than they are worth today."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from serving.limits.amounts import MILLION, ByGoods, Share, Terms, of_goods, parts_per_million
from serving.limits.price_falls import Days, PriceFalls

PriceFrom = Literal["floor", "history"]
"""What the part for the price comes from: the policy's floor, or what prices did."""

_PERIOD = 30
"""Days by which the age of a count is told."""


class CountAge(Terms):
    """What an old count costs.

    Attributes
    ----------
    free_days : int
        As long ago a count may be at no cost.
    per_30_days : Decimal
        For every thirty days begun after them.
    most : Decimal
    """

    free_days: Annotated[int, Field(ge=0, le=365)] = 30
    per_30_days: Share = Decimal("0.02")
    most: Share = Decimal("0.1")

    def share(self, days: int | None) -> int:
        """Parts per million for a count of so many days ago; None for none ever."""
        if days is None:
            return parts_per_million(self.most)
        if days <= self.free_days:
            return 0
        begun = -(-(days - self.free_days) // _PERIOD)
        return min(parts_per_million(self.most), begun * parts_per_million(self.per_30_days))


def _table(default: str) -> Any:
    """A table by goods of which a policy says nothing."""
    return Field(default_factory=lambda: {"default": Decimal(default)})


class HaircutTerms(Terms):
    """What a lender takes off the value of goods; each a table by goods.

    Attributes
    ----------
    floor : dict
        Smallest part for the price.
    price_falls : PriceFalls or None
        What prices did; None for the floor alone. A policy names the file.
    selling_days : dict
        How long selling takes.
    quality : dict
        What goods are worth less than their papers say.
    cost_of_sale : dict
        Storage, haulage, auction, court.
    duty, vat : dict
        Rates of what customs still claim on a lot without a tax receipt.
    count_age : CountAge
    """

    floor: ByGoods[Share] = _table("0.1")
    price_falls: PriceFalls | None = None
    selling_days: ByGoods[Days] = Field(default_factory=lambda: {"default": 180})
    quality: ByGoods[Share] = _table("0.02")
    cost_of_sale: ByGoods[Share] = _table("0.03")
    duty: ByGoods[Share] = _table("0.05")
    vat: ByGoods[Share] = _table("0.13")
    count_age: CountAge = CountAge()

    @cached_property
    def known(self) -> "dict[str, Haircut]":
        """What was reckoned already, by HS code: it stands as long as the terms do."""
        return {}


@dataclass(frozen=True)
class Haircut:
    """What is taken off the value of some goods, in parts per million.

    Attributes
    ----------
    price : int
        The larger of the floor and of what the price lost in its history.
    price_from : str
        Which of the two.
    selling_days : int
    quality, cost_of_sale : int
    unpaid_tax : int
        Of a lot on which duty and VAT are unpaid.
    """

    price: int
    price_from: PriceFrom
    selling_days: int
    quality: int
    cost_of_sale: int
    unpaid_tax: int

    def of_lot(self, *, taxed: bool, count_age: int) -> int:
        """All that is taken off a lot; never more than all of it."""
        parts = self.price + self.quality + self.cost_of_sale + count_age
        return min(MILLION, parts if taxed else parts + self.unpaid_tax)


def haircut(code: str, terms: HaircutTerms) -> Haircut:
    """What is taken off goods of an HS code; reckoned once for each."""
    found = terms.known.get(code)
    if found is None:
        found = terms.known[code] = _haircut(code, terms)
    return found


def _haircut(code: str, terms: HaircutTerms) -> Haircut:
    """Reckon it from the tables.

    An appraised value is taken to be that of goods whose duty and VAT are paid: of a lot on which
    they are not, what remains is the value / ((1 + duty) x (1 + VAT)).
    """
    days = of_goods(terms.selling_days, code)
    floor = parts_per_million(of_goods(terms.floor, code))
    history = 0
    if terms.price_falls is not None and (told := terms.price_falls.of(code)) is not None:
        history = parts_per_million(told.fall[told.within(days)])
    duty = parts_per_million(of_goods(terms.duty, code))
    vat = parts_per_million(of_goods(terms.vat, code))
    remains = MILLION**3 // ((MILLION + duty) * (MILLION + vat))
    return Haircut(
        price=max(floor, history),
        price_from="history" if history > floor else "floor",
        selling_days=days,
        quality=parts_per_million(of_goods(terms.quality, code)),
        cost_of_sale=parts_per_million(of_goods(terms.cost_of_sale, code)),
        unpaid_tax=MILLION - remains,
    )
