"""Title and receivables: whether buyers pay, and when."""

from features.families.balances import (
    BOUGHT_IN_STORAGE,
    PAYABLES,
    PAYMENTS,
    PURCHASE_PAYMENTS,
    RECEIVABLES,
    RECEIVABLES_BY_BUYER,
    SALES,
    SOLD_IN_STORAGE,
)
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Difference, Ratio
from features.nodes.balances import LargestShare, Outstanding, Overdue
from features.nodes.groups import RoundTrips
from features.nodes.windows import Count, Total

SOLD_365 = Total(SALES, "price", 365)
_LATENESS_90 = Ratio(Total(PAYMENTS, "days_late", 90), Count(PAYMENTS, 90))
_LATENESS_365 = Ratio(Total(PAYMENTS, "days_late", 365), Count(PAYMENTS, 365))
_OPEN_SALE = (
    "Open amount of a sale: sum of price over title `transferred` less sum of price over title "
    "`paid` with the same number, at least 0"
)

FEATURES = (
    Feature(
        name="receivable_overdue_share_now",
        family="title and receivables",
        unit="share",
        title=Phrase("Overdue share of receivables", "应收账款逾期占比"),
        definition=(
            f"{_OPEN_SALE}. Open amount of sales with a `transferred` message whose due_at <= T / "
            "open amount of all sales."
        ),
        recipe=Ratio(Overdue(RECEIVABLES, "due_at"), Outstanding(RECEIVABLES)),
        direction=1,
        direction_reason="Who is not paid cannot pay.",
        missing=Phrase("Nobody owes the enterprise anything.", "当前无应收账款。"),
        low=Phrase("Buyers pay when due.", "下游回款正常，应收账款逾期较少。"),
        high=Phrase("Buyers owe what is already due.", "应收账款逾期占比偏高，回款承压。"),
    ),
    Feature(
        name="payment_lateness_mean_365d",
        family="title and receivables",
        unit="days",
        title=Phrase("Average lateness of buyers' payments", "下游平均付款延迟天数"),
        definition=(
            "Sum over title messages of kind `paid` in 365 days of max(0, floor((occurred_at - "
            "due_at) / 1 day)) / their number."
        ),
        recipe=_LATENESS_365,
        direction=1,
        direction_reason="Late buyers make late borrowers.",
        missing=Phrase("No payment was received in the year.", "近一年未收到下游付款。"),
        low=Phrase("Buyers paid nearly on time.", "下游付款较为及时。"),
        high=Phrase("Buyers paid late.", "下游平均付款延迟偏长。"),
        window=365,
    ),
    Feature(
        name="days_sales_outstanding_365d",
        family="title and receivables",
        unit="days",
        title=Phrase("Days sales outstanding", "应收账款周转天数"),
        definition=(
            "365 * open amount of all sales / sum of price over title `transferred` in 365 days. "
            f"{_OPEN_SALE}."
        ),
        recipe=Ratio(Outstanding(RECEIVABLES), SOLD_365, times=365),
        direction=1,
        direction_reason="Money that buyers hold is lent to them, and is lost first.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("Sales soon turn into money.", "应收账款周转较快。"),
        high=Phrase("Sales turn into money more slowly than usual.", "应收账款周转天数偏长。"),
        window=365,
    ),
    Feature(
        name="payment_late_share_365d",
        family="title and receivables",
        unit="share",
        title=Phrase("Buyers' late payments", "下游逾期付款笔数占比"),
        definition=(
            "Number of title messages of kind `paid` in 365 days with floor((occurred_at - "
            "due_at) / 1 day) >= 1 / number of kind `paid` in 365 days."
        ),
        recipe=Ratio(Total(PAYMENTS, "paid_late", 365), Count(PAYMENTS, 365)),
        direction=1,
        direction_reason="Many late payments are a habit of the buyers, one is an accident.",
        missing=Phrase("No payment was received in the year.", "近一年未收到下游付款。"),
        low=Phrase("Few payments came late.", "下游逾期付款较少。"),
        high=Phrase("More payments than usual came late.", "下游逾期付款笔数占比偏高。"),
        window=365,
    ),
    Feature(
        name="payment_lateness_mean_90d",
        family="title and receivables",
        unit="days",
        title=Phrase("Average lateness of recent payments", "近90天下游平均付款延迟天数"),
        definition=(
            "Sum over title messages of kind `paid` in 90 days of max(0, floor((occurred_at - "
            "due_at) / 1 day)) / their number."
        ),
        recipe=_LATENESS_90,
        direction=1,
        direction_reason="Buyers who pay late now leave the seller short now.",
        missing=Phrase("No payment was received in 90 days.", "近90天未收到下游付款。"),
        low=Phrase("Buyers paid nearly on time of late.", "近期下游付款较为及时。"),
        high=Phrase("Buyers paid late of late.", "近期下游付款延迟偏长。"),
        window=90,
    ),
    Feature(
        name="payment_lateness_change_90d_365d",
        family="title and receivables",
        unit="days",
        title=Phrase("Change of buyers' lateness", "下游付款延迟变化"),
        definition="payment_lateness_mean_90d - payment_lateness_mean_365d.",
        recipe=Difference(_LATENESS_90, _LATENESS_365),
        direction=1,
        direction_reason="Buyers who slow down are in trouble, or no longer content.",
        missing=Phrase("No payment was received in 90 days.", "近90天未收到下游付款。"),
        low=Phrase("Buyers pay sooner than over the year.", "近期下游付款较全年加快。"),
        high=Phrase("Buyers pay later than over the year.", "近期下游付款较全年放缓。"),
        window=365,
        pivot=0.0,
    ),
    Feature(
        name="receivable_largest_share_now",
        family="title and receivables",
        unit="share",
        title=Phrase("Largest debtor's share of receivables", "最大应收账款客户占比"),
        definition=(
            "Open amount of a buyer: sum of price over title `transferred` to it less sum of price "
            "over title `paid` by it (the messages that name it as buyer), at least 0. Largest "
            "open amount of a buyer / sum of the open amounts of all buyers."
        ),
        recipe=LargestShare(RECEIVABLES_BY_BUYER),
        direction=1,
        direction_reason="If the one debtor fails, most of the money owed is gone.",
        missing=Phrase("Nobody owes the enterprise anything.", "当前无应收账款。"),
        low=Phrase("Receivables are spread over many buyers.", "应收账款较为分散。"),
        high=Phrase(
            "One buyer owes more of the receivables than usual.",
            "应收账款集中于单一客户，回款依赖度偏高。",
        ),
    ),
    Feature(
        name="receivable_overdue_30d_share_now",
        family="title and receivables",
        unit="share",
        title=Phrase("Receivables overdue by 30 days", "逾期30天以上应收账款占比"),
        definition=(
            "Open amount of sales with a `transferred` message whose due_at + 30 days <= T / open "
            f"amount of all sales. {_OPEN_SALE}."
        ),
        recipe=Ratio(Overdue(RECEIVABLES, "due_at", 30), Outstanding(RECEIVABLES)),
        direction=1,
        direction_reason="What is a month late may never come.",
        missing=Phrase("Nobody owes the enterprise anything.", "当前无应收账款。"),
        low=Phrase("Hardly any receivable is a month late.", "逾期30天以上应收账款较少。"),
        high=Phrase(
            "Buyers owe what was due more than a month ago.",
            "逾期30天以上应收账款占比偏高，存在坏账风险。",
        ),
        window=30,
    ),
    Feature(
        name="payable_overdue_share_now",
        family="title and receivables",
        unit="share",
        title=Phrase("Overdue share of payables", "应付账款逾期占比"),
        definition=(
            "Over title messages that name the enterprise as buyer: open amount of a purchase is "
            "sum of price over `transferred` less sum of price over `paid` with the same number, "
            "at least 0. Open amount of purchases with a `transferred` message whose due_at <= T "
            "/ open amount of all purchases."
        ),
        recipe=Ratio(Overdue(PAYABLES, "due_at"), Outstanding(PAYABLES)),
        direction=1,
        direction_reason="Who lets sellers wait lets lenders wait next.",
        missing=Phrase(
            "The enterprise owes no seller on record anything.", "当前无有记录的应付货款。"
        ),
        low=Phrase("Sellers are paid when due.", "应付货款按期支付。"),
        high=Phrase("Sellers are owed what is already due.", "应付货款逾期占比偏高，资金偏紧。"),
    ),
    Feature(
        name="payable_lateness_mean_365d",
        family="title and receivables",
        unit="days",
        title=Phrase("Average lateness of its own payments", "自身平均付款延迟天数"),
        definition=(
            "Sum over title messages of kind `paid` in 365 days that name the enterprise as buyer "
            "of max(0, floor((occurred_at - due_at) / 1 day)) / their number."
        ),
        recipe=Ratio(Total(PURCHASE_PAYMENTS, "days_late", 365), Count(PURCHASE_PAYMENTS, 365)),
        direction=1,
        direction_reason="Trade credit is the first that a firm in need stretches.",
        missing=Phrase(
            "The enterprise paid no seller on record in the year.", "近一年无有记录的货款支付。"
        ),
        low=Phrase("It paid sellers nearly on time.", "对上游付款较为及时。"),
        high=Phrase("It paid sellers late.", "对上游平均付款延迟偏长。"),
        window=365,
    ),
    Feature(
        name="round_trip_lots_365d",
        family="title and receivables",
        unit="count",
        title=Phrase("Lots sold and bought again", "售出后又购回的批次数"),
        definition=(
            "Number of lots (cargo_code) for which the last title `transferred` in storage that "
            "names the enterprise as buyer occurred after the first title `transferred` in "
            "storage by it (occurred_at strictly greater), both in 365 days."
        ),
        recipe=RoundTrips(SOLD_IN_STORAGE, BOUGHT_IN_STORAGE, "cargo_code", 365),
        direction=1,
        direction_reason="Goods that come back were sold to make turnover, not money.",
        missing=Phrase("Never: 0 where no lot came back.", "不会缺失：无购回时为0。"),
        low=Phrase("What was sold stayed sold.", "未见售出货物购回。"),
        high=Phrase(
            "Lots that were sold were bought again.", "存在售出后又购回的批次，关注虚增贸易。"
        ),
        window=365,
    ),
)
