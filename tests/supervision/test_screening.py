"""Screening by columns gives the verdict of the contract's models, and says why."""

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from supervision.chunk import Chunk
from supervision.contract.columns import Column, columns
from supervision.contract.fields import EARLIEST, LATEST
from supervision.contract.messages import STREAMS
from supervision.parquet_file import typed_chunk
from supervision.reasons import HELP, ORDER, Reason
from supervision.screening import TOLERANCE, screen
from supervision.text_file import NdjsonRows
from tests.supervision.facts import DAY, NOW, Row, fact, reversal, write

STREAM_NAMES = st.sampled_from(list(STREAMS))
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=70),
    st.sampled_from(["kg", "t", "", "\n", "1", "CNXMN", "0306170000", "A\n", "350200\n"]),
)


def near(column: Column) -> st.SearchStrategy[Any]:
    """Values at and around what a column allows."""
    if column.choices:
        return st.one_of(st.sampled_from(column.choices), ANYTHING)
    if column.low is not None and column.high is not None:
        edges = [column.low - 1, column.low, column.high, column.high + 1]
        return st.one_of(st.sampled_from(edges), st.integers(column.low, column.high), ANYTHING)
    return st.one_of(st.from_regex(column.pattern or "", fullmatch=True), ANYTHING)


@st.composite
def rows(draw: st.DrawFn, stream: str) -> Row:
    """A row that is valid, or wrong in up to three fields."""
    number = draw(st.integers(0, 999))
    start = fact(stream, number) if draw(st.integers(0, 4)) else reversal(number, "m-0")
    row = dict(start)
    kinds = next(c for c in columns(stream) if c.name == "kind").choices
    if "kind" in row and draw(st.booleans()):
        row["kind"] = draw(st.sampled_from(kinds))
    for column in draw(st.lists(st.sampled_from(columns(stream)), max_size=3)):
        if draw(st.booleans()):
            row[column.name] = draw(near(column))
        else:
            row.pop(column.name, None)
    return row


def is_valid(stream: str, row: Row) -> bool:
    """The models' own verdict on one row."""
    try:
        STREAMS[stream].model_validate(row)
    except ValidationError:
        return False
    return True


def chunk_of(stream: str, batch: list[Row]) -> Chunk:
    """The chunk of an NDJSON file of some rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"{stream}.ndjson", batch)
        (chunk,) = NdjsonRows(path, stream).chunks(0, len(batch))
    return chunk


@settings(max_examples=250, deadline=None)
@given(st.data(), STREAM_NAMES)
def test_json_rows_are_judged_as_the_models_judge_them(data: st.DataObject, stream: str):
    batch = data.draw(st.lists(rows(stream), min_size=1, max_size=8))
    if data.draw(st.booleans()):
        batch[0]["colour"] = "blue"
    if data.draw(st.booleans()):
        batch[-1]["stream"] = data.draw(STREAM_NAMES)
    passed = screen(chunk_of(stream, batch), LATEST).passed.tolist()
    assert passed == [is_valid(stream, row) for row in batch]


def column(value: Any) -> pa.Array:
    """A column of one cell, of the type that holds it."""
    large = type(value) is int and value >= 2**63
    return pa.array([value], pa.uint64() if large else None)


@settings(max_examples=250, deadline=None)
@given(st.data(), STREAM_NAMES)
def test_parquet_rows_are_judged_as_the_models_judge_them(data: st.DataObject, stream: str):
    row = data.draw(rows(stream))
    batch = pa.RecordBatch.from_pydict({name: column(value) for name, value in row.items()})
    verdicts = screen(typed_chunk(stream, batch, 1), LATEST)
    assert bool(verdicts.passed[0]) == is_valid(stream, row)


@settings(max_examples=50, deadline=None)
@given(st.data(), STREAM_NAMES)
def test_a_row_is_judged_alike_alone_and_among_others(data: st.DataObject, stream: str):
    batch = data.draw(st.lists(rows(stream), min_size=1, max_size=8))
    together = screen(chunk_of(stream, batch), NOW).reasons.tolist()
    assert together == [int(screen(chunk_of(stream, [r]), NOW).reasons[0]) for r in batch]


def verdict(stream: str, row: Row) -> tuple[Reason | None, str]:
    found = screen(chunk_of(stream, [row]), NOW)
    number = int(found.reasons[0])
    return (ORDER[number - 1], found.details[0]) if number else (None, "")


@pytest.mark.parametrize(
    ("stream", "changes", "reason", "told"),
    [
        ("custody", {"kind": "eaten"}, Reason.UNKNOWN_KIND, "'eaten'"),
        ("custody", {"kind": None}, Reason.MISSING_FIELD, "kind"),
        ("custody", {"warehouse": None}, Reason.MISSING_FIELD, "warehouse"),
        ("custody", {"quantity": None}, Reason.MISSING_FIELD, "quantity"),
        ("custody", {"quantity": -1}, Reason.OUT_OF_RANGE, "-1"),
        ("custody", {"quantity": 10**12 + 1}, Reason.OUT_OF_RANGE, "1000000000001"),
        ("custody", {"quantity": 12.5}, Reason.NOT_AN_INTEGER, "12.5"),
        ("custody", {"quantity": "12"}, Reason.NOT_AN_INTEGER, "'12'"),
        ("custody", {"quantity": True}, Reason.NOT_AN_INTEGER, "True"),
        ("custody", {"unit": "t"}, Reason.WRONG_UNIT, "'t'"),
        ("custody", {"occurred_at": NOW // 1_000}, Reason.WRONG_UNIT, "microseconds"),
        ("custody", {"occurred_at": NOW // 1_000_000}, Reason.WRONG_UNIT, "microseconds"),
        ("custody", {"recorded_at": NOW * 1_000}, Reason.WRONG_UNIT, "microseconds"),
        ("custody", {"occurred_at": EARLIEST - 1}, Reason.OUT_OF_RANGE, str(EARLIEST - 1)),
        ("custody", {"occurred_at": NOW + TOLERANCE + 1}, Reason.IN_THE_FUTURE, "five minutes"),
        ("custody", {"recorded_at": NOW + DAY}, Reason.IN_THE_FUTURE, "recorded_at"),
        ("custody", {"warehouse": "shed no. 7"}, Reason.MALFORMED_TEXT, "'shed no. 7'"),
        ("custody", {"warehouse": 7}, Reason.NOT_A_TEXT, "warehouse"),
        ("custody", {"message_id": "x" * 65}, Reason.MALFORMED_TEXT, "message_id"),
        ("custody", {"enterprise_id": "91350200"}, Reason.MALFORMED_TEXT, "'91350200'"),
        ("custody", {"colour": "blue"}, Reason.UNKNOWN_FIELD, "'colour'"),
        ("custody", {"stream": "title"}, Reason.WRONG_STREAM, "'title'"),
        ("custody", {"reverses": "m-0"}, Reason.REVERSAL_WITH_FACTS, "kind"),
        ("title", {"in_storage": "maybe"}, Reason.UNKNOWN_CHOICE, "'maybe'"),
        ("valuation", {"unit_price": 0}, Reason.OUT_OF_RANGE, "0"),
    ],
)
def test_what_is_wrong_is_told_with_its_reason(
    stream: str, changes: Row, reason: Reason, told: str
):
    found, detail = verdict(stream, fact(stream, 1, **changes))
    assert found is reason
    assert told in detail


@pytest.mark.parametrize("stream", STREAMS)
def test_nothing_is_wrong_with_a_valid_row(stream: str):
    assert verdict(stream, fact(stream, 1)) == (None, "")
    assert verdict(stream, {**fact(stream, 1), "stream": stream}) == (None, "")
    assert verdict(stream, reversal(2, "m-1")) == (None, "")


def test_a_clock_may_run_five_minutes_ahead():
    assert verdict("custody", fact("custody", 1, recorded_at=NOW + TOLERANCE)) == (None, "")


def test_every_reason_has_a_help_text():
    assert set(HELP) == set(Reason)
    assert all(text.endswith(".") for text in HELP.values())
