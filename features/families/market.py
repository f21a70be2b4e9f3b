"""Market: what the prices of the enterprise's own goods did."""

from features.families.balances import STOCK, STOCK_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Change, Ratio
from features.nodes.stock import MarketWorth

FEATURES = (
    Feature(
        name="basket_return_90d",
        family="market",
        unit="ratio",
        title=Phrase("Return of the goods in stock, 90 days", "在库商品近90天价格涨跌"),
        definition=(
            "Sum over lots of floor(stock * market price as of T / 1000) / sum over the same lots "
            "of floor(stock * market price as of T - 90 days / 1000) - 1, over lots whose "
            "commodity has a market price at both. Market price of a commodity: unit_price of the "
            "last valuation of kind `market_price` of its HS code, as known at that time. "
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
)
