"""Pledge: how much of the stock already secures somebody."""

from features.families.balances import (
    PLEDGED,
    PLEDGED_QUANTITY,
    PLEDGED_TO_LENDER,
    PLEDGES_BY_LENDER,
    PLEDGES_BY_RECEIPT,
    STOCK,
    STOCK_WORDS,
)
from features.families.cargo_value import STOCK_VALUE
from features.feature import Feature, Phrase
from features.nodes.arithmetic import CappedRatio, Ratio
from features.nodes.balances import (
    Above,
    Balance,
    Flow,
    Open,
    Outstanding,
    OutstandingWith,
    SharedKeys,
    WorstCover,
)
from features.nodes.groups import Groups
from features.nodes.windows import Count, Total
from features.recipe import Rows

DYNAMIC = Rows("pledge", (("kind", ("registered",)), ("form", ("dynamic",))))
ENFORCED = Rows("pledge", (("kind", ("enforced",)),))
UNAUTHORISED = Balance(
    adds=(Flow(Rows("pledge", (("kind", ("released",)),)), "each"),),
    takes=(Flow(Rows("pledge", (("kind", ("authorised",)),)), "each"),),
    key="receipt",
)

_PLEDGED = (
    "Pledged amount of a receipt: sum of amount over pledge `registered` less sum of amount over "
    "`released` and `enforced` with the same receipt, at least 0"
)
_PLEDGED_LOT = (
    "Pledged quantity of a lot: sum of quantity over pledge `registered` less sum of quantity over "
    "`released` and `enforced` with the same cargo_code, at least 0"
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
    Feature(
        name="lot_pledge_cover_worst_now",
        family="pledge",
        unit="ratio",
        title=Phrase("Worst pledged to stored quantity of a lot", "单批次最高质押与在库数量比"),
        definition=(
            "Greatest, over lots with a pledged quantity above 0, of min(pledged quantity / stock "
            "of the lot, 10), which is 10 where its stock is 0; 0 where nothing is pledged. "
            f"{_PLEDGED_LOT}. {STOCK_WORDS}."
        ),
        recipe=WorstCover(PLEDGED_QUANTITY, STOCK, cap=10),
        direction=1,
        direction_reason="One lot pledged beyond what lies there can be the whole loss.",
        missing=Phrase("Never: 0 where nothing is pledged.", "不会缺失：无质押时为0。"),
        low=Phrase("Every pledged lot is there.", "各质押批次在库数量充足。"),
        high=Phrase(
            "A lot is pledged up to or beyond what lies in storage.",
            "存在质押数量接近或超过在库数量的批次，关注货物短少或重复质押。",
        ),
    ),
    Feature(
        name="pledge_overlap_share_now",
        family="pledge",
        unit="share",
        title=Phrase("Pledged beyond stock", "超额质押占比"),
        definition=(
            "Sum over lots of max(0, pledged quantity - stock of the lot) / sum over lots of "
            f"pledged quantity. {_PLEDGED_LOT}. {STOCK_WORDS}."
        ),
        recipe=Ratio(Above(PLEDGED_QUANTITY, STOCK), Outstanding(PLEDGED_QUANTITY)),
        direction=1,
        direction_reason="A pledge without goods behind it secures nothing.",
        missing=Phrase("Nothing is pledged.", "当前无质押。"),
        low=Phrase("Goods lie behind the pledges.", "质押货物在库充足。"),
        high=Phrase(
            "More is pledged than lies in storage.",
            "质押数量超过在库数量，存在重复质押或货物短少风险。",
        ),
    ),
    Feature(
        name="repledged_lots_365d",
        family="pledge",
        unit="count",
        title=Phrase("Lots pledged more than once", "多次质押批次数"),
        definition=(
            "Number of lots (cargo_code) with two or more pledge messages of kind `registered` in "
            "365 days."
        ),
        recipe=Groups(PLEDGED, "cargo_code", 2, 365),
        direction=1,
        direction_reason="Goods that are pledged again and again are not being sold.",
        missing=Phrase("Never: 0 where nothing was pledged.", "不会缺失：无质押登记时为0。"),
        low=Phrase("Lots were pledged once at most.", "批次未见多次质押。"),
        high=Phrase("Lots were pledged more than once in the year.", "近一年多次质押的批次偏多。"),
        window=365,
    ),
    Feature(
        name="pledge_lots_two_lenders_now",
        family="pledge",
        unit="count",
        title=Phrase("Lots pledged to several lenders", "向多家质押的批次数"),
        definition=(
            "Number of lots (cargo_code) with two or more lenders for whom sum of quantity over "
            "pledge `registered` less sum over `released` and `enforced` of that lot is above 0."
        ),
        recipe=SharedKeys(PLEDGED_TO_LENDER),
        direction=1,
        direction_reason="Two lenders who rely on one lot cannot both be right.",
        missing=Phrase("Never: 0 where nothing is pledged.", "不会缺失：无质押时为0。"),
        low=Phrase("No lot is pledged to several lenders.", "无同一批次向多家质押的情形。"),
        high=Phrase(
            "Lots are pledged to several lenders at once.",
            "存在同一批次向多家机构质押的情形，关注重复质押。",
        ),
    ),
    Feature(
        name="releases_unauthorised_now",
        family="pledge",
        unit="count",
        title=Phrase("Releases without authorisation", "未经授权的解押放货次数"),
        definition=(
            "Sum over receipts of max(0, number of pledge `released` less number of pledge "
            "`authorised` with the same receipt)."
        ),
        recipe=Outstanding(UNAUTHORISED),
        direction=1,
        direction_reason="Goods let go without the holder's word were not his to rely on.",
        missing=Phrase("Never: 0 where nothing was released.", "不会缺失：无解押放货时为0。"),
        low=Phrase("Every release was authorised.", "解押放货均经质权人授权。"),
        high=Phrase(
            "Pledged goods were released without authorisation on record.",
            "存在未见质权人授权记录的解押放货。",
        ),
    ),
    Feature(
        name="enforced_count_365d",
        family="pledge",
        unit="count",
        title=Phrase("Pledges enforced", "质押处置次数"),
        definition="Number of pledge messages of kind `enforced` in 365 days.",
        recipe=Count(ENFORCED, 365),
        direction=1,
        direction_reason="A lender sells the goods only where it has given up waiting.",
        missing=Phrase("Never: 0 where nothing was enforced.", "不会缺失：无处置时为0。"),
        low=Phrase("No pledge was enforced.", "近一年无质押处置。"),
        high=Phrase("Lenders enforced pledges in the year.", "近一年发生质押物处置。"),
        window=365,
    ),
    Feature(
        name="pledged_quantity_pace_90d_365d",
        family="pledge",
        unit="ratio",
        title=Phrase("Pace of pledging", "质押登记节奏"),
        definition=(
            "(365 * sum of quantity over pledge `registered` in 90 days) / (90 * the same sum in "
            "365 days)."
        ),
        recipe=Ratio(
            Total(PLEDGED, "quantity", 90), Total(PLEDGED, "quantity", 365), times=365, over=90
        ),
        direction=0,
        direction_reason="More pledging is growth to some and need to others.",
        missing=Phrase("Nothing was pledged in the year.", "近一年无质押登记。"),
        low=Phrase("Less was pledged of late than over the year.", "近期质押登记较全年放缓。"),
        high=Phrase("More was pledged of late than over the year.", "近期质押登记较全年加快。"),
        window=365,
        pivot=1.0,
    ),
    Feature(
        name="dynamic_pledge_share_now",
        family="pledge",
        unit="share",
        title=Phrase("Share of dynamic pledges", "动态质押占比"),
        definition=(
            "Pledged amount of the receipts of which any pledge `registered` with form `dynamic` "
            f"stands / pledged amount of all receipts. {_PLEDGED}."
        ),
        recipe=Ratio(OutstandingWith(PLEDGES_BY_RECEIPT, DYNAMIC), Outstanding(PLEDGES_BY_RECEIPT)),
        direction=0,
        direction_reason="Goods that may be exchanged serve the trade, and are harder to watch.",
        missing=Phrase("Nothing is pledged.", "当前无质押。"),
        low=Phrase("Pledges are mostly of goods that stay.", "以静态质押为主。"),
        high=Phrase(
            "More of the pledges than usual are of goods that may be exchanged.",
            "动态质押占比偏高，关注最低库存控制。",
        ),
        pivot=0.5,
    ),
)
