"""What may be handed in: three forms of a file, and how large."""

import io
import itertools
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serving.jobs.settings import JobSettings
from tests.serving.conftest import STRONG, WEAK, World
from tests.serving.jobs.conftest import (
    AT,
    CSV,
    EVERYBODY,
    NDJSON,
    PARQUET,
    Office,
    csv_of,
    opened,
    result,
    same_but_for_names,
)
from tests.serving.test_problems import problem


def test_the_three_forms_of_a_file_say_the_same(office: Office) -> None:
    funding = {"own_funds_fen": 5_000_000_000, "payable_days": 30}
    text = "enterprise_id,as_of,own_funds_fen,payable_days\n"
    text += f"{STRONG},{AT},5000000000,30\n{WEAK},{AT},,\n"
    lines = orjson.dumps({"enterprise_id": STRONG, "as_of": AT, "funding": funding})
    lines += b"\n\n" + orjson.dumps({"enterprise_id": WEAK, "as_of": AT})
    at = datetime.fromisoformat(AT)
    table = pa.table(
        {
            "enterprise_id": pa.array([STRONG, WEAK]).dictionary_encode(),
            "as_of": pa.array([at, at], pa.timestamp("us", "UTC")),
            "own_funds_fen": [5_000_000_000, None],
            "payable_days": pa.array([30, None], pa.int16()),
        }
    )
    packed = io.BytesIO()
    pq.write_table(table, packed)
    files: list[tuple[str | bytes, dict[str, str]]] = [
        (text, CSV), (lines, NDJSON), (packed.getvalue(), PARQUET),
    ]  # fmt: skip
    jobs = [office.hand_in(*each)["job_id"] for each in files]
    office.work()
    found = [[line["answer"] for line in result(office, job)] for job in jobs]
    assert len(found[0]) == 2
    for other in found[1:]:
        assert same_but_for_names(other) == same_but_for_names(found[0])
    need = found[0][0]["limit"]["components"]["working_capital"]
    assert need["own_funds_fen"] == 5_000_000_000
    assert found[0][1]["limit"]["components"]["working_capital"]["own_funds_from"] == "policy"


def test_a_long_text_that_stands_in_many_rows_of_parquet_is_refused_unpacked(
    office: Office,
) -> None:
    """A file of a few kilobytes that would fill the memory and the disk."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), ["x" * 500_000])
    packed = io.BytesIO()
    codes = pa.array([STRONG] * 5_000)
    pq.write_table(pa.table({"enterprise_id": codes, "client_reference": long}), packed)
    assert len(packed.getvalue()) < 200_000
    answer = office.client.post("/v1/jobs", content=packed.getvalue(), headers=PARQUET)
    assert "500000" in problem(answer, 422, "malformed-file").found
    assert not list(office.settings.jobs.folder.glob("*/rows.ndjson"))


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        (CSV, "", "an empty file"),
        (CSV, "code\n1\n", "a column enterprise_id"),
        (CSV, f"enterprise_id;as_of\n{STRONG};{AT}\n", "enterprise_id;as_of"),
        (CSV, "enterprise_id,grade\n1,2\n", "the column 'grade'"),
        (CSV, "enterprise_id,enterprise_id\n1,2\n", "'enterprise_id' twice"),
        (CSV, "enterprise_id\n", "at least one row"),
        (CSV, f"enterprise_id,as_of\n{STRONG},{AT}\n{STRONG}\n", "in row 1 2 cells"),
        (CSV, 'enterprise_id\n"91\n', "CSV (RFC 4180)"),
        (CSV, "enterprise_id\n厦门\n".encode("gb18030"), "CSV in UTF-8"),
        (NDJSON, '{"enterprise_id": "1"}\n{"enterprise_id": \n', "in row 1 one JSON object"),
        (NDJSON, '{"enterprise_id": "' + "9" * 20_000 + '"}', "in row 0 at most"),
        (PARQUET, "PAR1 it is not", "a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_column_and_row(
    office: Office, headers: dict[str, str], body: str | bytes, said: str
) -> None:
    answer = office.client.post("/v1/jobs", content=body, headers=headers)
    found = problem(answer, 422, "malformed-file")
    assert said in found.detail
    assert office.rows("SELECT COUNT(*) FROM job") == [(0,)]
    assert not [each for each in office.settings.jobs.folder.rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"enterprise_id": [1]}, "texts in the column enterprise_id"),
        ({"as_of": [datetime(2023, 1, 1)]}, "timestamps with a zone"),  # noqa: DTZ001
        ({"payable_days": [1.5]}, "whole numbers in the column payable_days"),
    ],
)
def test_a_column_of_another_type_is_refused(
    office: Office, column: dict[str, Any], said: str
) -> None:
    packed = io.BytesIO()
    pq.write_table(pa.table({"enterprise_id": [STRONG], **column}), packed)
    answer = office.client.post("/v1/jobs", content=packed.getvalue(), headers=PARQUET)
    assert said in problem(answer, 422, "malformed-file").detail


def test_another_form_is_refused(office: Office) -> None:
    answer = office.client.post("/v1/jobs", content="x", headers={"Content-Type": "text/plain"})
    assert "text/csv" in problem(answer, 415, "unsupported-form").expected


def test_a_file_and_its_rows_have_caps_of_their_own(world: World, tmp_path: Any) -> None:
    caps = JobSettings(folder=tmp_path / "jobs", body_bytes=1_000, rows=10, open_jobs=1)
    with opened(world.settings(tmp_path / "ledger.db", jobs=caps)) as office:
        large = office.client.post("/v1/jobs", content="x" * 1_001, headers=CSV)
        problem(large, 413, "content-too-large")
        parts = (b"x" * 100 for _ in range(11))  # without a length that is stated
        long = "enterprise_id\n" + f"{STRONG}\n" * 11
        for content in (parts, long):
            answer = office.client.post("/v1/jobs", content=content, headers=CSV)
            problem(answer, 413, "content-too-large")
        office.hand_in(f"enterprise_id\n{STRONG}\n")
        again = office.client.post("/v1/jobs", content=f"enterprise_id\n{WEAK}\n", headers=CSV)
        assert problem(again, 429, "too-many-calls")
        office.work()
        office.hand_in(f"enterprise_id\n{WEAK}\n")


def test_a_file_larger_than_any_other_body_is_taken(office: Office) -> None:
    lines = [f"{each},{'r' * 60}" for each in itertools.islice(itertools.cycle(EVERYBODY), 20_000)]
    text = "\n".join(["enterprise_id,client_reference", *lines])
    assert len(text) > office.settings.tokens.body_bytes
    job = office.hand_in(text)
    assert job["rows"]["total"] == 20_000
    assert office.client.delete(f"/v1/jobs/{job['job_id']}").json()["status"] == "cancelled"


def test_a_file_for_which_there_is_no_room_is_told_by_503(world: World, tmp_path: Any) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings = JobSettings(folder=tmp_path / "taken")
    with opened(world.settings(tmp_path / "ledger.db", jobs=settings)) as office:
        answer = office.client.post("/v1/jobs", content=csv_of([STRONG]), headers=CSV)
        assert "--jobs" in problem(answer, 503, "work-failed").found
        assert answer.headers["retry-after"]
