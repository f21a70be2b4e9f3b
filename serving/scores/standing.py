"""Whether enough is known of an enterprise for a score; if not, why, and what would cure it."""

from features.depth import LEAST_DAYS, DataDepth
from features.facts import Facts, stream_of
from features.own_rows import OwnRows
from serving.instants import text_of
from serving.scores.depth_document import Depth, LateStream
from serving.scores.depth_grade import LADDER, DepthGrading
from serving.scores.document import Cause, Missing, Newest

_CURES = {
    "enterprise": (
        "Ask the registry for the enterprise's registration.",
        "请登记机关报送企业登记信息。",
    ),
    "declaration": (
        "Ask customs for its declarations, or let its agent declare it as the consuming party.",
        "请海关报送报关单，或由代理方在报关单中填报其为消费使用单位。",
    ),
    "document": (
        "Ask carriers, insurers and the tax office for bills of lading, policies and invoices.",
        "请承运人、保险公司及税务机关报送提单、保单和发票。",
    ),
    "custody": (
        "Store goods in a supervised warehouse that reports receipts, counts and releases.",
        "将货物存入监管仓，由仓库报送入库、盘点及出库记录。",
    ),
    "valuation": (
        "Have the lots in custody appraised.",
        "请评估机构对在库货物进行估值。",
    ),
    "title": (
        "Register sales and their payment with the title registry.",
        "在货权登记平台登记销售及回款。",
    ),
}


NOTHING = DataDepth({}, None, 0, ())
"""Depth of an enterprise of which no message is on record."""


def causes(
    depth: DataDepth, grading: DepthGrading, *, known_name: bool, known_later: bool
) -> tuple[Cause, ...]:
    """Why too little is known for a score; none where it is enough.

    Parameters
    ----------
    depth : DataDepth
    grading : DepthGrading
    known_name : bool
        Whether the record has ever met the credit code.
    known_later : bool
        Whether messages are on record that were known only after the as-of.
    """
    if depth.newest_known_at is None:
        if known_later:
            return (_BEFORE_FIRST,)
        return (_NO_MESSAGES if known_name else _UNKNOWN,)
    short = (_SHORT,) if depth.days_on_record < LEAST_DAYS else ()
    idle = (_NO_TRADE,) if depth.missing else ()
    few = (_FEW,) if grading.grade is None else ()
    return short + idle or few


def known_later(facts: Facts, enterprise: int, as_of: int) -> bool:
    """Whether any message of the enterprise's own was known only after a time."""
    return any(
        bool(((columns["enterprise_id"] == enterprise) & (columns["known_at"] > as_of)).any())
        for table, columns in facts.tables.items()
        if stream_of(table) == table
    )


def missing_streams(depth: DataDepth) -> tuple[Missing, ...]:
    """Streams that a score rests on and that are missing, each with its cure.

    Pledges, financing and outcomes are not among them: it is no fault to have none.
    """
    present = {*depth.recent, *(["valuation"] if depth.appraised else [])}
    if depth.messages.get("enterprise"):
        present.add("enterprise")
    return tuple(
        Missing(stream=stream, cure_en=cure_en, cure_zh=cure_zh)
        for stream, (cure_en, cure_zh) in _CURES.items()
        if stream not in present
    )


def depth_part(depth: DataDepth, grading: DepthGrading) -> Depth:
    """Tell how much is known."""
    return Depth(
        grade=grading.grade,
        held_by=grading.held_by,
        sources=grading.sources,
        late_streams=tuple(
            LateStream(
                stream=one.stream, silent_days=one.silent_days, expected_days=one.expected_days
            )
            for one in grading.late
        ),
        days_on_record=depth.days_on_record,
        messages=sum(depth.messages.values()),
        streams=depth.messages,
        recent_streams=depth.recent,
        features_missing=grading.missing,
    )


def newest_part(own: OwnRows) -> Newest | None:
    """Tell the message about the enterprise that was known last, appraisals included."""
    if not own.known.any():
        return None
    newest = own.known_at[own.known].max()
    last = own.column("position")[own.known & (own.known_at == newest)].max()
    return Newest(known_at=text_of(int(newest)), position=int(last))


_UNKNOWN = Cause(
    code="unknown_enterprise",
    text_en="The record has never met this credit code.",
    text_zh="监管记录中没有该统一社会信用代码。",
    cure_en="Compare the code with the business licence; if it is right, the enterprise must "
    "first trade through the port or store goods in a supervised warehouse.",
    cure_zh="请核对营业执照；如代码无误，企业需先经本港贸易或将货物存入监管仓。",
)
_NO_MESSAGES = Cause(
    code="no_messages",
    text_en="Others name this enterprise, but no message of its own is on record.",
    text_zh="该企业仅在他方记录中出现，没有自身的监管记录。",
    cure_en="Let customs, the registry and the warehouses report on it in its own name.",
    cure_zh="请海关、登记机关及仓库以该企业名义报送信息。",
)
_BEFORE_FIRST = Cause(
    code="before_first_message",
    text_en="Nothing was known of the enterprise yet at this time.",
    text_zh="在该时点尚无该企业的任何记录。",
    cure_en="Ask for a later as-of.",
    cure_zh="请选择更晚的评分时点。",
)
_SHORT = Cause(
    code="short_history",
    text_en=f"The enterprise has been on record for fewer than {LEAST_DAYS} days.",
    text_zh=f"监管记录不足{LEAST_DAYS}天。",
    cure_en=f"Wait until {LEAST_DAYS} days have been reported, or let its providers hand in "
    "earlier records as a declared backfill.",
    cure_zh="待记录满足期限后再评，或由报送方以补录方式提供历史记录。",
)
_NO_TRADE = Cause(
    code="no_recent_trade",
    text_en="Neither a declaration nor a custody message occurred in the last 365 days.",
    text_zh="近365天既无报关单，也无仓储监管记录。",
    cure_en="Check that customs and the warehouses still report; a dormant enterprise must trade "
    "or store goods again.",
    cure_zh="请确认海关及仓库是否正常报送；如企业停止经营，需恢复贸易或存货。",
)
_FEW = Cause(
    code="few_features",
    text_en=f"More than {LADDER[-1].features_missing} % of the model's features have no value.",
    text_zh=f"超过{LADDER[-1].features_missing}%的模型变量暂无数据。",
    cure_en="Let the streams that are missing report on it.",
    cure_zh="请缺失的数据来源报送信息。",
)
