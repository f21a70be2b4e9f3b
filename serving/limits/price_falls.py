"""How far prices fell in the worst hundredth of their history: what ``cargoworthy haircuts`` wrote.

``serving/haircuts`` reckons them; here they are only read.
"""

from typing import Annotated

from pydantic import Field, model_validator

from serving.limits.amounts import Share, Terms

Days = Annotated[int, Field(ge=60, le=180, multiple_of=30)]
"""How long selling takes; the file tells of every thirty days."""
Goods = Annotated[str, Field(pattern=r"^[0-9]{2}([0-9]{2}){0,4}$")]
"""First digits of an HS code."""


class PriceFall(Terms):
    """The falls of one series.

    Attributes
    ----------
    title, series : str
    months : int
        That were looked at.
    fall : dict
        Days that selling takes to the share lost, corrected for monthly means.
    as_published : dict
        The same without the correction.
    """

    title: str
    series: str
    months: Annotated[int, Field(ge=24)]
    fall: Annotated[dict[Days, Share], Field(min_length=1)]
    as_published: dict[Days, Share]

    def within(self, days: int) -> int:
        """Days of the entry that tells of so many days: the shortest that is not shorter."""
        return min((told for told in self.fall if told >= days), default=max(self.fall))


class PriceFalls(Terms):
    """The falls of all goods whose price is published.

    Attributes
    ----------
    source : str
    first, last : str
        Months, YYYY-MM.
    quantile : Decimal
        Share of all stretches in which prices fell further.
    goods : dict
        First digits of HS codes to their falls.
    """

    source: str
    first: str
    last: str
    quantile: Share
    goods: dict[Goods, PriceFall]

    @model_validator(mode="after")
    def _longer_is_no_safer(self) -> "PriceFalls":
        for code, told in self.goods.items():
            falls = [told.fall[days] for days in sorted(told.fall)]
            if falls != sorted(falls):
                raise ValueError(f"the fall of {code} grows with the days, found {falls}")
        return self

    def of(self, code: str) -> PriceFall | None:
        """Falls of the goods of an HS code; None where no series prices them."""
        digits = (10, 8, 6, 4, 2)
        return next((t for n in digits if (t := self.goods.get(code[:n]))), None)
