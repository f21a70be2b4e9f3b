"""LGD: the share of an exposure that is lost in a default, from how it is secured.

    LGD = 1 / (1 + exp(-(intercept + secured x s + liquid x s l + controlled x s c)))

with three shares: s of the exposure that goods cover, l of these goods that sell quickly, c of them
that are held under control. No coefficient is above 0: security never raises the LGD. The estimate
is bounded by the supervisory values, 25 % where goods secure the exposure, 40 % where nothing does.

References
----------
L. Papke and J. Wooldridge, *Econometric methods for fractional response variables*, Journal of
Applied Econometrics 11 (1996). Basel Committee, CRE32: foundation LGD of corporate exposures,
40 % unsecured, 25 % secured by other physical collateral.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SECURED, UNSECURED = 0.25, 0.40
"""Supervisory LGD."""

_FARMED = ("09", "10", "12", "15", "17", "18", "23", "40", "47", "52")
_MINED = ("26", "27", "31", "39", "71", "72", "74", "75", "76", "78", "79", "80")
LIQUID_CHAPTERS = frozenset(_FARMED + _MINED)
"""HS chapters of goods that trade on exchanges or at published prices, and keep."""

Coefficient = Annotated[float, Field(le=0.0, ge=-50.0)]


@dataclass(frozen=True)
class Security:
    """How an exposure is secured: three shares from 0 to 1.

    Attributes
    ----------
    secured : float
        Of the exposure that goods cover.
    liquid : float
        Of these goods that are of :data:`LIQUID_CHAPTERS`.
    controlled : float
        Of these goods that are under static pledge and were never released without authority.
    """

    secured: float
    liquid: float
    controlled: float

    def terms(self) -> tuple[float, float, float]:
        """What the coefficients are of."""
        return self.secured, self.secured * self.liquid, self.secured * self.controlled


class LossGivenDefault(BaseModel):
    """A fitted LGD.

    Attributes
    ----------
    intercept : float
        Log-odds of loss where nothing secures the exposure.
    secured, liquid, controlled : float
        None above 0.
    least, most : float
        Bounds of what is reckoned with.
    defaults : int
        That it was fitted on.
    source : str
        What these were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    intercept: Annotated[float, Field(ge=-50.0, le=50.0)]
    secured: Coefficient
    liquid: Coefficient
    controlled: Coefficient
    least: Annotated[float, Field(gt=0.0, le=1.0)] = SECURED
    most: Annotated[float, Field(gt=0.0, le=1.0)] = UNSECURED
    defaults: Annotated[int, Field(ge=1)]
    source: Annotated[str, Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"least stands below most, found {self.least} and {self.most}")
        return self

    def estimate(self, security: Security) -> float:
        """What the regression says, in (0, 1), before the bounds."""
        terms = zip((self.secured, self.liquid, self.controlled), security.terms(), strict=True)
        log_odds = self.intercept + sum(coefficient * share for coefficient, share in terms)
        return 1.0 / (1.0 + math.exp(-log_odds))

    def bounded(self, security: Security) -> float:
        """What is reckoned with."""
        return min(self.most, max(self.least, self.estimate(security)))
