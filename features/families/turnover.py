"""Turnover: how fast goods become money again."""

from features.families.balances import APPRAISALS, MOVEMENTS, SALES, STOCK, STOCK_WORDS
from features.families.cargo_value import STOCK_VALUE
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago, CappedRatio, Plus, Ratio
from features.nodes.balances import Outstanding
from features.nodes.stock import Held, Worth
from features.nodes.windows import Total

SOLD_90 = Total(SALES, "price", 90)

FEATURES = (
    Feature(
        name="turnover_90d",
        family="turnover",
        unit="ratio",
        title=Phrase("Turnover of stock, 90 days", "近90天存货周转率"),
        definition=(
            "2 * (sum of price over title messages of kind `transferred` in 90 days) / "
            "(stock_value_now + stock_value_now as of T - 90 days)."
        ),
        recipe=Ratio(SOLD_90, Plus(STOCK_VALUE, Ago(STOCK_VALUE, 90)), times=2),
        direction=-1,
        direction_reason="Stock that turns quickly pays for itself; slow stock ties up cash.",
        missing=Phrase("No stock, neither now nor 90 days ago.", "当前及90天前均无在库货物。"),
        low=Phrase("Stock turns over more slowly than usual.", "存货周转偏慢，资金占用较重。"),
        high=Phrase("Stock turns over quickly.", "存货周转较快。"),
        window=90,
    ),
    Feature(
        name="outbound_value_sum_365d",
        family="turnover",
        unit="fen",
        title=Phrase("Sales, one year", "近一年销售货值"),
        definition="Sum of price over title messages of kind `transferred` in 365 days.",
        recipe=Total(SALES, "price", 365),
        direction=-1,
        direction_reason="Sales are what loans are repaid from.",
        missing=Phrase("Never: 0 where nothing was sold.", "不会缺失：无销售时为0。"),
        low=Phrase("Less than usual was sold in the last year.", "近一年销售货值偏低。"),
        high=Phrase("Much was sold in the last year.", "近一年销售货值较高。"),
        window=365,
    ),
    Feature(
        name="days_of_stock_90d",
        family="turnover",
        unit="days",
        title=Phrase("Days of stock", "存货周转天数"),
        definition=(
            "min(90 * stock / (quantity of title `transferred` in 90 days), 3650) with the stock "
            f"of all lots added up; 0 where there is no stock, 3650 where none was sold. "
            f"{STOCK_WORDS}."
        ),
        recipe=CappedRatio(Outstanding(STOCK), Total(SALES, "quantity", 90), cap=3_650, times=90),
        direction=1,
        direction_reason="The longer the stock would last, the later it pays.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("The stock would be sold within a short time.", "存货周转天数较短，去化较快。"),
        high=Phrase(
            "At the present pace the stock would take longer than usual to sell.",
            "按目前销售速度，库存去化周期偏长。",
        ),
        window=90,
    ),
    Feature(
        name="dormant_stock_share_90d",
        family="turnover",
        unit="share",
        title=Phrase("Dormant share of stock", "呆滞库存占比"),
        definition=(
            "Stock value of lots without a custody message of kind `received`, `moved` or "
            "`released` of the enterprise in 90 days / stock_value_now."
        ),
        recipe=Ratio(Worth(STOCK, APPRAISALS, Held(MOVEMENTS, 90, present=False)), STOCK_VALUE),
        direction=1,
        direction_reason="Lots that nobody moves are hard to sell, or are not the owner's to sell.",
        missing=Phrase("There is no stock.", "当前无在库货物。"),
        low=Phrase("Nearly all lots have moved of late.", "库存批次近期均有出入库，流动性良好。"),
        high=Phrase(
            "Part of the stock has not moved for 90 days.",
            "部分库存超过90天无出入库，存在呆滞。",
        ),
        window=90,
    ),
)
