"""Pledge: how much of the stock already secures somebody."""

from features.families.balances import PLEDGES_BY_LENDER, PLEDGES_BY_RECEIPT
from features.families.cargo_value import STOCK_VALUE
from features.feature import Feature, Phrase
from features.nodes.arithmetic import CappedRatio
from features.nodes.balances import Open, Outstanding

_PLEDGED = (
    "Pledged amount of a receipt: sum of amount over pledge `registered` less sum of amount over "
    "`released` and `enforced` with the same receipt, at least 0"
)

FEATURES = (
    Feature(
        name="pledged_amount_now",
        family="pledge",
        unit="fen",
        title=Phrase("Pledged amount", "质押金额"),
        definition=f"Sum over receipts of the pledged amount. {_PLEDGED}.",
        recipe=Outstanding(PLEDGES_BY_RECEIPT),
        direction=0,
        direction_reason="Its size alone follows the size of the trade.",
        missing=Phrase("Never: 0 where nothing is pledged.", "不会缺失：无质押时为0。"),
        low=Phrase("Little is pledged.", "质押金额较低。"),
        high=Phrase("Much is pledged.", "质押金额较高。"),
        permitted_use="policy",
    ),
    Feature(
        name="pledged_share_of_stock_now",
        family="pledge",
        unit="ratio",
        title=Phrase("Pledged amount to stock", "库存质押比例"),
        definition=(
            "min(sum over receipts of the pledged amount / stock_value_now, 10); 0 where nothing "
            f"is pledged, 10 where something is and there is no stock. {_PLEDGED}."
        ),
        recipe=CappedRatio(Outstanding(PLEDGES_BY_RECEIPT), STOCK_VALUE, cap=10),
        direction=1,
        direction_reason="What is pledged already cannot be sold to repay anyone else.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("Most of the stock is free of pledges.", "库存质押比例较低。"),
        high=Phrase(
            "More of the stock is pledged than usual.", "库存质押比例偏高，可用担保物有限。"
        ),
    ),
    Feature(
        name="pledge_lenders_now",
        family="pledge",
        unit="count",
        title=Phrase("Lenders with a pledge", "质权人数量"),
        definition=(
            "Number of lenders for whom sum of amount over pledge `registered` less sum over "
            "`released` and `enforced` is above 0."
        ),
        recipe=Open(PLEDGES_BY_LENDER),
        direction=1,
        direction_reason="Several holders of rights in one stock get in each other's way.",
        missing=Phrase("Never: 0 where nothing is pledged.", "不会缺失：无质押时为0。"),
        low=Phrase("Few lenders hold pledges.", "质权人较少，权利关系清晰。"),
        high=Phrase("Lenders hold pledges on the stock.", "库存存在质权人。"),
    ),
)
