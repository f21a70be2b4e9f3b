"""Custody: what the warehouses found, and whether they looked."""

from features.families.balances import APPRAISALS, COUNTED, RECEIVED, STOCK, STOCK_WORDS
from features.families.cargo_value import STOCK_VALUE
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.stock import Held, MeanDaysSince, Worth
from features.nodes.windows import Count, DaysSince, Total
from features.recipe import Rows

EXCEPTIONS = Rows("custody", (("kind", ("exception",)),))
SENSORS = Rows("custody", (("kind", ("sensor",)),))
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


def _kind_rate(exception: str, title: Phrase, reason: str, low: Phrase, high: Phrase) -> Feature:
    of_kind = Rows("custody", (("kind", ("exception",)), ("exception", (exception,))))
    return Feature(
        name=f"{exception}_rate_365d",
        family="custody",
        unit="rate",
        title=title,
        definition=(
            f"Number of custody messages of kind `exception` with exception `{exception}` in 365 "
            "days / number of kind `counted` in 365 days."
        ),
        recipe=Ratio(Count(of_kind, 365), Count(COUNTED, 365)),
        direction=1,
        direction_reason=reason,
        missing=Phrase(
            "Nothing was counted: nobody looked, which is not the same as clean.",
            "近一年未盘点：无人查验不等于无异常。",
        ),
        low=low,
        high=high,
        window=365,
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
    _kind_rate(
        "count_mismatch",
        Phrase("Counts that disagreed, one year", "近一年盘点差异率"),
        "A count that disagrees with the books means that goods or books are wrong.",
        Phrase("Counts seldom disagreed with the books.", "盘点差异较少，账实基本相符。"),
        Phrase("Counts disagreed with the books more often than usual.", "盘点账实不符偏多。"),
    ),
    _kind_rate(
        "seal_broken",
        Phrase("Broken seals, one year", "近一年封志破损率"),
        "Behind a broken seal may lie other goods, or none.",
        Phrase("Seals were seldom found broken.", "封志破损情况较少。"),
        Phrase("Seals were found broken more often than usual.", "封志破损偏多，关注货物被调换。"),
    ),
    _kind_rate(
        "temperature_excursion",
        Phrase("Temperature excursions, one year", "近一年超温率"),
        "Frozen goods that thawed secure nothing.",
        Phrase("Cold goods seldom left their temperature.", "冷链温度控制较好。"),
        Phrase(
            "Cold goods left their temperature more often than usual.",
            "冷链超温事件偏多，货物品质存疑。",
        ),
    ),
    _kind_rate(
        "unauthorised_movement",
        Phrase("Unauthorised movements, one year", "近一年擅自移库率"),
        "Who moves pledged goods unasked may sell them unasked.",
        Phrase("Goods were seldom moved without leave.", "擅自移库情况较少。"),
        Phrase(
            "Goods were moved without leave more often than usual.",
            "擅自移库事件偏多，监管有效性存疑。",
        ),
    ),
    _kind_rate(
        "document_mismatch",
        Phrase("Goods that disagreed with their papers, one year", "近一年单货不符率"),
        "Goods that are not what the papers say are worth what they are, not what is said.",
        Phrase("Goods agreed with their papers.", "单货基本相符。"),
        Phrase("Goods disagreed with their papers more often than usual.", "单货不符事件偏多。"),
    ),
    Feature(
        name="days_since_exception",
        family="custody",
        unit="days",
        title=Phrase("Days since the last exception", "距上次异常事件天数"),
        definition=(
            "floor((T - occurred_at of the last custody message of kind `exception` in 365 days) / "
            "1 day)."
        ),
        recipe=DaysSince(EXCEPTIONS, 365),
        direction=-1,
        direction_reason="What was wrong lately may still be wrong.",
        missing=Phrase("No exception was reported in the year.", "近一年无异常事件报送。"),
        low=Phrase("An exception was reported recently.", "近期发生过仓储异常事件。"),
        high=Phrase("The last exception is some time past.", "上次异常事件距今较久。"),
        window=365,
    ),
    Feature(
        name="counted_share_of_stock_90d",
        family="custody",
        unit="share",
        title=Phrase("Share of stock counted in 90 days", "近90天库存盘点覆盖率"),
        definition=(
            "Stock value (as in stock_value_now) of lots with a custody message of kind `counted` "
            "of the enterprise in 90 days / stock_value_now."
        ),
        recipe=Ratio(Worth(STOCK, APPRAISALS, Held(COUNTED, 90, present=True)), STOCK_VALUE),
        direction=-1,
        direction_reason="Only what was counted is known to be there.",
        missing=Phrase("There is no stock of any value.", "当前无在库货值。"),
        low=Phrase("Part of the stock has not been counted for 90 days.", "部分库存近90天未盘点。"),
        high=Phrase("Nearly all of the stock was counted of late.", "库存近90天盘点覆盖较好。"),
        window=90,
    ),
    Feature(
        name="sensor_silence_days_now",
        family="custody",
        unit="days",
        title=Phrase("Silence of the sensors", "传感器静默天数"),
        definition=(
            "Over lots with stock above 0 that have a custody message of kind `sensor` of the "
            "enterprise: sum of stock * floor((T - occurred_at of the lot's last such message) / "
            f"1 day) / sum of stock. {STOCK_WORDS}."
        ),
        recipe=MeanDaysSince(STOCK, (SENSORS,)),
        direction=1,
        direction_reason="A cold store whose sensors are silent may no longer be cold.",
        missing=Phrase("No lot in stock ever had a sensor.", "在库货物均无传感器监测记录。"),
        low=Phrase("The sensors of the goods in stock report.", "在库货物传感器数据正常回传。"),
        high=Phrase(
            "The sensors of the goods in stock have been silent for longer than usual.",
            "在库货物传感器较长时间无数据回传。",
        ),
    ),
)
