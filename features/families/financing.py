"""Financing conduct: how the enterprise has served what it borrowed."""

from features.families.balances import DRAWN, GRANTED, GRANTED_BY_LENDER, SALES
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ago, AtLeast, CappedRatio, Difference, Given, Plus, Ratio
from features.nodes.balances import Open, Outstanding
from features.nodes.groups import Greatest, GreatestLatest
from features.nodes.standing import DaysSinceFirst
from features.nodes.windows import Count, LatestIs, Total
from features.recipe import Rows

ANY = Rows("financing")
REPORTS = Rows("financing", (("kind", ("days_past_due",)),))
LATENESS = Rows("financing", (("kind", ("days_past_due", "instalment_paid")),))
PAID = Rows("financing", (("kind", ("instalment_paid",)),))
DUE = Rows("financing", (("kind", ("instalment_due",)),))
FACILITIES = Rows("financing", (("kind", ("facility",)),))
EASED = Rows("financing", (("kind", ("extended", "restructured")),))
STATES = Rows("outcome", (("kind", ("default", "cure")),))

UTILISATION = Ratio(Outstanding(DRAWN), Outstanding(GRANTED))
DAYS_PAST_DUE = GreatestLatest(REPORTS, "days_past_due", "facility", 62)
CURES = Rows("outcome", (("kind", ("cure",)),))
PROBATION = 365
"""Days without default that a cure needs before it is believed."""
IN_DEFAULT = AtLeast(Plus(LatestIs(STATES, "kind", "default"), Count(CURES, PROBATION)), 1)
DISTRESSED = Plus(AtLeast(DAYS_PAST_DUE, 30), IN_DEFAULT)
DISTRESSED_WORDS = (
    "as of the last midnight of the port not after T, are in default (default_in_force_now = 1) or "
    "whose days past due (greatest over facilities of the last report in 62 days) are 30 or more"
)
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
        recipe=UTILISATION,
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
    Feature(
        name="days_past_due_max_90d",
        family="financing conduct",
        unit="days",
        title=Phrase("Worst days past due in 90 days", "近90天最大逾期天数"),
        definition=(
            "Greatest days_past_due over financing messages of kinds `days_past_due` and "
            "`instalment_paid` in 90 days; 0 if there is none. Missing where no financing message "
            "stands."
        ),
        recipe=Given(Greatest(LATENESS, "days_past_due", 90), ANY),
        direction=1,
        direction_reason="Who was late a moment ago is not yet out of trouble.",
        missing=_NEVER_LENT,
        low=Phrase("Payments were not seriously late of late.", "近90天无明显逾期。"),
        high=Phrase("A payment was late in the last 90 days.", "近90天出现过逾期。"),
        window=90,
    ),
    Feature(
        name="instalment_late_share_90d",
        family="financing conduct",
        unit="share",
        title=Phrase("Instalments paid late of late", "近90天逾期还款笔数占比"),
        definition=(
            "Number of financing messages of kind `instalment_paid` with days_past_due > 0 in 90 "
            "days / number of kind `instalment_paid` in 90 days."
        ),
        recipe=Ratio(Total(PAID, "was_late", 90), Count(PAID, 90)),
        direction=1,
        direction_reason="Lateness that begins is the first sign of strain.",
        missing=Phrase("No instalment was paid in 90 days.", "近90天无还款记录。"),
        low=Phrase("Instalments were paid on time of late.", "近期还款及时。"),
        high=Phrase("Instalments were paid late of late.", "近期逾期还款笔数占比偏高。"),
        window=90,
    ),
    Feature(
        name="facilities_open_now",
        family="financing conduct",
        unit="count",
        title=Phrase("Open facilities", "有效授信笔数"),
        definition=(
            "Number of facilities for which sum of amount over financing `facility` less sum over "
            "`closed` is above 0."
        ),
        recipe=Open(GRANTED),
        direction=0,
        direction_reason="Many facilities are trust to some and patchwork to others.",
        missing=Phrase("Never: 0 where none is open.", "不会缺失：无有效授信时为0。"),
        low=Phrase("Few facilities are open.", "有效授信笔数较少。"),
        high=Phrase("More facilities are open than usual.", "有效授信笔数偏多。"),
        pivot=1.5,
    ),
    Feature(
        name="lenders_open_now",
        family="financing conduct",
        unit="count",
        title=Phrase("Lenders with an open facility", "授信机构数量"),
        definition=(
            "Number of lenders for whom sum of amount over financing `facility` less sum over "
            "`closed` is above 0."
        ),
        recipe=Open(GRANTED_BY_LENDER),
        direction=0,
        direction_reason="Several lenders share the risk, and know less of each other's claims.",
        missing=Phrase("Never: 0 where no facility is open.", "不会缺失：无有效授信时为0。"),
        low=Phrase("Few lenders have granted credit.", "授信机构较少。"),
        high=Phrase("More lenders than usual have granted credit.", "授信机构偏多，关注多头授信。"),
        pivot=1.5,
    ),
    Feature(
        name="renewals_365d",
        family="financing conduct",
        unit="count",
        title=Phrase("Facilities renewed", "续授信次数"),
        definition=(
            "Number of financing messages of kind `facility` that state renewed_from in 365 days."
        ),
        recipe=Total(FACILITIES, "is_renewal", 365),
        direction=0,
        direction_reason="A renewal is a lender's trust, or a lender's lack of a way out.",
        missing=Phrase("Never: 0 where none was renewed.", "不会缺失：无续授信时为0。"),
        low=Phrase("No facility was renewed in the year.", "近一年未续授信。"),
        high=Phrase("Facilities were renewed in the year.", "近一年有续授信记录。"),
        window=365,
        pivot=0.5,
    ),
    Feature(
        name="extended_or_restructured_365d",
        family="financing conduct",
        unit="count",
        title=Phrase("Extensions and restructurings", "展期与重组次数"),
        definition=(
            "Number of financing messages of kinds `extended` and `restructured` in 365 days."
        ),
        recipe=Count(EASED, 365),
        direction=1,
        direction_reason="Who needs more time did not earn enough in the time agreed.",
        missing=Phrase("Never: 0 where there was none.", "不会缺失：无展期与重组时为0。"),
        low=Phrase("Loans were repaid as agreed at first.", "贷款按原定期限偿还。"),
        high=Phrase("Loans were extended or restructured.", "近一年发生贷款展期或重组。"),
        window=365,
    ),
    Feature(
        name="utilisation_change_90d",
        family="financing conduct",
        unit="ratio",
        title=Phrase("Change of utilisation in 90 days", "近90天授信使用率变化"),
        definition=(
            "utilisation_now - utilisation_now as of T - 90 days, the latter knowing only what was "
            "known then."
        ),
        recipe=Difference(UTILISATION, Ago(UTILISATION, 90)),
        direction=1,
        direction_reason="Facilities are drawn when other money dries up.",
        missing=Phrase("No facility is open, or none was 90 days ago.", "当前或90天前无有效授信。"),
        low=Phrase("Less of the facilities is drawn than 90 days ago.", "授信使用率较90天前下降。"),
        high=Phrase(
            "More of the facilities is drawn than 90 days ago.", "授信使用率较90天前上升。"
        ),
        window=90,
        pivot=0.0,
    ),
    Feature(
        name="repaid_to_due_90d",
        family="financing conduct",
        unit="ratio",
        title=Phrase("Repaid to due", "还款与应还比"),
        definition=(
            "Sum of amount over financing `instalment_paid` in 90 days / sum of amount over "
            "financing `instalment_due` in 90 days (both by occurred_at)."
        ),
        recipe=Ratio(Total(PAID, "amount", 90), Total(DUE, "amount", 90)),
        direction=-1,
        direction_reason="What is due and not paid is the beginning of arrears.",
        missing=Phrase("Nothing fell due in 90 days.", "近90天无到期应还款项。"),
        low=Phrase("Less was repaid than fell due.", "近期还款少于应还款项。"),
        high=Phrase("What fell due was repaid.", "近期应还款项已足额偿还。"),
        window=90,
    ),
    Feature(
        name="drawn_to_outbound_365d",
        family="financing conduct",
        unit="ratio",
        title=Phrase("Drawn amount to a year's sales", "用信余额与年销售比"),
        definition=(
            "min(drawn_amount_now / sum of price over title `transferred` in 365 days, 10); 0 "
            "where nothing is drawn, 10 where something is and nothing was sold."
        ),
        recipe=CappedRatio(Outstanding(DRAWN), Total(SALES, "price", 365), cap=10),
        direction=1,
        direction_reason="Loans are repaid from sales.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("Sales exceed what is drawn by far.", "销售对用信余额覆盖充足。"),
        high=Phrase(
            "More is drawn against a year's sales than usual.",
            "用信余额相对销售规模偏高，还款来源覆盖不足。",
        ),
        window=365,
    ),
    Feature(
        name="days_since_first_facility",
        family="financing conduct",
        unit="days",
        title=Phrase("Days since the first facility", "首次授信距今天数"),
        definition=(
            "floor((T - least occurred_at of a financing message of kind `facility`) / 1 day)."
        ),
        recipe=DaysSinceFirst(FACILITIES),
        direction=-1,
        direction_reason="Who has borrowed long has been looked at often.",
        missing=Phrase("No facility is on record.", "无授信记录。"),
        low=Phrase("The enterprise began to borrow not long ago.", "首次授信时间较近。"),
        high=Phrase("The enterprise has long had credit.", "授信历史较长。"),
    ),
)
