"""Standing: how long the enterprise has been known, and to whom it is linked."""

from features.feature import Feature, Phrase
from features.nodes.standing import MonthsKnown
from features.nodes.windows import Latest
from features.recipe import Rows

CORE_LINKS = Rows("enterprise", (("kind", ("core_link", "core_link_ended")),))

FEATURES = (
    Feature(
        name="months_on_record",
        family="standing",
        unit="months",
        title=Phrase("Months on record", "监管记录月数"),
        definition=(
            "floor((T - earliest known_at of any message, valuations aside, that names the "
            "enterprise as its enterprise_id) / 30 days); a reversal does not undo that it was "
            "known."
        ),
        recipe=MonthsKnown(),
        direction=-1,
        direction_reason="A longer record is a longer proof.",
        missing=Phrase("No message names the enterprise as its own.", "无该企业的监管记录。"),
        low=Phrase("The supervision record is shorter than usual.", "监管记录时间较短。"),
        high=Phrase("The supervision record is long.", "监管记录时间较长。"),
    ),
    Feature(
        name="core_enterprise_rating_now",
        family="standing",
        unit="grade",
        title=Phrase("Rating of the linked core enterprise", "核心企业评级"),
        definition=(
            "core_rating of the last enterprise message of kinds `core_link` and "
            "`core_link_ended`: 1 best to 10 worst."
        ),
        recipe=Latest(CORE_LINKS, "core_rating"),
        direction=1,
        direction_reason="It is the rule that banks use today, kept to be compared with.",
        missing=Phrase(
            "No core enterprise is linked, or the last such message states no rating.",
            "未关联核心企业，或未载明其评级。",
        ),
        low=Phrase("Linked to a well rated core enterprise.", "关联核心企业评级较高。"),
        high=Phrase("Linked to a poorly rated core enterprise.", "关联核心企业评级较低。"),
        permitted_use="baseline",
    ),
)
