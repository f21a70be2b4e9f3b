"""Market: what the prices of the enterprise's own goods did."""

from features.families.balances import STOCK, STOCK_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Change, Ratio
from features.nodes.market import BasketDrawdown, BasketVolatility, MarketWorth

MARKET_WORDS = (
    "Market price of a commodity as of a time: unit_price of the last valuation of kind "
    "`market_price` with its hs_code among those that stand as of that time; a lot's commodity is "
    "the one in its cargo code."
)

FEATURES = (
    Feature(
        name="basket_return_90d",
        family="market",
        unit="ratio",
        title=Phrase("Return of the goods in stock, 90 days", "在库商品近90天价格涨跌"),
        definition=(
            "Sum over lots of floor(stock * market price as of T / 1000) / sum over the same lots "
            "of floor(stock * market price as of T - 90 days / 1000) - 1, over lots whose "
            "commodity has a market price at both; missing where the divisor is 0. Market price of "
            "a commodity: unit_price of the valuation of kind `market_price` of its HS code that "
            "occurred last among those known by that time. "
            f"{STOCK_WORDS}."
        ),
        recipe=Change(Ratio(MarketWorth(STOCK, 0, 90), MarketWorth(STOCK, 90, 90))),
        direction=-1,
        direction_reason="Falling prices eat the margin of whoever holds the goods.",
        missing=Phrase("There is no stock with a market price.", "在库商品无可比市场价格。"),
        low=Phrase(
            "The goods in stock have fallen in price.", "在库商品市场价格下跌，存在跌价压力。"
        ),
        high=Phrase("The goods in stock have risen in price.", "在库商品市场价格上涨。"),
        window=90,
        pivot=0.0,
    ),
    Feature(
        name="basket_return_365d",
        family="market",
        unit="ratio",
        title=Phrase("Return of the goods in stock, one year", "在库商品近一年价格涨跌"),
        definition=(
            "Sum over lots of floor(stock * market price as of T / 1000) / sum over the same lots "
            "of floor(stock * market price as of T - 365 days / 1000) - 1, over lots whose "
            f"commodity has a market price at both; missing where the divisor is 0. {MARKET_WORDS} "
            f"{STOCK_WORDS}."
        ),
        recipe=Change(Ratio(MarketWorth(STOCK, 0, 365), MarketWorth(STOCK, 365, 365))),
        direction=-1,
        direction_reason="Goods that lost their price over a year lost their owner's margin too.",
        missing=Phrase(
            "There is no stock with a market price then and now.", "在库商品无可比市场价格。"
        ),
        low=Phrase(
            "The goods in stock cost less than a year ago.",
            "在库商品价格较一年前下跌，存货价值缩水。",
        ),
        high=Phrase("The goods in stock cost more than a year ago.", "在库商品价格较一年前上涨。"),
        window=365,
        pivot=0.0,
    ),
    Feature(
        name="basket_volatility_90d",
        family="market",
        unit="ratio",
        title=Phrase("Weekly volatility of the goods in stock", "在库商品周价格波动率"),
        definition=(
            "Square root of ((r_0^2 + ... + r_12^2) / 13) with r_k = W_k / W_(k+1) - 1 and W_k = "
            "sum over lots of floor(stock as of T * market price as of T - 7k days / 1000), k = 0 "
            "to 13, over lots whose commodity has a market price at all 14 times; missing where "
            f"any W_k is 0. {MARKET_WORDS} {STOCK_WORDS}."
        ),
        recipe=BasketVolatility(STOCK, 13),
        direction=1,
        direction_reason="Goods whose price swings can lose more than the haircut before a sale.",
        missing=Phrase(
            "There is no stock with market prices over 13 weeks.", "在库商品近13周市场价格不完整。"
        ),
        low=Phrase("The goods in stock are steady in price.", "在库商品价格较为平稳。"),
        high=Phrase(
            "The goods in stock swing in price more than usual.",
            "在库商品价格波动偏大，跌破警戒线的风险较高。",
        ),
        window=90,
    ),
    Feature(
        name="basket_drawdown_365d",
        family="market",
        unit="share",
        title=Phrase("Fall of the goods in stock from their peak", "在库商品价格较高点回撤"),
        definition=(
            "1 - W_0 / the greatest of W_0 to W_12, with W_k = sum over lots of floor(stock as of "
            "T * market price as of T - 30k days / 1000), over lots whose commodity has a market "
            f"price at all 13 times; missing where all W_k are 0. {MARKET_WORDS} {STOCK_WORDS}."
        ),
        recipe=BasketDrawdown(STOCK, points=12, days=30),
        direction=1,
        direction_reason="Who bought at the peak sits on a loss that a sale makes real.",
        missing=Phrase(
            "There is no stock with market prices over the year.", "在库商品近一年市场价格不完整。"
        ),
        low=Phrase(
            "The goods in stock stand near their year's highest price.",
            "在库商品价格接近近一年高点。",
        ),
        high=Phrase(
            "The goods in stock have fallen from their year's highest price.",
            "在库商品价格较近一年高点回撤较大，存在浮亏。",
        ),
        window=365,
    ),
)
