"""Concentration: how much hangs on one buyer or one good."""

from features.families.balances import DECLARED, SALES
from features.feature import Feature, Phrase
from features.nodes.groups import Herfindahl

_SHARES = "shares in whole parts per million, rounded down"

FEATURES = (
    Feature(
        name="counterparty_herfindahl_365d",
        family="concentration",
        unit="ratio",
        title=Phrase("Concentration on buyers", "下游客户集中度"),
        definition=(
            "Sum over buyers of the squared share in the price of title `transferred` in 365 days "
            f"({_SHARES}) / 10^12."
        ),
        recipe=Herfindahl(SALES, "buyer", "price", 365),
        direction=1,
        direction_reason="If the one buyer fails, so does the seller.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Sales are spread over many buyers.", "下游客户较为分散。"),
        high=Phrase("Sales hang on fewer buyers than usual.", "下游客户集中度偏高。"),
        window=365,
    ),
    Feature(
        name="commodity_herfindahl_365d",
        family="concentration",
        unit="ratio",
        title=Phrase("Concentration on goods", "商品集中度"),
        definition=(
            "Sum over HS codes of the squared share in the declared_value of declarations "
            f"`declared` in 365 days ({_SHARES}) / 10^12."
        ),
        recipe=Herfindahl(DECLARED, "hs_code", "declared_value", 365),
        direction=1,
        direction_reason="One good's price then decides everything.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Trade is spread over several goods.", "经营品种较为分散。"),
        high=Phrase(
            "Trade hangs on fewer goods than usual.", "经营品种较为集中，价格波动敞口偏大。"
        ),
        window=365,
    ),
)
