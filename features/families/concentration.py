"""Concentration: how much hangs on one buyer, supplier, good, country or warehouse."""

from features.families.balances import DECLARED, RECEIVED, SALES
from features.feature import Feature, Phrase
from features.nodes.groups import Herfindahl, TopShare

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
    Feature(
        name="counterparty_top_share_365d",
        family="concentration",
        unit="share",
        title=Phrase("Largest buyer", "最大客户占比"),
        definition=(
            "Largest sum of price of one buyer / sum of price, over title `transferred` in 365 "
            "days."
        ),
        recipe=TopShare(SALES, "buyer", "price", 365),
        direction=1,
        direction_reason="One buyer who leaves or fails takes the trade with it.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("No buyer dominates.", "无单一客户依赖。"),
        high=Phrase(
            "One buyer takes more of the sales than usual.",
            "对单一客户的销售依赖偏高。",
        ),
        window=365,
    ),
    Feature(
        name="commodity_top_share_365d",
        family="concentration",
        unit="share",
        title=Phrase("Largest good", "最大品种占比"),
        definition=(
            "Largest sum of declared_value of one hs_code / sum of declared_value, over "
            "declarations of kind `declared` in 365 days."
        ),
        recipe=TopShare(DECLARED, "hs_code", "declared_value", 365),
        direction=1,
        direction_reason="One price then moves the whole business.",
        missing=Phrase("Nothing of value was declared in the year.", "近一年无报关货值。"),
        low=Phrase("No good dominates.", "无单一品种依赖。"),
        high=Phrase(
            "One good makes up more of the trade than usual.",
            "单一品种占比偏高，价格波动敞口偏大。",
        ),
        window=365,
    ),
    Feature(
        name="supplier_herfindahl_365d",
        family="concentration",
        unit="ratio",
        title=Phrase("Concentration on suppliers", "上游供应商集中度"),
        definition=(
            "Sum over foreign counterparties (declaration.counterparty) of the squared share in "
            f"the declared_value of declarations `declared` in 365 days ({_SHARES}) / 10^12."
        ),
        recipe=Herfindahl(DECLARED, "counterparty", "declared_value", 365),
        direction=1,
        direction_reason="Without its one supplier the enterprise has nothing to sell.",
        missing=Phrase("Nothing of value was declared in the year.", "近一年无报关货值。"),
        low=Phrase("Goods come from several suppliers.", "上游供应商较为分散。"),
        high=Phrase(
            "Goods come from fewer suppliers than usual.",
            "上游供应商较为集中，关注断供风险。",
        ),
        window=365,
    ),
    Feature(
        name="origin_herfindahl_365d",
        family="concentration",
        unit="ratio",
        title=Phrase("Concentration on origins", "原产地集中度"),
        definition=(
            "Sum over countries of origin of the squared share in the declared_value of "
            f"declarations `declared` in 365 days ({_SHARES}) / 10^12."
        ),
        recipe=Herfindahl(DECLARED, "origin", "declared_value", 365),
        direction=1,
        direction_reason="A harvest, a port or a ban of one country then stops the trade.",
        missing=Phrase("Nothing of value was declared in the year.", "近一年无报关货值。"),
        low=Phrase("Goods come from several countries.", "货物原产地较为分散。"),
        high=Phrase(
            "Goods come from fewer countries than usual.",
            "货物原产地较为集中，关注国别与贸易政策风险。",
        ),
        window=365,
    ),
    Feature(
        name="warehouse_herfindahl_365d",
        family="concentration",
        unit="ratio",
        title=Phrase("Concentration on warehouses", "仓库集中度"),
        definition=(
            "Sum over warehouses of the squared share in the quantity of custody `received` in 365 "
            f"days ({_SHARES}) / 10^12."
        ),
        recipe=Herfindahl(RECEIVED, "warehouse", "quantity", 365),
        direction=0,
        direction_reason="One warehouse is easier to watch, and one fault in it touches all goods.",
        missing=Phrase("Nothing was received into custody in the year.", "近一年无入库记录。"),
        low=Phrase("Goods lie in several warehouses.", "货物分散存放于多个仓库。"),
        high=Phrase(
            "Goods lie in fewer warehouses than usual.",
            "货物存放较为集中，依赖单一仓库管理。",
        ),
        window=365,
        pivot=0.75,
    ),
)
