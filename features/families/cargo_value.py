"""Cargo value: how much is declared, and how much lies in stock."""

from features.families.balances import APPRAISALS, DECLARED, PRICE_WORDS, STOCK, STOCK_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago, Change, Ratio
from features.nodes.stock import Worth
from features.nodes.windows import Total

STOCK_VALUE = Worth(STOCK, APPRAISALS)
DECLARED_90 = Total(DECLARED, "declared_value", 90)
DECLARED_365 = Total(DECLARED, "declared_value", 365)

FEATURES = (
    Feature(
        name="declared_value_sum_90d",
        family="cargo value",
        unit="fen",
        title=Phrase("Declared value, 90 days", "近90天报关货值"),
        definition="Sum of declared_value over declarations of kind `declared` in 90 days.",
        recipe=DECLARED_90,
        direction=-1,
        direction_reason="A firm that trades more, turns more cash to repay from.",
        missing=Phrase("Never: 0 where nothing was declared.", "不会缺失：无报关时为0。"),
        low=Phrase(
            "Less than usual was declared at customs in the last 90 days.",
            "近90天报关货值偏低，贸易活跃度不足。",
        ),
        high=Phrase(
            "Much was declared at customs in the last 90 days.", "近90天报关货值较高，贸易活跃。"
        ),
        window=90,
    ),
    Feature(
        name="declared_value_sum_365d",
        family="cargo value",
        unit="fen",
        title=Phrase("Declared value, one year", "近一年报关货值"),
        definition="Sum of declared_value over declarations of kind `declared` in 365 days.",
        recipe=DECLARED_365,
        direction=-1,
        direction_reason="A larger trade over the year carries fixed costs and shocks better.",
        missing=Phrase("Never: 0 where nothing was declared.", "不会缺失：无报关时为0。"),
        low=Phrase("The year's declared trade is smaller than usual.", "全年报关货值规模偏小。"),
        high=Phrase("The year's declared trade is large.", "全年报关货值规模较大。"),
        window=365,
    ),
    Feature(
        name="declared_value_pace_90d_365d",
        family="cargo value",
        unit="ratio",
        title=Phrase("Pace of declared trade", "报关货值走势"),
        definition=(
            "(declared_value_sum_90d * 365) / (declared_value_sum_365d * 90): 1 is the year's "
            "own pace."
        ),
        recipe=Ratio(DECLARED_90, DECLARED_365, times=365, over=90),
        direction=-1,
        direction_reason="Trade that shrinks against its own year announces a want of cash.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase(
            "Declared trade has slowed against the enterprise's own year.",
            "近期报关货值低于全年平均水平。",
        ),
        high=Phrase(
            "Declared trade runs above the enterprise's own year.", "近期报关货值高于全年平均水平。"
        ),
        window=365,
        pivot=1.0,
    ),
    Feature(
        name="stock_value_now",
        family="cargo value",
        unit="fen",
        title=Phrase("Value of stock in custody", "在库货值"),
        definition=(
            f"Sum over lots of floor(stock * price / 1000). {STOCK_WORDS}. Price: {PRICE_WORDS}."
        ),
        recipe=STOCK_VALUE,
        direction=-1,
        direction_reason="Goods in supervised custody can be sold to repay.",
        missing=Phrase("Never: 0 where nothing lies in custody.", "不会缺失：无在库货物时为0。"),
        low=Phrase("Less stock than usual lies in supervised custody.", "在监管仓的库存货值偏低。"),
        high=Phrase("Much stock lies in supervised custody.", "在监管仓的库存货值较高。"),
    ),
    Feature(
        name="stock_value_change_90d",
        family="cargo value",
        unit="ratio",
        title=Phrase("Change of stock value in 90 days", "近90天库存货值变动"),
        definition=(
            "stock_value_now / (stock_value_now as of T - 90 days, with what was known then) - 1."
        ),
        recipe=Change(Ratio(STOCK_VALUE, Ago(STOCK_VALUE, 90))),
        direction=0,
        direction_reason="Stock may grow from trust or from goods that do not sell.",
        missing=Phrase("Nothing lay in custody 90 days ago.", "90天前无在库货物。"),
        low=Phrase("The value of stock has fallen over 90 days.", "近90天库存货值下降。"),
        high=Phrase("The value of stock has grown over 90 days.", "近90天库存货值增加，关注积压。"),
        window=90,
        pivot=0.0,
    ),
)
