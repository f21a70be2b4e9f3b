"""Network: how those fare on whom the enterprise depends."""

from features.families.balances import SALES
from features.families.financing import DAYS_PAST_DUE, IN_DEFAULT
from features.feature import Feature, Phrase
from features.nodes.arithmetic import AtLeast, Plus
from features.nodes.network import ShareAmong

DISTRESSED = Plus(AtLeast(DAYS_PAST_DUE, 30), IN_DEFAULT)

FEATURES = (
    Feature(
        name="counterparty_distress_share_365d",
        family="network",
        unit="share",
        title=Phrase("Sales to distressed buyers", "对困境客户的销售占比"),
        definition=(
            "Share in the price of title `transferred` in 365 days of buyers that, as of the last "
            "midnight of the port not after T, are in default (default_in_force_now = 1) or whose "
            "days past due (greatest over facilities of the last report in 62 days) are 30 or "
            "more."
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
)
