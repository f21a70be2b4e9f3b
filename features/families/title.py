"""Title and receivables: whether buyers pay, and when."""

from features.families.balances import PAYMENTS, RECEIVABLES
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.balances import Outstanding, Overdue
from features.nodes.windows import Count, Total

FEATURES = (
    Feature(
        name="receivable_overdue_share_now",
        family="title and receivables",
        unit="share",
        title=Phrase("Overdue share of receivables", "应收账款逾期占比"),
        definition=(
            "Open amount of a sale: sum of price over title `transferred` less sum of price over "
            "title `paid` with the same number, at least 0. Open amount of sales with a "
            "`transferred` message whose due_at <= T / open amount of all sales."
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
        recipe=Ratio(Total(PAYMENTS, "days_late", 365), Count(PAYMENTS, 365)),
        direction=1,
        direction_reason="Late buyers make late borrowers.",
        missing=Phrase("No payment was received in the year.", "近一年未收到下游付款。"),
        low=Phrase("Buyers paid nearly on time.", "下游付款较为及时。"),
        high=Phrase("Buyers paid late.", "下游平均付款延迟偏长。"),
        window=365,
    ),
)
