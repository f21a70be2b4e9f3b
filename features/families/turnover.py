"""Turnover: how fast goods become money again."""

from features.families.balances import (
    APPRAISALS,
    BOUGHT_IN_STORAGE,
    MOVEMENTS,
    RECEIVED,
    SALES,
    STOCK,
    STOCK_WORDS,
)
from features.families.cargo_value import DECLARED_365, STOCK_VALUE
from features.families.market import MARKET_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago, CappedRatio, Plus, Ratio
from features.nodes.balances import Outstanding
from features.nodes.market import AtMarket, TotalPriced
from features.nodes.stock import Held, MeanDaysSince, Worth
from features.nodes.windows import DaysSince, Total

SOLD_90 = Total(SALES, "price", 90)
SOLD_365 = Total(SALES, "price", 365)


def _sale_price_to_market(days: int, span_en: str, span_zh: str) -> Feature:
    return Feature(
        name=f"sale_price_to_market_{days}d",
        family="turnover",
        unit="ratio",
        title=Phrase(f"Sale price to market price, {span_en}", f"{span_zh}销售价与市场价比"),
        definition=(
            f"Over title messages of kind `transferred` in {days} days whose lot's commodity has a "
            "market price as of the message's own known_at: sum of price / sum of floor(quantity * "
            f"that market price / 1000); missing where the divisor is 0. {MARKET_WORDS}"
        ),
        recipe=Ratio(
            TotalPriced(SALES, "price", "cargo_code", days),
            AtMarket(SALES, "quantity", "cargo_code", days),
        ),
        direction=-1,
        direction_reason="Who sells under the market needs cash, or has goods that nobody wants.",
        missing=Phrase(
            "Nothing with a market price was sold in the time.",
            f"{span_zh}销售商品无可比市场价格。",
        ),
        low=Phrase(
            "Goods were sold below the market's price.",
            f"{span_zh}销售价低于市场价，关注低价变现。",
        ),
        high=Phrase("Goods were sold above the market's price.", f"{span_zh}销售价高于市场价。"),
        window=days,
        pivot=1.0,
    )


FEATURES = (
    Feature(
        name="turnover_90d",
        family="turnover",
        unit="ratio",
        title=Phrase("Turnover of stock, 90 days", "近90天存货周转率"),
        definition=(
            "2 * (sum of price over title messages of kind `transferred` in 90 days) / "
            "(stock_value_now + stock_value_now as of T - 90 days, with what was known then)."
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
        recipe=SOLD_365,
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
    Feature(
        name="turnover_365d",
        family="turnover",
        unit="ratio",
        title=Phrase("Turnover of stock, one year", "近一年存货周转率"),
        definition=(
            "2 * (sum of price over title messages of kind `transferred` in 365 days) / "
            "(stock_value_now + stock_value_now as of T - 365 days, with what was known then)."
        ),
        recipe=Ratio(SOLD_365, Plus(STOCK_VALUE, Ago(STOCK_VALUE, 365)), times=2),
        direction=-1,
        direction_reason="Stock that turns over often in a year pays for itself each time.",
        missing=Phrase("No stock, neither now nor a year ago.", "当前及一年前均无在库货物。"),
        low=Phrase(
            "Over the year stock turned over more slowly than usual.",
            "近一年存货周转偏慢，资金占用较重。",
        ),
        high=Phrase("Over the year stock turned over quickly.", "近一年存货周转较快。"),
        window=365,
    ),
    Feature(
        name="outbound_pace_90d_365d",
        family="turnover",
        unit="ratio",
        title=Phrase("Pace of sales", "销售货值走势"),
        definition=(
            "(sum of price over title `transferred` in 90 days * 365) / (the same sum in 365 days "
            "* 90): 1 is the year's own pace."
        ),
        recipe=Ratio(SOLD_90, SOLD_365, times=365, over=90),
        direction=-1,
        direction_reason="Sales that slow down announce goods that will not pay in time.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase(
            "Sales have slowed against the enterprise's own year.", "近期销售低于全年平均水平。"
        ),
        high=Phrase("Sales run above the enterprise's own year.", "近期销售高于全年平均水平。"),
        window=365,
        pivot=1.0,
    ),
    Feature(
        name="stock_age_mean_now",
        family="turnover",
        unit="days",
        title=Phrase("Mean age of stock", "库存平均库龄"),
        definition=(
            "Over lots with stock above 0: sum of stock * age / sum of stock, with age = "
            "floor((T - the latest occurred_at of the lot's custody messages of kind `received` "
            "of the enterprise and its title messages `transferred` in storage to the enterprise) "
            f"/ 1 day). {STOCK_WORDS}."
        ),
        recipe=MeanDaysSince(STOCK, (RECEIVED, BOUGHT_IN_STORAGE)),
        direction=1,
        direction_reason="Old stock is stock that nobody wanted, and it spoils.",
        missing=Phrase("There is no stock.", "当前无在库货物。"),
        low=Phrase("The goods in stock came in recently.", "库龄较短，货物较新。"),
        high=Phrase(
            "The goods have lain in stock longer than usual.", "库龄偏长，存在滞销及变质风险。"
        ),
    ),
    Feature(
        name="days_since_sale",
        family="turnover",
        unit="days",
        title=Phrase("Days since the last sale", "距上次销售天数"),
        definition=(
            "floor((T - occurred_at of the last title message of kind `transferred` in 365 days) / "
            "1 day)."
        ),
        recipe=DaysSince(SALES, 365),
        direction=1,
        direction_reason="Who sells nothing takes in nothing.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Goods were sold recently.", "近期有销售出货。"),
        high=Phrase("Nothing has been sold for longer than usual.", "较长时间无销售出货。"),
        window=365,
    ),
    Feature(
        name="outbound_to_declared_365d",
        family="turnover",
        unit="ratio",
        title=Phrase("Sales to declared value", "销售与报关货值比"),
        definition="outbound_value_sum_365d / declared_value_sum_365d.",
        recipe=Ratio(SOLD_365, DECLARED_365),
        direction=0,
        direction_reason="Too little sold is stock that waits; far too much is trade on paper.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Less was sold than was declared.", "销售货值低于报关货值，关注库存积压。"),
        high=Phrase(
            "More was sold than was declared.",
            "销售货值高于报关货值，关注非进口货源及贸易真实性。",
        ),
        window=365,
        pivot=1.0,
    ),
    _sale_price_to_market(90, "90 days", "近90天"),
    _sale_price_to_market(365, "one year", "近一年"),
)
