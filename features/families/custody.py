"""Custody: what the warehouses found, and whether they looked."""

from features.families.balances import COUNTED, RECEIVED
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.windows import Count, DaysSince, Total
from features.recipe import Rows

EXCEPTIONS = Rows("custody", (("kind", ("exception",)),))
MISMATCHES = Rows("custody", (("kind", ("exception",)), ("exception", ("count_mismatch",))))


def _exception_rate(days: int, span_en: str, span_zh: str) -> Feature:
    return Feature(
        name=f"custody_exception_rate_{days}d",
        family="custody",
        unit="rate",
        title=Phrase(f"Exceptions per count, {span_en}", f"{span_zh}异常事件率"),
        definition=(
            f"Number of custody messages of kind `exception` in {days} days / number of kind "
            f"`counted` in {days} days."
        ),
        recipe=Ratio(Count(EXCEPTIONS, days), Count(COUNTED, days)),
        direction=1,
        direction_reason="Short, moved or spoilt goods weaken the collateral and its owner's word.",
        missing=Phrase(
            "Nothing was counted: nobody looked, which is not the same as clean.",
            "期间未盘点：无人查验不等于无异常。",
        ),
        low=Phrase(f"Custody was clean in the last {span_en}.", f"{span_zh}仓储监管未见明显异常。"),
        high=Phrase(
            f"Custody exceptions were more frequent than usual in the last {span_en}.",
            f"{span_zh}仓储监管异常事件偏多。",
        ),
        window=days,
    )


FEATURES = (
    _exception_rate(90, "90 days", "近90天"),
    _exception_rate(365, "365 days", "近一年"),
    Feature(
        name="quantity_short_share_365d",
        family="custody",
        unit="share",
        title=Phrase("Quantity found short", "盘点短少占比"),
        definition=(
            "Sum of short_quantity over custody messages of kind `exception` with exception "
            "`count_mismatch` in 365 days / sum of quantity over kind `received` in 365 days."
        ),
        recipe=Ratio(Total(MISMATCHES, "short_quantity", 365), Total(RECEIVED, "quantity", 365)),
        direction=1,
        direction_reason="Goods that are not there secure nothing.",
        missing=Phrase("Nothing was received in the year.", "近一年无入库记录。"),
        low=Phrase("Counts agreed with the books.", "盘点数量与账面基本相符。"),
        high=Phrase("Counts found goods short.", "盘点发现货物短少。"),
        window=365,
    ),
    Feature(
        name="days_since_count",
        family="custody",
        unit="days",
        title=Phrase("Days since the last count", "距上次盘点天数"),
        definition=(
            "floor((T - occurred_at of the last custody message of kind `counted` in 365 days) / "
            "1 day)."
        ),
        recipe=DaysSince(COUNTED, 365),
        direction=1,
        direction_reason="The older the last count, the less is known of the goods.",
        missing=Phrase("Nothing was counted in the year.", "近一年未盘点。"),
        low=Phrase("The stock was counted recently.", "近期已完成盘点。"),
        high=Phrase("The last count was longer ago than usual.", "较长时间未进行盘点。"),
        window=365,
    ),
)
