"""Cargo value: how much is declared, and how much lies in stock."""

from features.families.balances import APPRAISALS, DECLARED, PRICE_WORDS, STOCK, STOCK_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago, Change, Ratio
from features.nodes.groups import Greatest
from features.nodes.market import AtMarket, TotalPriced
from features.nodes.stock import Worth
from features.nodes.windows import DaysSince, GreatestPart, Total

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
    Feature(
        name="stock_value_change_365d",
        family="cargo value",
        unit="ratio",
        title=Phrase("Change of stock value in a year", "近一年库存货值变动"),
        definition=(
            "stock_value_now / (stock_value_now as of T - 365 days, with what was known then) - 1."
        ),
        recipe=Change(Ratio(STOCK_VALUE, Ago(STOCK_VALUE, 365))),
        direction=0,
        direction_reason="Stock may grow from trust or from goods that do not sell.",
        missing=Phrase("Nothing of value lay in custody a year ago.", "一年前无在库货值。"),
        low=Phrase("The value of stock has fallen over the year.", "库存货值较一年前下降。"),
        high=Phrase(
            "The value of stock has grown over the year.", "库存货值较一年前增加，关注积压。"
        ),
        window=365,
        pivot=0.0,
    ),
    Feature(
        name="declared_unit_price_to_market_365d",
        family="cargo value",
        unit="ratio",
        title=Phrase("Declared price to market price", "报关单价与市场价比"),
        definition=(
            "Over declarations of kind `declared` in 365 days whose hs_code has a market price as "
            "of the message's own known_at: sum of declared_value / sum of floor(first_quantity * "
            "that price / 1000); missing where the divisor is 0. Market price of an HS code as of "
            "a time: unit_price of the last valuation of kind `market_price` with that hs_code "
            "among those that stand as of that time."
        ),
        recipe=Ratio(
            TotalPriced(DECLARED, "declared_value", "hs_code", 365),
            AtMarket(DECLARED, "first_quantity", "hs_code", 365),
        ),
        direction=1,
        direction_reason="Who declares above the market borrows against a value that is not there.",
        missing=Phrase(
            "Nothing with a market price was declared in the year.",
            "近一年报关商品无可比市场价格。",
        ),
        low=Phrase("Goods were declared below the market's price.", "报关单价低于市场价。"),
        high=Phrase(
            "Goods were declared above the market's price.",
            "报关单价高于市场价，关注高报货值。",
        ),
        window=365,
        pivot=1.0,
    ),
    Feature(
        name="days_since_declaration",
        family="cargo value",
        unit="days",
        title=Phrase("Days since the last declaration", "距上次报关天数"),
        definition=(
            "floor((T - occurred_at of the last declaration of kind `declared` in 365 days) / "
            "1 day)."
        ),
        recipe=DaysSince(DECLARED, 365),
        direction=1,
        direction_reason="A trader who stops buying has no goods to repay from, or no cash to buy.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Goods were declared recently.", "近期有报关业务。"),
        high=Phrase(
            "Nothing has been declared for longer than usual.", "较长时间无报关业务，关注经营停滞。"
        ),
        window=365,
    ),
    Feature(
        name="declared_peak_share_365d",
        family="cargo value",
        unit="share",
        title=Phrase("Share of the busiest quarter in declared trade", "报关最旺季度占比"),
        definition=(
            "Greatest of the sums of declared_value over declarations of kind `declared` in four "
            "parts of the year (T - 91 days < occurred_at; T - 182 days < occurred_at <= T - 91 "
            "days; T - 273 days < occurred_at <= T - 182 days; T - 365 days < occurred_at <= T - "
            "273 days) / declared_value_sum_365d: 0.25 is even, 1 is all in one quarter."
        ),
        recipe=Ratio(GreatestPart(DECLARED, "declared_value", (91, 182, 273, 365)), DECLARED_365),
        direction=1,
        direction_reason="Trade in one burst leaves fixed costs to be paid from nothing.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Trade is spread evenly over the year.", "全年报关节奏较为均衡。"),
        high=Phrase(
            "The year's trade fell into one quarter more than usual.",
            "报关业务集中于单一季度，经营连续性偏弱。",
        ),
        window=365,
    ),
    Feature(
        name="declared_value_max_share_365d",
        family="cargo value",
        unit="share",
        title=Phrase("Share of the largest declaration", "最大单笔报关占比"),
        definition=(
            "Greatest declared_value of one declaration of kind `declared` in 365 days / "
            "declared_value_sum_365d."
        ),
        recipe=Ratio(Greatest(DECLARED, "declared_value", 365), DECLARED_365),
        direction=1,
        direction_reason="If the year hangs on one shipment, so does the loan.",
        missing=Phrase("Nothing of value was declared in the year.", "近一年无报关货值。"),
        low=Phrase("No single shipment dominates the year.", "单笔报关占比较低，业务较为分散。"),
        high=Phrase(
            "One shipment made up more of the year's trade than usual.",
            "单笔大额报关占比偏高，业务偶发性较强。",
        ),
        window=365,
    ),
)
