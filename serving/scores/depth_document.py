"""What an answer rests on: how much is known, what is late, and what is disputed."""

from typing import Literal

from pydantic import Field

from serving.scores.part import Part, Spoken

DepthGrade = Literal["A", "B", "C", "D", "E"]
DepthMeasure = Literal["days_on_record", "sources", "late_streams", "features_missing"]


class LateStream(Part):
    """A stream that has been silent for longer than its own past explains."""

    stream: str = Field(examples=["custody"])
    silent_days: int
    expected_days: int = Field(description="within which it was expected to speak again")


class Depth(Part):
    """How much is known of the enterprise as of the answer's time."""

    grade: DepthGrade | None = Field(
        description="data depth (数据完备度), A to E; null below E, where nothing is scored"
    )
    held_by: tuple[DepthMeasure, ...] = Field(
        description="measures that keep it from the next better grade"
    )
    sources: int = Field(description="of six streams, how many speak in their usual time")
    late_streams: tuple[LateStream, ...]
    days_on_record: int
    messages: int = Field(description="of its own that stand")
    streams: dict[str, int] = Field(description="messages that stand, by stream")
    recent_streams: tuple[str, ...] = Field(description="streams that spoke within 365 days")
    features_missing: int = Field(description="features without a value")


class DisputedFact(Part):
    """A message to which the enterprise objects, and what hangs on it."""

    message_id: str
    stream: str
    position: int = Field(description="its place in the record's total order")
    points: int | None = Field(
        description="the score, less what it would be if the message had never come; null where "
        "either is missing, and of the sixth and later ones"
    )
    text: Spoken = ""
    text_en: str
    text_zh: str


class ScoreRange(Part):
    """What the score would be if the streams that are late were at their worst and their best."""

    worst: int
    best: int
    late_streams: tuple[str, ...] = Field(examples=[["custody"]])
    text: Spoken = ""
    text_en: str
    text_zh: str
