"""The answer of a score, field by field; also the source of its description in OpenAPI.

An answer is written once, as canonical JSON: keys sorted, UTF-8, no spaces. These bytes are
logged, sent, and sent again whenever the score is asked for by its id. What is said stands in it
in English and in Chinese, and once more in the language that was asked for, which is filled in
when it is written.
"""

from functools import cache
from typing import Any, Literal

import orjson
from pydantic import Field

from serving.language import DEFAULT, Language
from serving.limits.collateral import LtvFrom
from serving.limits.eligibility import Reason as Unfitness
from serving.limits.eligibility import Waivable
from serving.limits.haircut import PriceFrom
from serving.limits.lines import Standing
from serving.limits.need import Origin
from serving.policy import PdView
from serving.scores.depth_document import Depth, DisputedFact, ScoreRange
from serving.scores.part import Part, Sha256, Spoken, Time
from serving.scores.pd_interval import PdInterval
from serving.scores.reason_document import Points, Reason

VERSION = 4
"""Version of the answers' form."""

_SILENT = frozenset(("points", "messages", "stock"))
"""Lists of many parts in which nothing is said."""


class ModelName(Part):
    """Which model answered."""

    name: str = Field(examples=["sme-pd"])
    version: str = Field(description="of the model registry", examples=["3"])
    hash: Sha256


class PolicyName(Part):
    """Which lender's policy graded and limited."""

    name: str = Field(examples=["default"])
    hash: Sha256


class Newest(Part):
    """The newest message that the answer could rest on."""

    known_at: Time
    position: int = Field(description="its place in the record's total order")


class HaircutPart(Part):
    """What is taken off the value of goods, as shares of it."""

    price: float = Field(description="the larger of the floor and of what prices did")
    price_from: PriceFrom = Field(
        description="floor: the policy's; history: the worst hundredth of the price's own"
    )
    selling_days: int = Field(description="over which the price may fall")
    quality: float
    cost_of_sale: float
    unpaid_tax: float = Field(description="duty and VAT, of lots without a tax receipt alone")
    unpaid_tax_fen: int = Field(description="what that takes off the eligible value")
    count_age_fen: int = Field(description="what old counts take off the eligible value")


class GoodsStock(Part):
    """Goods of one HS code in custody, as the collateral counts them."""

    chapter: str = Field(description="HS, two digits", examples=["74"])
    hs_code: str | None = Field(description="null where the record does not know the goods")
    value_fen: int
    pledged_fen: int
    eligible_fen: int = Field(description="value of the lots that can be lent on")
    ltv: float = Field(description="mean of the eligible lots; of a fresh one if there are none")
    ltv_cap: float = Field(description="the policy's upper bound")
    ltv_from: LtvFrom = Field(description="policy: the bound decides; haircut: one less it does")
    haircut: HaircutPart
    lending_value_fen: int


class Ineligible(Part):
    """Lots, or parts of them, that cannot be lent on, each under the first of its reasons."""

    reason: Unfitness
    lots: int
    value_fen: int
    text: Spoken = ""
    text_en: str
    text_zh: str


class NeedPart(Part):
    """Working capital: what the trade needs, and what pays for it already."""

    needed_fen: int = Field(
        description="sales x (1 - margin) x (1 + growth) / turns a year (营运资金量)"
    )
    sales_fen: int
    stock_days: int
    receivable_days: int
    payable_days: int
    payable_days_from: Origin
    cycle_days: int = Field(description="all days together; 360 / cycle are the turns a year")
    share_of_sales: float | None = Field(description="where the policy takes one, not the days")
    own_funds_fen: int
    own_funds_from: Origin = Field(description="request: as the lender states; policy: assumed")
    other_funding_fen: int
    other_funding_from: Origin
    existing_loans_fen: int = Field(description="what is drawn at all lenders")
    gap_fen: int = Field(description="needed, less own funds, other funding and existing loans")
    assumed: Spoken = ""
    assumed_en: str
    assumed_zh: str


class Components(Part):
    """The four ceilings of which the smallest counts, and what is drawn already."""

    collateral_fen: int
    working_capital_fen: int = Field(description="before existing loans, as the other ceilings")
    expected_loss_fen: int
    lender_cap_fen: int
    drawn_fen: int
    working_capital: NeedPart
    stock: tuple[GoodsStock, ...]
    ineligible: tuple[Ineligible, ...]
    waived: tuple[Waivable, ...] = Field(
        description="conditions that the policy does not ask of a lot"
    )


class LinePart(Part):
    """One line: the value of the goods at which it is reached."""

    fall: float = Field(description="below the value that secures the exposure in full")
    value_fen: int
    headroom_fen: int = Field(description="what the goods may still lose before it")
    missing_fen: int = Field(description="what the goods lack of it")


class LinesPart(Part):
    """Alert line (警戒线) and close-out line (平仓线), if the limit is drawn in full."""

    exposure_fen: int
    goods_fen: int = Field(description="what the eligible and the pledged goods are worth now")
    ltv: float = Field(description="of all these goods")
    secured_by_fen: int = Field(description="goods of that loan to value that secure it in full")
    alert: LinePart
    close_out: LinePart
    standing: Standing
    text: Spoken = ""
    text_en: str
    text_zh: str


class LossPart(Part):
    """Expected loss in a year if the limit is drawn in full: PD x LGD x EAD."""

    pd: float = Field(description="with which it was reckoned: point in time, with the floor")
    lgd: float = Field(description="loss given default (违约损失率)")
    lgd_from: Literal["recoveries", "policy"] = Field(
        description="fitted to recoveries and bounded by the policy, or the lender's own"
    )
    lgd_estimate: float | None = Field(description="before the bounds; null for a lender's own")
    secured_share: float = Field(description="of the exposure that goods cover")
    liquid_share: float = Field(description="of the goods in custody that sell quickly")
    controlled_share: float = Field(
        description="of the pledges that are static; 0 after a release without authority"
    )
    ead_fen: int = Field(description="exposure: what is drawn already and the suggested limit")
    expected_loss_fen: int


class LimitPart(Part):
    """The suggested limit (建议授信额度)."""

    amount_fen: int
    currency: str = Field(examples=["CNY"])
    binding: Literal[
        "collateral", "working_capital", "expected_loss", "lender_cap", "drawn", "grade"
    ]
    binding_text: Spoken = ""
    binding_text_en: str
    binding_text_zh: str
    expected_loss: LossPart
    components: Components
    lines: LinesPart


class Missing(Part):
    """A stream that is missing, and what would cure it."""

    stream: str = Field(examples=["declaration"])
    cure: Spoken = ""
    cure_en: str
    cure_zh: str


class Cause(Part):
    """Why too little is known."""

    code: Literal[
        "unknown_enterprise",
        "no_messages",
        "before_first_message",
        "short_history",
        "no_recent_trade",
        "few_features",
    ]
    text: Spoken = ""
    text_en: str
    text_zh: str
    cure: Spoken = ""
    cure_en: str
    cure_zh: str


class Answer(Part):
    """What every answer has, scored or not."""

    version: int = VERSION
    score_id: str = Field(examples=["5b1f9b0e-7f0c-4a51-9a8e-0c6d0d9f2a11"])
    enterprise_id: str = Field(examples=["91350200MA2XXXXX0M"])
    language: Language = Field(
        default=DEFAULT,
        description="of `text`, `title` and the like, as the request's Accept-Language asked",
    )
    client_reference: str | None
    consent_id: str | None = Field(
        default=None, description="the enterprise's consent; null where none is asked for"
    )
    as_of: Time
    answered_at: Time
    model: ModelName
    policy: PolicyName
    catalogue_hash: Sha256
    record_position: int = Field(description="newest position of the record that was looked at")
    newest_message: Newest | None
    data_depth: Depth
    disputed_facts: tuple[DisputedFact, ...] = Field(
        default=(), description="they count until their provider reverses them"
    )


class ScoredAnswer(Answer):
    """A score with all that explains it."""

    status: Literal["scored"] = "scored"
    score: int = Field(description="600 stands for odds of 20 good to 1 bad; 40 double them")
    score_micro_points: int
    base_points: int = Field(description="score of the training average")
    base_micro_points: int
    points: tuple[Points, ...]
    grade: str = Field(examples=["BBB"])
    graded_by: PdView = Field(
        description="which PD the policy graded by; grade D is given by neither"
    )
    pd: float = Field(
        description="probability of default within twelve months, point in time; 1 in grade D"
    )
    pd_through_the_cycle: float | None = Field(
        description="the same at the level of the long run, with a margin of conservatism and a "
        "floor; 1 in grade D; null where the model knows no long-run default rate"
    )
    model_pd: float = Field(description="what the score says, whatever the grade")
    pd_interval: PdInterval | None = Field(
        default=None,
        description="of pd, as far as the level and slope of the calibration are known, not the "
        "model's own order; null in grade D, and where the model was trained without",
    )
    default_in_force: bool
    dishonest_debtor: bool = Field(
        default=False, description="whether it was ever listed as one (失信被执行人)"
    )
    limit: LimitPart
    score_range: ScoreRange | None = Field(
        default=None, description="null where no stream is late: then the score is the range"
    )
    reasons: tuple[Reason, ...] = Field(
        max_length=4, description="two at least, even where they cost nothing"
    )


class InsufficientAnswer(Answer):
    """Too little is known for a score: what is missing and what would cure it."""

    status: Literal["insufficient_data"] = "insufficient_data"
    causes: tuple[Cause, ...]
    missing: tuple[Missing, ...]


def canonical(answer: Answer) -> bytes:
    """Write an answer as canonical JSON."""
    language = answer.language

    def stated(part: Part) -> dict[str, Any]:
        # A part is its fields: pydantic's own copy of a whole answer takes longer than the rest.
        fields = vars(part)
        if names := _said_in_both(type(part)):
            fields = {**fields}
            for name in names:
                if not fields.get(name):
                    fields[name] = fields[f"{name}_{language}"]
        return fields

    return orjson.dumps(answer, default=stated, option=orjson.OPT_SORT_KEYS)


@cache
def _said_in_both(kind: type[Part]) -> tuple[str, ...]:
    """Fields of a part that stand in both languages, by the name that they have in the asked."""
    return tuple(name[:-3] for name in kind.model_fields if name.endswith("_en"))


def fill(stated: dict[str, Any], language: Language) -> None:
    """Say in the asked language what stands in both and was not said in it yet, part by part."""
    for name, value in [*stated.items()]:
        if isinstance(value, dict):
            fill(value, language)
        elif isinstance(value, list | tuple):
            if name not in _SILENT:
                for part in value:
                    if isinstance(part, dict):
                        fill(part, language)
        elif name.endswith("_en") and not stated.get(name[:-3]):
            stated[name[:-3]] = stated[f"{name[:-2]}{language}"]
