"""The falls of all goods, out of the monthly prices, as the file for policies has them."""

from collections.abc import Iterator
from decimal import ROUND_UP, Decimal

import numpy as np

from serving.haircuts.falls import MONTH, QUANTILE, fall
from serving.haircuts.goods import GOODS, Good
from serving.haircuts.series import Floats, MonthlyPrices
from serving.limits.price_falls import PriceFall, PriceFalls
from supervision.errors import CargoworthyError

HORIZONS = (60, 90, 120, 150, 180)
"""Days that selling takes."""
SOURCE = "World Bank Commodity Markets (Pink Sheet), monthly means, in CNY"
LEAST_MONTHS = 120
_STEP = Decimal("0.0001")


def price_falls(prices: MonthlyPrices, source: str = SOURCE) -> PriceFalls:
    """Reckon the falls of all goods.

    A longer sale is never taken to be safer: the fall over some days is at least that over fewer.

    Raises
    ------
    CargoworthyError
        If a series is missing or shorter than ten years.
    """
    return PriceFalls(
        source=source,
        first=prices.months[0],
        last=prices.months[-1],
        quantile=Decimal(str(QUANTILE)),
        goods={good.code: _of(good, prices) for good in GOODS},
    )


def _of(good: Good, prices: MonthlyPrices) -> PriceFall:
    logs = prices.logs.get(good.series)
    months = 0 if logs is None else int((~np.isnan(logs)).sum())
    if logs is None or months < LEAST_MONTHS:
        raise CargoworthyError(
            f"expected at least {LEAST_MONTHS} months of {good.series!r}, found {months}; give the "
            "World Bank's monthly table with its rates of exchange"
        )
    return PriceFall(
        title=good.title,
        series=good.series,
        months=months,
        fall=dict(_rising(logs, corrected=True)),
        as_published=dict(_rising(logs, corrected=False)),
    )


def _rising(logs: Floats, *, corrected: bool) -> Iterator[tuple[int, Decimal]]:
    """Falls by days, none below that of fewer days; rounded up to a hundredth of a per cent."""
    worst = Decimal(0)
    for days in HORIZONS:
        found = Decimal(str(fall(logs, days // MONTH, corrected=corrected)))
        worst = max(worst, found.quantize(_STEP, ROUND_UP))
        yield days, worst
