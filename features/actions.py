"""What a trader can do for its score: which features an action moves, and how far.

Only what is in an enterprise's own hands is here. Its age and size class, where it sits, market
prices, and how its buyers, its fellows or its warehouses' other clients behave are not; nor is
anything that could be had by declaring goods otherwise than they are.
"""

from dataclasses import dataclass
from typing import Literal

from features.feature import Phrase

Reach = Literal["to", "usual", "more"]


@dataclass(frozen=True)
class Move:
    """How far an action can move one feature.

    Attributes
    ----------
    feature : str
        Its name.
    reach : {"to", "usual", "more"}
        ``to`` a value, up to what is ``usual``, or by so much ``more``.
    value : float
        Of ``to`` and ``more``.
    """

    feature: str
    reach: Reach
    value: float = 0.0


@dataclass(frozen=True)
class Action:
    """Something that a trader can do.

    Attributes
    ----------
    code : str
        A stable word.
    title, advice : Phrase
        What to do, in short and in a sentence.
    moves : tuple of Move
        Features that it moves, all of them at once: those of one recipe over several windows
        belong together.
    """

    code: str
    title: Phrase
    advice: Phrase
    moves: tuple[Move, ...]


def _usual(*features: str) -> tuple[Move, ...]:
    return tuple(Move(feature, "usual") for feature in features)


def _none(*features: str) -> tuple[Move, ...]:
    return tuple(Move(feature, "to", 0.0) for feature in features)


def _whole(*features: str) -> tuple[Move, ...]:
    return tuple(Move(feature, "to", 1.0) for feature in features)


ACTIONS = (
    Action(
        "settle_overdue",
        Phrase("Pay what is overdue", "结清逾期款项"),
        Phrase(
            "Pay the instalments that are past due now.",
            "立即偿还当前已逾期的分期款。",
        ),
        _none("days_past_due_now"),
    ),
    Action(
        "pay_instalments_on_time",
        Phrase("Pay instalments on time", "按期还款"),
        Phrase(
            "Pay every instalment when it falls due, for as long as the past is looked at.",
            "在考察期内按期足额归还每一期款项。",
        ),
        (
            *_none(
                "days_past_due_now",
                "days_past_due_max_90d",
                "days_past_due_max_365d",
                "instalment_late_share_90d",
                "instalment_late_share_365d",
            ),
            *_whole("repaid_to_due_90d"),
        ),
    ),
    Action(
        "draw_less",
        Phrase("Draw less of the facilities", "降低授信使用率"),
        Phrase(
            "Repay part of what is drawn, until utilisation is as is usual.",
            "归还部分用信，使授信使用率降至一般水平。",
        ),
        _usual("utilisation_now", "utilisation_change_90d", "drawn_to_outbound_365d"),
    ),
    Action(
        "pay_suppliers",
        Phrase("Pay suppliers on time", "按期支付货款"),
        Phrase(
            "Pay what is owed to suppliers, and pay them when it falls due.",
            "结清应付货款，并按期支付供应商。",
        ),
        _none("payable_overdue_share_now", "payable_lateness_mean_365d"),
    ),
    Action(
        "release_overlap",
        Phrase("Release overlapping pledges", "解除重复质押"),
        Phrase(
            "Have pledges released that cover the same goods twice or more goods than are stored.",
            "对同一货物的重复质押及超出在库数量的质押办理解押。",
        ),
        (
            *_none(
                "pledge_overlap_share_now", "pledge_lots_two_lenders_now", "repledged_lots_365d"
            ),
            *_whole("lot_pledge_cover_worst_now"),
        ),
    ),
    Action(
        "pledge_less",
        Phrase("Pledge less of the stock", "降低库存质押比例"),
        Phrase(
            "Have goods released from pledge, until as much is pledged as is usual.",
            "对部分在质货物办理解押，使质押比例降至一般水平。",
        ),
        _usual("pledged_share_of_stock_now"),
    ),
    Action(
        "authorise_releases",
        Phrase("Have releases confirmed", "补办放货授权"),
        Phrase(
            "Have the right holders confirm what was released without their order.",
            "请权利人对未经授权的放货补办确认。",
        ),
        _none("releases_unauthorised_now"),
    ),
    Action(
        "keep_custody_clean",
        Phrase("Keep custody free of exceptions", "减少仓储异常事件"),
        Phrase(
            "Settle the exceptions in custody with the warehouse and let no more of them happen "
            "than usual.",
            "会同仓库处理异常事件，并将其频率控制在一般水平以内。",
        ),
        _usual(
            "custody_exception_rate_90d",
            "custody_exception_rate_365d",
            "quantity_short_share_365d",
            "count_mismatch_rate_365d",
            "seal_broken_rate_365d",
            "temperature_excursion_rate_365d",
            "unauthorised_movement_rate_365d",
            "document_mismatch_rate_365d",
        ),
    ),
    Action(
        "have_stock_counted",
        Phrase("Have the stock counted", "安排库存盘点"),
        Phrase(
            "Ask the warehouses to count all goods in custody.",
            "请仓库对全部在库货物进行盘点。",
        ),
        (*_none("days_since_count"), *_whole("counted_share_of_stock_90d")),
    ),
    Action(
        "have_stock_watched",
        Phrase("Have sensors report", "恢复传感器上报"),
        Phrase(
            "Store goods where sensors report, or have those that are silent mended.",
            "将货物存放在传感器正常上报的库区，或修复静默的传感器。",
        ),
        _none("sensor_silence_days_now"),
    ),
    Action(
        "insure_stock",
        Phrase("Insure the stock", "为库存投保"),
        Phrase(
            "Insure all goods in custody for what they are worth.",
            "为全部在库货物足额投保。",
        ),
        _whole("insured_stock_share_now", "insured_amount_share_of_stock_now"),
    ),
    Action(
        "complete_papers",
        Phrase("Complete the papers", "补齐单证"),
        Phrase(
            "Hand in the bills of lading of all goods in custody, and invoice all sales.",
            "补齐全部在库货物的提单，并对全部销售开具发票。",
        ),
        _whole("bill_of_lading_share_of_stock_now", "invoiced_share_of_sales_365d"),
    ),
    Action(
        "declare_with_care",
        Phrase("Declare with more care", "提高报关质量"),
        Phrase(
            "Declare goods so that fewer declarations are amended or detained: no more than usual.",
            "提高报关准确性，使改单及查验扣留不多于一般水平。",
        ),
        _usual(
            "declaration_amended_rate_365d",
            "inspection_amended_rate_365d",
            "inspection_detained_rate_365d",
        ),
    ),
    Action(
        "diversify_buyers",
        Phrase("Sell to more buyers", "分散下游客户"),
        Phrase(
            "Sell to more buyers, until trade hangs on single ones no more than usual.",
            "拓展下游客户，使客户集中度降至一般水平。",
        ),
        _usual(
            "counterparty_herfindahl_365d",
            "counterparty_top_share_365d",
            "receivable_largest_share_now",
        ),
    ),
    Action(
        "diversify_suppliers",
        Phrase("Buy from more suppliers", "分散上游供应商"),
        Phrase(
            "Buy from more suppliers and origins, until trade hangs on single ones no more than "
            "usual.",
            "拓展供应商和原产地，使采购集中度降至一般水平。",
        ),
        _usual("supplier_herfindahl_365d", "origin_herfindahl_365d"),
    ),
    Action(
        "diversify_goods",
        Phrase("Trade in more goods", "分散经营品种"),
        Phrase(
            "Trade in more kinds of goods, until trade hangs on single ones no more than usual.",
            "增加经营品种，使商品集中度降至一般水平。",
        ),
        _usual("commodity_herfindahl_365d", "commodity_top_share_365d"),
    ),
    Action(
        "sell_at_arms_length",
        Phrase("Sell outside the group", "减少关联及循环交易"),
        Phrase(
            "Sell less to related parties and to those it buys from, and buy no sold lot back.",
            "减少对关联方及互为购销方的销售，不再购回已售批次。",
        ),
        (
            *_usual("related_sales_share_365d", "reciprocal_sales_share_365d"),
            *_none("round_trip_lots_365d"),
        ),
    ),
    Action(
        "guarantee_less",
        Phrase("Guarantee less for others", "压降对外担保"),
        Phrase(
            "Have guarantees for others released, until they weigh no more than usual.",
            "解除部分对外担保，使其与注册资本之比降至一般水平。",
        ),
        _usual("guarantees_to_capital_now"),
    ),
    Action(
        "turn_stock_over",
        Phrase("Sell what lies long", "加快存货周转"),
        Phrase(
            "Sell goods that have lain long, until stock turns over as fast as usual.",
            "处置呆滞库存，使存货周转达到一般水平。",
        ),
        _usual(
            "dormant_stock_share_90d",
            "stock_age_mean_now",
            "days_of_stock_90d",
            "turnover_90d",
            "turnover_365d",
        ),
    ),
    Action(
        "spread_trade",
        Phrase("Spread the trade over the year", "均衡全年贸易"),
        Phrase(
            "Bring goods in smaller shipments over the year, as is usual.",
            "均衡安排全年报关，避免集中于单笔或单季。",
        ),
        _usual("declared_peak_share_365d", "declared_value_max_share_365d"),
    ),
    Action(
        "store_under_supervision",
        Phrase("Store more under supervision", "增加监管仓库存"),
        Phrase(
            "Store more of the goods in supervised warehouses, up to what is usual.",
            "将更多货物存入监管仓，达到一般水平。",
        ),
        _usual("stock_value_now"),
    ),
    Action(
        "lengthen_record",
        Phrase("Stay on record for another year", "延长监管记录"),
        Phrase(
            "Go on trading under supervision for twelve more months.",
            "继续在监管下经营十二个月。",
        ),
        (Move("months_on_record", "more", 12.0),),
    ),
)
"""Actions in the order in which they are told where they gain the same."""
