"""The answer of what would raise a grade, field by field."""

from typing import Annotated, Literal

from pydantic import Field

from serving.language import Language
from serving.scores.part import Part, Time

VERSION = 1
"""Version of the answer's form."""
Spoken = Annotated[str, Field(description="in the language that Accept-Language asks for")]


class ChangePart(Part):
    """A feature that an action moves."""

    feature: str = Field(examples=["insured_stock_share_now"])
    title: Spoken
    value: float
    target: float = Field(description="how far the action is taken to move it")
    unit: str
    text: Spoken


class ImprovementPart(Part):
    """One action, as if nothing else changed."""

    action: str = Field(description="a stable word", examples=["insure_stock"])
    title: Spoken
    text: Spoken
    points: int = Field(description="that it gains by itself")
    score: int
    grade: str
    within_days: int = Field(
        description="days after which the past no longer weighs on what it moves"
    )
    changes: tuple[ChangePart, ...]


class JointPart(Part):
    """Several actions at once; what they gain together is not the sum of what each gains."""

    actions: tuple[str, ...]
    points: int
    score: int
    grade: str
    text: Spoken


class ImprovementsAnswer(Part):
    """What would raise the score and the grade, by what a trader can do."""

    version: int = VERSION
    score_id: str
    enterprise_id: str
    as_of: Time
    language: Language
    score: int
    grade: str
    next_grade: str | None = Field(description="the next better one; null if there is none")
    usual_from: Literal["peers", "model"] = Field(
        description="where what is usual comes from: its peers of that time, or the model's own "
        "golden rows where no peers are known"
    )
    improvements: tuple[ImprovementPart, ...] = Field(
        description="that gain a point or more each, what gains most first"
    )
    step: JointPart | None = Field(
        description="few of them that reach a better grade together, of which none could be left "
        "out; null where all of them do not"
    )
    most: JointPart | None = Field(description="all that gain anything, together")
    text: Spoken
