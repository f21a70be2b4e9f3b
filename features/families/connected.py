"""Connected parties: for whom else the enterprise answers."""

from features.families.balances import GUARANTEES
from features.families.customs import REGISTRATIONS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import Ratio
from features.nodes.balances import Outstanding
from features.nodes.windows import Latest

FEATURES = (
    Feature(
        name="guarantees_to_capital_now",
        family="connected parties",
        unit="ratio",
        title=Phrase("Guarantees given to capital", "对外担保与注册资本比"),
        definition=(
            "Sum over references of (sum of amount over enterprise `guarantee_given` less sum "
            "over `guarantee_ended`, at least 0) / registered_capital of the last enterprise "
            "message of kind `registration`."
        ),
        recipe=Ratio(Outstanding(GUARANTEES), Latest(REGISTRATIONS, "registered_capital")),
        direction=1,
        direction_reason="A guarantee is called when it can least be afforded.",
        missing=Phrase(
            "No registration is known, or its capital is 0.", "无工商登记信息，或注册资本为0。"
        ),
        low=Phrase("The enterprise guarantees little for others.", "对外担保较少。"),
        high=Phrase(
            "The enterprise guarantees more than usual for others.",
            "对外担保规模偏大，存在代偿风险。",
        ),
    ),
)
