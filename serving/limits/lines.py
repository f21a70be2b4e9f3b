"""The alert line and the close-out line of goods that secure an exposure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from serving.limits.amounts import MILLION, Share, Terms, parts_per_million

Standing = Literal["above", "alert", "close_out"]
"""Where the goods stand now: above both lines, below the first, below both."""


class LineTerms(Terms):
    """By how much the goods may fall below what secured the exposure.

    Attributes
    ----------
    alert : Decimal
        The borrower is called to top up.
    close_out : Decimal
        The lender may sell.
    """

    alert: Share = Decimal("0.08")
    close_out: Share = Decimal("0.18")

    @model_validator(mode="after")
    def _alert_comes_first(self) -> Self:
        if not self.alert < self.close_out < 1:
            raise ValueError(
                f"alert stands below close_out, and this below 1, found {self.alert} and "
                f"{self.close_out}"
            )
        return self


@dataclass(frozen=True)
class Line:
    """One line, fen.

    Attributes
    ----------
    fall : int
        Parts per million below the value that secured the exposure.
    value : int
        Of the goods at which the line is reached.
    headroom : int
        What the goods may still lose before it.
    missing : int
        What they lack of it.
    """

    fall: int
    value: int
    headroom: int
    missing: int


@dataclass(frozen=True)
class Lines:
    """Both lines, fen.

    Attributes
    ----------
    exposure : int
        What is owed, and the suggested limit drawn in full.
    goods : int
        What the goods that secure it are worth now.
    ltv : int
        At which they do, parts per million.
    secured_by : int
        Worth of goods of that loan to value that secures the exposure in full.
    alert, close_out : Line
    """

    exposure: int
    goods: int
    ltv: int
    secured_by: int
    alert: Line
    close_out: Line

    @property
    def standing(self) -> Standing:
        """Where the goods stand now."""
        if self.close_out.missing:
            return "close_out"
        return "alert" if self.alert.missing else "above"


def lines(exposure: int, goods: int, ltv: int, terms: LineTerms) -> Lines:
    """Draw the lines.

    Parameters
    ----------
    exposure, goods : int
        Fen.
    ltv : int
        Mean loan to value of the goods, parts per million, above 0.
    terms : LineTerms
    """
    secured_by = -(-exposure * MILLION // ltv)
    alert, close_out = (
        _line(parts_per_million(fall), secured_by, goods) for fall in (terms.alert, terms.close_out)
    )
    return Lines(exposure, goods, ltv, secured_by, alert, close_out)


def _line(fall: int, secured_by: int, goods: int) -> Line:
    value = -(-secured_by * (MILLION - fall) // MILLION)
    return Line(fall, value, max(0, goods - value), max(0, value - goods))
