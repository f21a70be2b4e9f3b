"""Network: how those fare on whom the enterprise depends."""

from features.families.balances import PURCHASES, SALES
from features.families.financing import DAYS_PAST_DUE, DISTRESSED, DISTRESSED_WORDS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import AtLeast
from features.nodes.groups import ShareNamed
from features.nodes.network import MeanAmong, ShareAmong
from features.nodes.windows import Count
from features.recipe import Rows

FAILED = AtLeast(Count(Rows("outcome", (("kind", ("default",)),))), 1)

FEATURES = (
    Feature(
        name="counterparty_distress_share_365d",
        family="network",
        unit="share",
        title=Phrase("Sales to distressed buyers", "对困境客户的销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers that, "
            f"{DISTRESSED_WORDS}."
        ),
        recipe=ShareAmong(SALES, "buyer", "price", 365, DISTRESSED),
        direction=1,
        direction_reason="A buyer's failure reaches its sellers.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("The buyers are in good standing.", "下游客户信用状况正常。"),
        high=Phrase(
            "Part of the sales went to buyers who are in distress.",
            "对已出现逾期或违约客户的销售占比偏高，关注风险传染。",
        ),
        window=365,
    ),
    Feature(
        name="counterparty_days_past_due_mean_365d",
        family="network",
        unit="days",
        title=Phrase("Buyers' days past due", "下游客户平均逾期天数"),
        definition=(
            "Sum over buyers of (share in the price of title `transferred` in 365 days, in whole "
            "parts per million, rounded down) * (the buyer's days past due as of the last midnight "
            "of the port not after T: greatest, over facilities, of days_past_due of the "
            "facility's last financing message of kind `days_past_due` in 62 days; 0 if there is "
            "none) / 10^6."
        ),
        recipe=MeanAmong(SALES, "buyer", "price", 365, DAYS_PAST_DUE),
        direction=1,
        direction_reason="Buyers who are behind with their lenders are behind with their sellers.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("The buyers serve their own loans.", "下游客户还款正常。"),
        high=Phrase(
            "The buyers are behind with their own loans.",
            "下游客户平均逾期天数偏长，关注回款风险。",
        ),
        window=365,
    ),
    Feature(
        name="buyer_failed_share_365d",
        family="network",
        unit="share",
        title=Phrase("Sales to buyers that ever defaulted", "对曾违约客户的销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers about whom, as of the "
            "last midnight of the port not after T, any outcome message of kind `default` (of "
            "whatever default_kind) stands, cured or not."
        ),
        recipe=ShareAmong(SALES, "buyer", "price", 365, FAILED),
        direction=1,
        direction_reason="Who once failed fails more easily, and takes the seller's money along.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("The buyers have no default on record.", "下游客户无违约记录。"),
        high=Phrase(
            "Part of the sales went to buyers with a default on record.",
            "对有违约记录客户的销售占比偏高。",
        ),
        window=365,
    ),
    Feature(
        name="reciprocal_sales_share_365d",
        family="network",
        unit="share",
        title=Phrase("Sales to those it also buys from", "互为购销的销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers that, within the "
            "same 365 days, are themselves the enterprise_id of a title message `transferred` "
            "with the enterprise as buyer."
        ),
        recipe=ShareNamed(SALES, "buyer", "price", 365, PURCHASES, "buyer", 365),
        direction=1,
        direction_reason="Goods that go round between the same hands make turnover, not money.",
        missing=Phrase("Nothing was sold in the year.", "近一年无销售记录。"),
        low=Phrase("It does not buy from those to whom it sells.", "未见与客户互为购销。"),
        high=Phrase(
            "Part of the sales went to those from whom it also buys.",
            "与客户互为购销占比偏高，关注循环贸易。",
        ),
        window=365,
    ),
)
