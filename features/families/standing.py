"""Standing: what the enterprise is, how long it has been known, and to whom it is linked."""

from features.families.customs import REGISTRATIONS
from features.feature import Feature, Phrase
from features.nodes.arithmetic import AtLeast
from features.nodes.standing import MonthsKnown, Speaking, YearsSince
from features.nodes.windows import Count, Latest
from features.recipe import Rows

CORE_LINKS = Rows("enterprise", (("kind", ("core_link", "core_link_ended")),))
DISHONEST = Rows("outcome", (("kind", ("dishonest_debtor",)),))
SOURCES = tuple(
    Rows(stream)
    for stream in (
        "enterprise",
        "declaration",
        "document",
        "custody",
        "title",
        "pledge",
        "financing",
        "outcome",
    )
)

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
    Feature(
        name="established_years_now",
        family="standing",
        unit="count",
        title=Phrase("Years since foundation", "成立年限"),
        definition=(
            "max(0, floor((D - established_on) / 10000)) with D the day of the port's calendar in "
            "which T lies as a number YYYYMMDD, and established_on, a number of the same form, of "
            "the last enterprise message of kind `registration`: completed years."
        ),
        recipe=YearsSince(REGISTRATIONS, "established_on"),
        direction=-1,
        direction_reason="Most that fail, fail young.",
        missing=Phrase(
            "No registration is known, or it does not say when.", "无登记信息，或未载明成立日期。"
        ),
        low=Phrase("The enterprise is young.", "企业成立时间较短。"),
        high=Phrase("The enterprise has existed for long.", "企业成立时间较长。"),
    ),
    Feature(
        name="registered_capital_now",
        family="standing",
        unit="fen",
        title=Phrase("Registered capital", "注册资本"),
        definition=("registered_capital of the last enterprise message of kind `registration`."),
        recipe=Latest(REGISTRATIONS, "registered_capital"),
        direction=-1,
        direction_reason="The owners' money is lost before the lenders'.",
        missing=Phrase("No registration is known.", "无登记信息。"),
        low=Phrase("The registered capital is small.", "注册资本较小。"),
        high=Phrase("The registered capital is large.", "注册资本较大。"),
    ),
    Feature(
        name="size_class_now",
        family="standing",
        unit="grade",
        title=Phrase("Size class", "企业规模"),
        definition=(
            "size_class of the last enterprise message of kind `registration`: 0 large, 1 medium, "
            "2 small, 3 micro."
        ),
        recipe=Latest(REGISTRATIONS, "size_class"),
        direction=0,
        direction_reason="It says whose rules apply, not how the enterprise conducts itself.",
        missing=Phrase("No registration is known.", "无登记信息。"),
        low=Phrase("The enterprise is one of the larger.", "企业规模较大。"),
        high=Phrase("The enterprise is one of the smaller.", "企业规模较小。"),
        permitted_use="policy",
    ),
    Feature(
        name="streams_present_365d",
        family="standing",
        unit="count",
        title=Phrase("Sources that speak of it", "数据来源数"),
        definition=(
            "Number of the streams enterprise, declaration, document, custody, title, pledge, "
            "financing and outcome of which any message with the enterprise as enterprise_id "
            "stands in 365 days: 0 to 8."
        ),
        recipe=Speaking(SOURCES, 365),
        direction=0,
        direction_reason="More sources show more, the good and the bad.",
        missing=Phrase("Never: 0 where none speaks.", "不会缺失：无记录时为0。"),
        low=Phrase("Few sources spoke of it in the year.", "近一年数据来源较少。"),
        high=Phrase("Many sources spoke of it in the year.", "近一年数据来源较多。"),
        window=365,
        pivot=5.5,
    ),
    Feature(
        name="dishonest_debtor_ever",
        family="standing",
        unit="flag",
        title=Phrase("Dishonest debtor", "失信被执行人"),
        definition=("1 if any outcome message of kind `dishonest_debtor` stands, else 0."),
        recipe=AtLeast(Count(DISHONEST), 1),
        direction=1,
        direction_reason="A court found that it could pay and did not.",
        missing=Phrase("Never.", "不会缺失。"),
        low=Phrase("No court lists it as a dishonest debtor.", "未被列为失信被执行人。"),
        high=Phrase("A court lists it as a dishonest debtor.", "曾被列为失信被执行人。"),
        permitted_use="policy",
    ),
)
