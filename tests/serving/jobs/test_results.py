"""What is fetched of a job that is done, line by line or as Parquet."""

import io

import orjson
import pyarrow.parquet as pq
import pytest

from tests.serving.conftest import DORMANT, STRONG, UNKNOWN
from tests.serving.jobs.conftest import (
    Office,
    csv_of,
    result,
)
from tests.serving.test_problems import problem


def test_the_lines_hold_the_very_bytes_that_are_logged(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG, DORMANT]))
    office.work()
    text = office.client.get(f"/v1/jobs/{job['job_id']}/result").content
    for (document,) in office.rows("SELECT document FROM score"):
        assert document.encode() in text


def test_the_result_as_parquet_says_what_the_lines_say(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG, "nonsense", UNKNOWN]))
    office.work()
    lines = result(office, job["job_id"])
    answer = office.client.get(
        f"/v1/jobs/{job['job_id']}/result", headers={"Accept": "application/vnd.apache.parquet"}
    )
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(answer.content)).to_pylist()
    assert [row["row"] for row in table] == [0, 1, 2]
    assert [row["outcome"] for row in table] == ["scored", "refused", "insufficient_data"]
    assert [row["client_reference"] for row in table] == ["r0", "r1", "r2"]
    strong = lines[0]["answer"]
    assert orjson.loads(table[0]["document"]) == strong
    names = ("score", "grade", "pd", "pd_through_the_cycle", "enterprise_id", "as_of")
    assert {name: table[0][name] for name in names} == {name: strong[name] for name in names}
    assert table[0]["limit_fen"] == strong["limit"]["amount_fen"]
    assert table[1]["problem"] == "urn:cargoworthy:problem:malformed-credit-code"
    assert orjson.loads(table[1]["document"]) == lines[1]["problem"]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 406),
        ("application/x-ndjson;q=0", 406),
        ("*/*", 200),
        ("application/*;q=0.5", 200),
        ("application/vnd.apache.parquet;q=0.9, application/x-ndjson;q=0.8", 200),
    ],
)
def test_the_form_of_the_result_is_negotiated(office: Office, accept: str, status: int) -> None:
    job = office.hand_in(csv_of([STRONG]))
    office.work()
    answer = office.client.get(f"/v1/jobs/{job['job_id']}/result", headers={"Accept": accept})
    if status == 406:
        problem(answer, 406, "not-acceptable")
    assert answer.status_code == status
    if "q=0.9" in accept:
        assert answer.content.startswith(b"PAR1")


def test_the_result_is_made_anew_where_its_file_is_lost_or_damaged(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG, "nonsense", DORMANT]))
    office.work()
    before = result(office, job["job_id"])
    (path,) = office.settings.jobs.folder.glob("*/result.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    assert result(office, job["job_id"]) == before
    path.unlink()
    path.parent.rmdir()
    assert result(office, job["job_id"]) == before
