"""What is told of the model in force; also the source of its description in OpenAPI."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.scores.document import ModelName
from serving.scores.part import Sha256, Time

Verdict = Literal["green", "amber", "red", "not applicable"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class CheckSummary(_Part):
    """One check of the validation, its verdict and its bounds."""

    code: str = Field(examples=["VAL305"])
    title_en: str
    title_zh: str
    verdict: Verdict
    figure: float | None
    amber: float | None = Field(description="from where it is amber; null without such a bound")
    red: float | None
    worse: str = Field(description="on which side of the bounds it is worse", examples=["above"])


class TestedOn(_Part):
    """The rows that the model was tested on, which it was not trained on."""

    rows: int | None = None
    enterprises: int | None = None
    defaults: int | None = None
    first_month: str | None = Field(default=None, examples=["2021-06"])
    last_month: str | None = Field(default=None, examples=["2021-11"])


class ValidationSummary(_Part):
    """The validation, as the promotion rested on it."""

    verdict: Verdict
    report_sha256: Sha256
    counts: dict[str, int] = Field(description="checks by verdict")
    test: TestedOn
    checks: tuple[CheckSummary, ...]


class PromotionSummary(_Part):
    """Who put the model in force, when and why."""

    position: int = Field(description="its place in the record of promotions")
    hash: Sha256
    promoted_by: str
    promoted_at: Time
    reason: str
    signers: tuple[str, ...] = Field(description="who signed for a model with a red check")


class ChampionAnswer(_Part):
    """The model in force."""

    model: ModelName
    catalogue_hash: Sha256
    features: tuple[str, ...]
    card: str | None = Field(
        description="the model card, Markdown, English with a Chinese summary; null where the "
        "model was promoted before cards were kept on the shelf"
    )
    validation: ValidationSummary | None
    promotion: PromotionSummary | None
