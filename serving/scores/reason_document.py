"""What explains a score: the points of every feature, and the families that cost most of them.

These parts, of which an answer has a hundred and more, are dataclasses: orjson writes them by
itself, in the order of their fields, so these are sorted; and what stands in both languages is said
in the asked one when they are made. Nothing changes them, but a frozen one takes three times as
long to make.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from serving.scores.part import Part, Spoken, Time


@dataclass
class Points:
    """What one feature adds to the score, told against the training average."""

    __pydantic_config__ = Part.model_config

    feature: Annotated[str, Field(examples=["custody_exception_rate_365d"])]
    micro_points: Annotated[int, Field(description="exact, in millionths of a point")]
    points: Annotated[
        int,
        Field(
            description="rounded so that base_points and all points add up to score, and those of "
            "a family to the family's"
        ),
    ]
    value: Annotated[
        float | None, Field(description="null where the feature is missing or withheld")
    ]
    withheld: Annotated[
        bool,
        Field(description="the value would tell of fewer than five third parties and is not given"),
    ] = False


@dataclass(kw_only=True)
class Evidence:
    """A message behind a reason."""

    __pydantic_config__ = Part.model_config

    disputed: Annotated[bool, Field(description="the enterprise objects to it")] = False
    known_at: Time
    message_id: str
    occurred_at: Time
    provider_id: Annotated[
        str | None,
        Field(description="who reported it; null for lenders, whose names are not given"),
    ]
    recorded_at: Time
    stream: str


@dataclass(kw_only=True)
class FeatureReason:
    """One of the features that cost a family most points."""

    __pydantic_config__ = Part.model_config

    feature: str
    messages: Annotated[
        tuple[Evidence, ...], Field(description="the newest messages behind the value")
    ]
    micro_points: int
    points: int
    text: Spoken = ""
    text_en: str
    text_zh: str
    title: Spoken = ""
    title_en: str
    title_zh: str
    unit: str
    usual: Annotated[
        float | None,
        Field(
            description="median to three digits over the model's golden rows, a hundred rows of "
            "its test from the best to the worst; null where fewer than 30 have a value, or the "
            "value is withheld"
        ),
    ] = None
    value: float | None


@dataclass(kw_only=True)
class Reason:
    """One of the families of features that cost most points."""

    __pydantic_config__ = Part.model_config

    family: Annotated[str, Field(examples=["financing conduct"])]
    features: Annotated[tuple[FeatureReason, ...], Field(max_length=3)]
    micro_points: int
    points: Annotated[
        int, Field(description="of all its features, those that are not named among them")
    ]
    stable: Annotated[
        bool | None,
        Field(
            description="whether trainings on other enterprises name it again in at least four of "
            "five; null where the model was not tried so"
        ),
    ]
    text: Spoken = ""
    text_en: str
    text_zh: str
    title: Spoken = ""
    title_en: str
    title_zh: str
