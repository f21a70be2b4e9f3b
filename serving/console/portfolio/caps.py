"""Caps on concentrations (集中度上限): a part of a lender's policy, shown on the portfolio."""

from decimal import Decimal

from serving.limits.amounts import Share, Terms


class CapTerms(Terms):
    """Largest shares; null for no cap. Nothing is refused by them: what exceeds one is marked.

    Attributes
    ----------
    name, region : Decimal or None
        Of the exposure: of one enterprise, of the enterprises of one region.
    chapter, warehouse, agent : Decimal or None
        Of the value of the goods in custody: of one HS chapter, in one warehouse, reported on by
        one control agent (监管方).
    """

    name: Share | None = Decimal("0.1")
    region: Share | None = Decimal("0.5")
    chapter: Share | None = Decimal("0.3")
    warehouse: Share | None = Decimal("0.15")
    agent: Share | None = Decimal("0.15")
