"""Customs conduct: what customs thinks of the enterprise, and found."""

from features.families.balances import DECLARED
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.windows import Count, Latest
from features.recipe import Rows

REGISTRATIONS = Rows("enterprise", (("kind", ("registration",)),))
INSPECTED = Rows("declaration", (("kind", ("inspected",)),))
DETAINED = Rows("declaration", (("kind", ("inspected",)), ("inspection", ("detained",))))
AMENDED = Rows("declaration", (("kind", ("amended",)),))

FEATURES = (
    Feature(
        name="customs_credit_grade_now",
        family="customs conduct",
        unit="grade",
        title=Phrase("Customs credit grade", "海关信用等级"),
        definition=(
            "customs_credit_grade of the last enterprise message of kind `registration`: "
            "0 advanced, 1 registered, 2 dishonest."
        ),
        recipe=Latest(REGISTRATIONS, "customs_credit_grade"),
        direction=1,
        direction_reason="Customs grades conduct over years.",
        missing=Phrase(
            "No registration is known, or it states no grade.", "无登记信息，或未载明海关信用等级。"
        ),
        low=Phrase("Customs grades the enterprise well.", "海关信用等级较高。"),
        high=Phrase(
            "Customs does not give the enterprise its best grade.", "海关信用等级未达最优。"
        ),
    ),
    Feature(
        name="inspection_detained_rate_365d",
        family="customs conduct",
        unit="rate",
        title=Phrase("Detained of inspected", "查验扣留率"),
        definition=(
            "Number of declarations of kind `inspected` with inspection `detained` in 365 days / "
            "number of kind `inspected` in 365 days."
        ),
        recipe=Ratio(Count(DETAINED, 365), Count(INSPECTED, 365)),
        direction=1,
        direction_reason="Detained goods earn nothing, and were not what was declared.",
        missing=Phrase("Nothing was inspected in the year.", "近一年无查验记录。"),
        low=Phrase("Inspections found nothing to detain.", "查验未见扣留。"),
        high=Phrase("Inspections led to detention.", "查验后被扣留的比例偏高。"),
        window=365,
    ),
    Feature(
        name="declaration_amended_rate_365d",
        family="customs conduct",
        unit="rate",
        title=Phrase("Amended declarations", "报关单修改率"),
        definition=(
            "Number of declarations of kind `amended` in 365 days / number of kind `declared` in "
            "365 days."
        ),
        recipe=Ratio(Count(AMENDED, 365), Count(DECLARED, 365)),
        direction=1,
        direction_reason="What must be amended was declared without care.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Declarations seldom needed amending.", "报关单较少修改。"),
        high=Phrase("Declarations were amended more often than usual.", "报关单修改偏多。"),
        window=365,
    ),
)
