"""The answer of a score, field by field; also the source of its description in OpenAPI.

An answer is written once, as canonical JSON: keys sorted, UTF-8, no spaces. These bytes are
logged, sent, and sent again whenever the score is asked for by its id.
"""

from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

VERSION = 1
"""Version of the answers' form."""

Time = Annotated[str, Field(description="RFC 3339, UTC", examples=["2022-12-31T16:00:00Z"])]
Sha256 = Annotated[str, Field(description="SHA-256, hexadecimal")]


class Part(BaseModel):
    """A part of an answer: frozen, and with no field that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Depth(Part):
    """How much is known of the enterprise as of the answer's time."""

    days_on_record: int
    messages: int = Field(description="of its own that stand")
    streams: dict[str, int] = Field(description="messages that stand, by stream")
    recent_streams: tuple[str, ...] = Field(description="streams that spoke within 365 days")
    features_missing: int = Field(description="features without a value")


class Evidence(Part):
    """A message behind a reason."""

    message_id: str
    stream: str
    provider_id: str | None = Field(
        description="who reported it; null for lenders, whose names are not given"
    )
    occurred_at: Time
    recorded_at: Time
    known_at: Time


class Points(Part):
    """What one feature adds to the score, told against the training average."""

    feature: str = Field(examples=["custody_exception_rate_365d"])
    points: int = Field(description="rounded so that base_points and all points add up to score")
    micro_points: int = Field(description="exact, in millionths of a point")
    value: float | None = Field(description="null where the feature is missing or withheld")
    withheld: bool = Field(
        default=False,
        description="the value would tell of fewer than five third parties and is not given",
    )


class Reason(Part):
    """One of the features that cost most points."""

    feature: str
    family: str
    points: int
    micro_points: int
    value: float | None
    unit: str
    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    messages: tuple[Evidence, ...] = Field(description="the newest messages behind the value")


class ChapterStock(Part):
    """Goods of one HS chapter in custody, as the collateral counts them."""

    chapter: str = Field(description="HS, two digits", examples=["74"])
    value_fen: int
    pledged_fen: int
    ltv: float
    lending_value_fen: int


class Components(Part):
    """The four ceilings of which the smallest counts, and what is drawn already."""

    collateral_fen: int
    working_capital_fen: int
    expected_loss_fen: int
    lender_cap_fen: int
    drawn_fen: int
    stock: tuple[ChapterStock, ...]


class LimitPart(Part):
    """The suggested limit (建议授信额度)."""

    amount_fen: int
    currency: str = Field(examples=["CNY"])
    binding: Literal[
        "collateral", "working_capital", "expected_loss", "lender_cap", "drawn", "grade"
    ]
    binding_text_en: str
    binding_text_zh: str
    components: Components


class Missing(Part):
    """A stream that is missing, and what would cure it."""

    stream: str = Field(examples=["declaration"])
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
    ]
    text_en: str
    text_zh: str
    cure_en: str
    cure_zh: str


class Answer(Part):
    """What every answer has, scored or not."""

    version: int = VERSION
    score_id: str = Field(examples=["5b1f9b0e-7f0c-4a51-9a8e-0c6d0d9f2a11"])
    enterprise_id: str = Field(examples=["91350200MA2XXXXX0M"])
    client_reference: str | None
    as_of: Time
    answered_at: Time
    model: ModelName
    policy: PolicyName
    catalogue_hash: Sha256
    record_position: int = Field(description="newest position of the record that was looked at")
    newest_message: Newest | None
    data_depth: Depth


class ScoredAnswer(Answer):
    """A score with all that explains it."""

    status: Literal["scored"] = "scored"
    score: int = Field(description="600 stands for odds of 20 good to 1 bad; 40 double them")
    score_micro_points: int
    base_points: int = Field(description="score of the training average")
    base_micro_points: int
    points: tuple[Points, ...]
    grade: str = Field(examples=["BBB"])
    pd: float = Field(description="probability of default within twelve months; 1 in grade D")
    model_pd: float = Field(description="what the score says, whatever the grade")
    default_in_force: bool
    limit: LimitPart
    reasons: tuple[Reason, ...] = Field(max_length=4)


class InsufficientAnswer(Answer):
    """Too little is known for a score: what is missing and what would cure it."""

    status: Literal["insufficient_data"] = "insufficient_data"
    causes: tuple[Cause, ...]
    missing: tuple[Missing, ...]


def canonical(answer: BaseModel) -> bytes:
    """Write an answer as canonical JSON."""
    return orjson.dumps(answer.model_dump(mode="python"), option=orjson.OPT_SORT_KEYS)
