"""What a lender takes for an early warning (风险预警): a part of its policy.

Each rule looks at a new score beside the former one of the same lender and enterprise, and speaks
when a bound is crossed, not as long as it stays crossed.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from features.catalogue import CATALOGUE
from serving.limits.amounts import Share, Terms


def _directed(bounds: dict[str, Decimal]) -> dict[str, Decimal]:
    for name in bounds:
        feature = CATALOGUE.by_name.get(name)
        if feature is None or feature.permitted_use != "champion" or not feature.direction:
            raise ValueError(
                "bounds are of features of a model whose risk has a direction, found "
                f"{name!r:.60}; `cargoworthy features list` shows them"
            )
    return bounds


Bound = Annotated[Decimal, Field(decimal_places=6)]
_REACHES = {
    "days_past_due_now": Decimal(30),
    "unauthorised_movement_rate_365d": Decimal("0.000001"),
    "releases_unauthorised_now": Decimal(1),
    "pledge_lots_two_lenders_now": Decimal(1),
    "sensor_silence_days_now": Decimal(7),
    "receivable_overdue_30d_share_now": Decimal("0.3"),
}


class WarningTerms(Terms):
    """Rules of early warning; a rule that is null or false is not asked.

    Attributes
    ----------
    lines : bool
        The goods fall below the alert line, or below the close-out line.
    default : bool
        A default comes into force.
    dishonest : bool
        The enterprise is listed as a dishonest debtor (失信被执行人).
    unscored : bool
        Too little is known for a score, and there was one before.
    grades_lost : int or None
        So many grades lower, or more.
    points_lost : int or None
        So many points lower, or more.
    limit_lost : Decimal or None
        The suggested limit falls by this share, or more.
    reaches : dict
        Features by name, each with the value at which risk begins: reached from below where a
        higher value is riskier, from above where a lower one is.
    """

    lines: bool = True
    default: bool = True
    dishonest: bool = True
    unscored: bool = True
    grades_lost: Annotated[int | None, Field(ge=1)] = 2
    points_lost: Annotated[int | None, Field(ge=1)] = 40
    limit_lost: Share | None = Decimal("0.5")
    reaches: Annotated[dict[str, Bound], AfterValidator(_directed)] = Field(
        default_factory=lambda: {**_REACHES}
    )
