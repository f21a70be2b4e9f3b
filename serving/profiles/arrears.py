"""The worst arrears of two years: a feature of the portrait alone, which no model has seen."""

from features.catalogue import CATALOGUE
from features.families.financing import ANY, LATENESS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Given
from features.nodes.groups import Greatest

ARREARS = Feature(
    name="days_past_due_max_730d",
    family="financing conduct",
    unit="days",
    title=Phrase("Worst days past due in 24 months", "近24个月最大逾期天数"),
    definition=(
        "Greatest days_past_due over financing messages of kinds `days_past_due` and "
        "`instalment_paid` in 730 days; 0 if there is none. Missing where no financing message "
        "stands."
    ),
    recipe=Given(Greatest(LATENESS, "days_past_due", 730), ANY),
    direction=1,
    direction_reason="A credit record covers 24 months of payments.",
    missing=Phrase(
        "No lender has reported anything: a newcomer to credit.",
        "无任何融资报送记录，属首次授信客户。",
    ),
    low=Phrase("Payments of 24 months were never seriously late.", "近24个月无明显逾期。"),
    high=Phrase("A payment was late within 24 months.", "近24个月出现过逾期。"),
    permitted_use="policy",
    window=730,
)
"""Not of the catalogue, whose hash names what models were trained on; so it has no percentile."""

PORTRAYED = (*CATALOGUE.features, ARREARS)
"""Features that are evaluated for a portrait."""
BY_NAME = {feature.name: feature for feature in PORTRAYED}
