"""Financing conduct: how the enterprise has served what it borrowed."""

from features.families.balances import DRAWN, GRANTED
from features.feature import Feature, Phrase
from features.nodes.arithmetic import AtLeast, Given, Plus, Ratio
from features.nodes.balances import Outstanding
from features.nodes.groups import Greatest, GreatestLatest
from features.nodes.windows import Count, LatestIs, Total
from features.recipe import Rows

ANY = Rows("financing")
REPORTS = Rows("financing", (("kind", ("days_past_due",)),))
LATENESS = Rows("financing", (("kind", ("days_past_due", "instalment_paid")),))
PAID = Rows("financing", (("kind", ("instalment_paid",)),))
STATES = Rows("outcome", (("kind", ("default", "cure")),))

DAYS_PAST_DUE = GreatestLatest(REPORTS, "days_past_due", "facility", 62)
CURES = Rows("outcome", (("kind", ("cure",)),))
PROBATION = 365
"""Days without default that a cure needs before it is believed."""
IN_DEFAULT = AtLeast(Plus(LatestIs(STATES, "kind", "default"), Count(CURES, PROBATION)), 1)
_NEVER_LENT = Phrase(
    "No lender has reported anything: a newcomer to credit.",
    "无任何融资报送记录，属首次授信客户。",
)

FEATURES = (
    Feature(
        name="days_past_due_now",
        family="financing conduct",
        unit="days",
        title=Phrase("Days past due", "当前逾期天数"),
        definition=(
            "Greatest, over facilities, of days_past_due of the facility's last financing message "
            "of kind `days_past_due` in 62 days; 0 if there is none."
        ),
        recipe=Given(DAYS_PAST_DUE, ANY),
        direction=1,
        direction_reason="Arrears come before default.",
        missing=_NEVER_LENT,
        low=Phrase("Nothing is past due.", "当前无逾期。"),
        high=Phrase("A payment is past due.", "当前存在逾期。"),
        window=62,
    ),
    Feature(
        name="days_past_due_max_365d",
        family="financing conduct",
        unit="days",
        title=Phrase("Worst days past due in the year", "近一年最大逾期天数"),
        definition=(
            "Greatest days_past_due over financing messages of kinds `days_past_due` and "
            "`instalment_paid` in 365 days; 0 if there is none."
        ),
        recipe=Given(Greatest(LATENESS, "days_past_due", 365), ANY),
        direction=1,
        direction_reason="Who was late before is late again.",
        missing=_NEVER_LENT,
        low=Phrase("Payments were never seriously late.", "近一年无明显逾期。"),
        high=Phrase("A payment was late in the year.", "近一年出现过逾期。"),
        window=365,
    ),
    Feature(
        name="instalment_late_share_365d",
        family="financing conduct",
        unit="share",
        title=Phrase("Instalments paid late", "逾期还款笔数占比"),
        definition=(
            "Number of financing messages of kind `instalment_paid` with days_past_due > 0 in 365 "
            "days / number of kind `instalment_paid` in 365 days."
        ),
        recipe=Ratio(Total(PAID, "was_late", 365), Count(PAID, 365)),
        direction=1,
        direction_reason="Habitual lateness is strain that has not yet become arrears.",
        missing=Phrase("No instalment was paid in the year.", "近一年无还款记录。"),
        low=Phrase("Instalments were paid on time.", "还款及时。"),
        high=Phrase("Instalments were paid late.", "逾期还款笔数占比偏高。"),
        window=365,
    ),
    Feature(
        name="utilisation_now",
        family="financing conduct",
        unit="ratio",
        title=Phrase("Utilisation of facilities", "授信使用率"),
        definition=(
            "Drawn: per facility sum of amount over financing `drawn` less sum over "
            "`instalment_paid`, at least 0. Granted: per facility sum of amount over `facility` "
            "less sum over `closed`, at least 0. Sum of drawn / sum of granted."
        ),
        recipe=Ratio(Outstanding(DRAWN), Outstanding(GRANTED)),
        direction=1,
        direction_reason="Who has drawn everything has nothing left for a bad month.",
        missing=Phrase("No facility is open.", "当前无有效授信。"),
        low=Phrase("Facilities are little used.", "授信使用率较低，备付空间充足。"),
        high=Phrase(
            "More of the facilities is drawn than usual.", "授信使用率偏高，备付空间有限。"
        ),
    ),
    Feature(
        name="drawn_amount_now",
        family="financing conduct",
        unit="fen",
        title=Phrase("Drawn amount at all lenders", "全口径用信余额"),
        definition=(
            "Sum over facilities of (sum of amount over financing `drawn` less sum over "
            "`instalment_paid`, at least 0)."
        ),
        recipe=Outstanding(DRAWN),
        direction=0,
        direction_reason="Its size alone follows the size of the trade.",
        missing=Phrase("Never: 0 where nothing is drawn.", "不会缺失：无用信时为0。"),
        low=Phrase("Little is drawn.", "用信余额较低。"),
        high=Phrase("Much is drawn.", "用信余额较高。"),
        permitted_use="policy",
    ),
    Feature(
        name="default_in_force_now",
        family="financing conduct",
        unit="flag",
        title=Phrase("In default", "违约状态"),
        definition=(
            "1 if the last outcome message of kind `default` or `cure` is of kind `default`, or "
            "if any of kind `cure` occurred in 365 days (the probation), else 0."
        ),
        recipe=IN_DEFAULT,
        direction=1,
        direction_reason="Default is what is predicted: it is told, not scored.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("Not in default.", "未处于违约状态。"),
        high=Phrase("In default.", "处于违约状态。"),
        permitted_use="policy",
    ),
)
