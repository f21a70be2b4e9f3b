"""Customs conduct: what customs thinks of the enterprise, and found."""

from features.families.balances import DECLARED, RECEIVED
from features.families.cargo_value import DECLARED_365
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.windows import Count, Latest, Total
from features.recipe import Rows

REGISTRATIONS = Rows("enterprise", (("kind", ("registration",)),))
INSPECTED = Rows("declaration", (("kind", ("inspected",)),))
DETAINED = Rows("declaration", (("kind", ("inspected",)), ("inspection", ("detained",))))
CORRECTED = Rows("declaration", (("kind", ("inspected",)), ("inspection", ("amended",))))
IMPORTED = Rows("declaration", (("kind", ("declared",)), ("direction", ("import",))))
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
    Feature(
        name="inspected_rate_365d",
        family="customs conduct",
        unit="rate",
        title=Phrase("Inspected declarations", "报关查验率"),
        definition=(
            "Number of declarations of kind `inspected` in 365 days / number of kind `declared` in "
            "365 days."
        ),
        recipe=Ratio(Count(INSPECTED, 365), Count(DECLARED, 365)),
        direction=1,
        direction_reason="Customs looks more often where it trusts less.",
        missing=Phrase("Nothing was declared in the year.", "近一年无报关记录。"),
        low=Phrase("Customs inspected few of the declarations.", "报关查验率较低，通关较为顺畅。"),
        high=Phrase("Customs inspected more of the declarations than usual.", "报关查验率偏高。"),
        window=365,
    ),
    Feature(
        name="inspection_amended_rate_365d",
        family="customs conduct",
        unit="rate",
        title=Phrase("Amended after inspection", "查验改单率"),
        definition=(
            "Number of declarations of kind `inspected` with inspection `amended` in 365 days / "
            "number of kind `inspected` in 365 days."
        ),
        recipe=Ratio(Count(CORRECTED, 365), Count(INSPECTED, 365)),
        direction=1,
        direction_reason="Goods that were not as declared put every other declaration in doubt.",
        missing=Phrase("Nothing was inspected in the year.", "近一年无查验记录。"),
        low=Phrase("Inspections bore the declarations out.", "查验结果与申报基本一致。"),
        high=Phrase(
            "Inspections led to amendments more often than usual.", "查验后改单的比例偏高。"
        ),
        window=365,
    ),
    Feature(
        name="received_to_declared_quantity_365d",
        family="customs conduct",
        unit="ratio",
        title=Phrase("Received to declared quantity", "入库与报关数量比"),
        definition=(
            "Sum of quantity over custody messages of kind `received` in 365 days / sum of "
            "first_quantity over declarations of kind `declared` with direction `import` in 365 "
            "days."
        ),
        recipe=Ratio(Total(RECEIVED, "quantity", 365), Total(IMPORTED, "first_quantity", 365)),
        direction=0,
        direction_reason="Goods that never came and goods never declared both speak against it.",
        missing=Phrase("No import was declared in the year.", "近一年无进口报关记录。"),
        low=Phrase("Less was received into custody than was declared.", "入库数量低于报关数量。"),
        high=Phrase("More was received into custody than was declared.", "入库数量高于报关数量。"),
        window=365,
        pivot=1.0,
    ),
    Feature(
        name="agent_share_365d",
        family="customs conduct",
        unit="share",
        title=Phrase("Share imported through agents", "代理报关占比"),
        definition=(
            "Sum of declared_value over declarations of kind `declared` in 365 days that state a "
            "trading_party other than enterprise_id / declared_value_sum_365d."
        ),
        recipe=Ratio(Total(DECLARED, "value_through_agent", 365), DECLARED_365),
        direction=0,
        direction_reason="An agent lends its name and credit: help to some, a screen to others.",
        missing=Phrase("Nothing of value was declared in the year.", "近一年无报关货值。"),
        low=Phrase("The enterprise imports in its own name.", "以自营进口为主。"),
        high=Phrase(
            "More than usual is imported through an agent.",
            "代理进口占比偏高，关注货权归属与代理方资信。",
        ),
        window=365,
        pivot=0.5,
    ),
)
