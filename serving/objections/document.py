"""Objections, as they are asked for and told."""

from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field

from serving.instants import text_of
from serving.objections.objection import Ground, Objection, Outcome, State
from serving.objections.sight import Sight
from serving.scores.part import Part, Sha256, Time
from serving.scores.request import CreditCode
from supervision.contract.messages import STREAMS

Words = Annotated[str, Field(strict=True, min_length=1, max_length=2_000, pattern=r"\S")]
_STREAM = f"^({'|'.join(STREAMS)})$"


class ObjectionRequest(BaseModel):
    """An enterprise objects to a fact about it.

    Attributes
    ----------
    enterprise_id : str
        The caller's own credit code.
    message_id : str
        Of the message, as the reasons of a score name it.
    stream : str or None
        Of the message, where several providers have sent one of that id.
    ground : Ground
    text : str
        What is wrong, in the enterprise's own words.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "enterprise_id": "91350211MA31009013",
                    "message_id": "WH-2022-118734",
                    "ground": "wrong_quantity",
                    "text": "The count left out the eight pallets that stand in chamber 3.",
                }
            ]
        },
    )

    enterprise_id: Annotated[CreditCode, Field(description="the caller's own credit code")]
    message_id: Annotated[
        str,
        Field(
            strict=True,
            min_length=1,
            max_length=200,
            description="of the message, as the reasons of a score name it",
        ),
    ]
    stream: Annotated[
        str | None,
        Field(
            strict=True,
            pattern=_STREAM,
            description="of the message; needed only where several have that message_id",
        ),
    ] = None
    ground: Ground
    text: Annotated[Words, Field(description="what is wrong, in your own words")]


class SettlementRequest(BaseModel):
    """How an objection ends."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "outcome": "upheld",
                    "text": "Recounted on 12 November: 48 pallets. We shall reverse the count.",
                }
            ]
        },
    )

    outcome: Outcome
    text: Annotated[Words, Field(description="the answer to the enterprise")]


class Scored(Part):
    """A score, or that there is none."""

    status: str = Field(examples=["scored"])
    score: int | None
    grade: str | None
    limit_fen: int | None


class Effect(Part):
    """The score with the fact and without it, as if the message had never come."""

    as_of: Time
    record_position: int
    model_hash: Sha256
    policy_hash: Sha256
    with_fact: Scored
    without_fact: Scored
    points: int | None = Field(description="the one less the other; null where one is missing")


class Settlement(Part):
    """How an objection was settled."""

    outcome: Outcome
    text: str | None = Field(description="null for who is no party to it")
    at: Time


class ObjectionAnswer(Part):
    """An objection as it stands."""

    objection_id: str = Field(examples=["2c1f6f52-54a5-4b8b-8f35-7f0c5d1e9a10"])
    enterprise_id: str
    message_id: str
    stream: str
    state: State
    overdue: bool = Field(description="open, and the statutory 20 days are over")
    lodged_at: Time
    due_at: Time = Field(description="by then it must be answered (征信业管理条例, art. 25)")
    reversed: bool = Field(description="whether the provider has taken the message back")
    ground: Ground | None = Field(description="null for who is no party to it, as the text")
    text: str | None
    settlement: Settlement | None
    effect: Effect | None = Field(description="for the enterprise alone, when it was lodged")
    next_en: str
    next_zh: str


class ObjectionList(Part):
    """Objections, newest first."""

    objections: tuple[ObjectionAnswer, ...]


def told(
    objection: Objection, now: int, sight: Sight, *, effect: bool, reversed_: bool
) -> ObjectionAnswer:
    """Tell an objection as it stands at a time, as much of it as the caller sees."""
    whole, fact, settled = sight is Sight.WHOLE, objection.fact, objection.resolution
    next_en, next_zh = _next(objection, reversed_)
    return ObjectionAnswer(
        objection_id=objection.objection_id,
        enterprise_id=fact.enterprise_id,
        message_id=fact.message_id,
        stream=fact.stream,
        state=objection.state,
        overdue=objection.overdue(now),
        lodged_at=text_of(objection.lodged_at),
        due_at=text_of(objection.due_at),
        reversed=reversed_,
        ground=objection.ground if whole else None,
        text=objection.text if whole else None,
        settlement=settled
        and Settlement(
            outcome=settled.outcome,
            text=settled.text if whole else None,
            at=text_of(settled.at),
        ),
        effect=Effect(**orjson.loads(objection.effect)) if effect else None,
        next_en=next_en,
        next_zh=next_zh,
    )


def _next(objection: Objection, reversed_: bool) -> tuple[str, str]:
    """What happens next, in English and in Chinese."""
    if reversed_:
        return "The message was reversed; it counts no more.", "该信息已更正，不再计入评分。"
    if objection.state is State.OPEN:
        return (
            "The fact is marked as disputed; it counts until its provider reverses it.",
            "该信息已标注异议，核查期间仍计入评分。",
        )
    if objection.state is State.UPHELD:
        return (
            "The provider must reverse the message; until then it is marked and counts.",
            "异议成立，报送方须更正该信息；更正前保留异议标注并计入评分。",
        )
    return (
        "The fact stands. Who does not agree may complain to the credit reporting regulator.",
        "异议不成立，信息维持不变；如有不服，可向征信业监督管理部门投诉。",
    )
