"""A portfolio is handed in, scored row by row like a batch, and fetched."""

import hashlib
import io
import itertools
import os
import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serving.jobs.document import EXAMPLE, JobAnswer, JobRow
from serving.jobs.rows_file import tidy
from serving.jobs.settings import JobSettings
from tests.serving.conftest import (
    DEFAULTED,
    DORMANT,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    code,
    until,
)
from tests.serving.jobs.conftest import AT, CSV, NDJSON, PARQUET, Office, opened
from tests.serving.test_problems import problem

EVERYBODY = [STRONG, WEAK, DEFAULTED, DORMANT, UNKNOWN, *map(code, range(24))]


def csv_of(codes: list[str]) -> str:
    lines = [f"{each},r{number},{AT}" for number, each in enumerate(codes)]
    return "\n".join(["enterprise_id,client_reference,as_of", *lines, ""])


def result(office: Office, job_id: str, **headers: str) -> list[Any]:
    answer = office.client.get(f"/v1/jobs/{job_id}/result", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in answer.content.splitlines()]


def same_but_for_names(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers without what each has of its own."""
    return [
        {name: value for name, value in each.items() if name not in ("score_id", "answered_at")}
        for each in answers
    ]


def test_a_portfolio_is_scored_as_a_batch_would_be(office: Office) -> None:
    rows = [*EVERYBODY, "nonsense", STRONG]
    taken = office.client.post("/v1/jobs", content=csv_of(rows), headers=CSV)
    assert taken.status_code == 202
    told = JobAnswer.model_validate(taken.json())
    assert told.status == "queued"
    assert told.sha256 == hashlib.sha256(csv_of(rows).encode()).hexdigest()
    assert taken.headers["location"] == f"/v1/jobs/{told.job_id}"
    office.work()
    done = JobAnswer.model_validate(office.job(told.job_id))
    assert (done.status, done.rows.total, done.rows.done) == ("done", len(rows), len(rows))
    lines = result(office, told.job_id)
    assert [JobRow.model_validate(line).row for line in lines] == list(range(len(rows)))
    asked = [
        {"enterprise_id": each, "client_reference": f"r{number}", "as_of": AT}
        for number, each in enumerate(rows)
    ]
    body = {"requests": asked}
    batch = office.client.post("/v1/scores:batch", json=body).json()["outcomes"]
    assert [line["status"] for line in lines] == [row["status"] for row in batch]
    ours, theirs = ([row["answer"] for row in some if "answer" in row] for some in (lines, batch))
    assert same_but_for_names(ours) == same_but_for_names(theirs)
    states = [answer["status"] for answer in ours]
    assert done.rows.scored == states.count("scored") > 20
    assert done.rows.insufficient_data == states.count("insufficient_data") > 0
    assert done.rows.refused == 1


def test_each_answer_is_logged_audited_and_replays(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG, WEAK, STRONG]))
    office.work()
    answers = [line["answer"] for line in result(office, job["job_id"])]
    ids = [answer["score_id"] for answer in answers]
    logged = office.rows("SELECT score_id FROM score ORDER BY number")
    assert [row for (row,) in logged] == ids
    actions = [row for (row,) in office.rows("SELECT action FROM audit ORDER BY number")]
    assert actions == ["job-taken", "job-started", "score", "score", "score", "job-done"]
    for answer in answers:
        again = office.client.get(f"/v1/scores/{answer['score_id']}")
        assert orjson.loads(again.content) == answer
        replay = office.client.post(f"/v1/replays/{answer['score_id']}").json()
        assert replay["identical"]


def test_the_lines_hold_the_very_bytes_that_are_logged(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG, DORMANT]))
    office.work()
    text = office.client.get(f"/v1/jobs/{job['job_id']}/result").content
    for (document,) in office.rows("SELECT document FROM score"):
        assert document.encode() in text


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


def test_a_row_that_is_wrong_is_an_outcome_with_its_place(office: Office) -> None:
    text = f"enterprise_id,as_of,payable_days\n{STRONG},{AT},\n{STRONG},yesterday,\n"
    text += f"{WEAK},{AT},many\n,{AT},\n{STRONG},2099-01-01T00:00:00Z,\n"
    job = office.hand_in(text)
    office.work()
    told = JobAnswer.model_validate(office.job(job["job_id"]))
    kinds = {each.row: each.problem.type.rpartition(":")[2] for each in told.refused}
    assert kinds == {
        1: "malformed-as-of",
        2: "invalid-request",
        3: "invalid-request",
        4: "as-of-out-of-range",
    }
    (fault,) = told.refused[1].problem.faults
    assert fault.at == "file/rows/2/funding/payable_days"
    assert told.refused[1].enterprise_id == WEAK
    assert told.rows.scored == 1
    lines = result(office, job["job_id"])
    assert [line["status"] for line in lines] == [200, 422, 422, 422, 422]
    assert lines[2]["enterprise_id"] == WEAK
    assert lines[2]["problem"]["instance"] == "/v1/jobs"


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


def test_the_same_key_and_file_are_one_job(office: Office) -> None:
    text, key = csv_of([STRONG]), {"Idempotency-Key": "portfolio-1"}
    first = office.client.post("/v1/jobs", content=text, headers={**CSV, **key})
    again = office.client.post("/v1/jobs", content=text, headers={**CSV, **key})
    assert first.json()["job_id"] == again.json()["job_id"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = office.client.post("/v1/jobs", content=csv_of([WEAK]), headers={**CSV, **key})
    problem(other, 422, "idempotency-key-reused")
    later = {"as_of": "2022-06-01T00:00:00+08:00"}
    asked = office.client.post("/v1/jobs", content=text, headers={**CSV, **key}, params=later)
    problem(asked, 422, "idempotency-key-reused")
    office.work()
    assert office.rows("SELECT COUNT(*) FROM score") == [(1,)]
    folders = {each.name for each in office.settings.jobs.folder.iterdir()} - {"incoming"}
    assert folders == {first.json()["job_id"]}


def test_rows_that_name_no_time_share_that_of_the_job(office: Office) -> None:
    text = f"enterprise_id\n{STRONG}\n{WEAK}\n"
    plain = office.hand_in(text)
    asked = office.client.post("/v1/jobs", content=text, headers=CSV, params={"as_of": AT}).json()
    office.work()
    now = datetime.fromtimestamp(NOW / 1e6, UTC).isoformat().replace("+00:00", "Z")
    assert {line["answer"]["as_of"] for line in result(office, plain["job_id"])} == {now}
    at = {line["answer"]["as_of"] for line in result(office, asked["job_id"])}
    assert at == {"2022-12-31T16:00:00Z"} == {asked["default_as_of"]}


def test_a_cancelled_job_scores_no_more_rows_and_has_no_result(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG]))
    told = office.client.delete(f"/v1/jobs/{job['job_id']}").json()
    assert told["status"] == "cancelled"
    office.work()
    assert office.rows("SELECT COUNT(*) FROM score") == [(0,)]
    problem(office.client.get(f"/v1/jobs/{job['job_id']}/result"), 409, "job-not-done")
    assert office.client.delete(f"/v1/jobs/{job['job_id']}").json() == told


def test_a_job_that_is_done_stays_done(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG]))
    office.work()
    assert office.client.delete(f"/v1/jobs/{job['job_id']}").json()["status"] == "done"


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


def test_a_job_whose_rows_are_lost_fails_and_says_so(office: Office) -> None:
    job, other = office.hand_in(csv_of([STRONG])), office.hand_in(csv_of([WEAK]))
    (office.settings.jobs.folder / job["job_id"] / "rows.ndjson").unlink()
    office.work()
    told = office.job(job["job_id"])
    assert told["status"] == "failed"
    assert "hand the file in again" in told["failure"]
    assert str(office.settings.jobs.folder) not in told["failure"]
    assert office.job(other["job_id"])["status"] == "done"


def test_jobs_have_their_turns(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.jobs.worker._TURN", 1)
    long = office.hand_in(csv_of(EVERYBODY * 3))
    short = office.hand_in(csv_of([STRONG]))
    office.worker.step()
    assert office.job(short["job_id"])["status"] == "done"
    running = JobAnswer.model_validate(office.job(long["job_id"]))
    assert running.status == "running"
    assert 0 < running.rows.done < running.rows.total
    office.work()
    assert len(result(office, long["job_id"])) == 3 * len(EVERYBODY)


def test_a_job_that_never_was_is_not_there(office: Office) -> None:
    for call in (office.client.get, office.client.delete):
        problem(call("/v1/jobs/none"), 404, "no-such-job")
    problem(office.client.get("/v1/jobs/none/result"), 404, "no-such-job")


def test_the_example_is_an_answer_that_could_be_given() -> None:
    JobAnswer.model_validate(EXAMPLE)


def test_a_row_over_which_the_service_itself_fails_holds_up_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serving.scores.scoring import Scorer

    reckon = Scorer.reckon

    def failing(self: Scorer, asked: Any, watch: Any) -> Any:
        if any(one.enterprise_id == WEAK for one in asked):
            raise ZeroDivisionError
        return reckon(self, asked, watch)

    monkeypatch.setattr(Scorer, "reckon", failing)
    job = office.hand_in(csv_of([STRONG, WEAK, DORMANT]))
    office.work()
    lines = result(office, job["job_id"])
    assert [line["status"] for line in lines] == [200, 500, 200]
    assert lines[1]["problem"]["incident"]


def test_the_answers_are_in_the_language_that_was_asked_for(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG]), **{"Accept-Language": "zh-CN"})
    office.work()
    (line,) = result(office, job["job_id"])
    assert line["answer"]["language"] == "zh"
    reason = line["answer"]["reasons"][0]
    assert reason["text"] == reason["text_zh"]


def test_a_file_for_which_there_is_no_room_is_told_by_503(world: World, tmp_path: Any) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings = JobSettings(folder=tmp_path / "taken")
    with opened(world.settings(tmp_path / "ledger.db", jobs=settings)) as office:
        answer = office.client.post("/v1/jobs", content=csv_of([STRONG]), headers=CSV)
        assert "--jobs" in problem(answer, 503, "work-failed").found
        assert answer.headers["retry-after"]


def test_what_broken_calls_left_is_removed_a_day_later(tmp_path: Any) -> None:
    left = {"incoming/a.csv", "unknown/rows.ndjson", "known/x.new"}
    for name in (*left, "known/rows.ndjson", "unknown/result.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    now = int(time.time() * 1e6)
    tidy(tmp_path, lambda job_id: job_id == "known", now)
    assert all((tmp_path / name).exists() for name in left)
    tidy(tmp_path, lambda job_id: job_id == "known", now + 86_500 * 1_000_000)
    kept = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert kept == {"known/rows.ndjson", "unknown/result.parquet"}


def test_a_worker_that_goes_on_and_on_tidies_up_by_the_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.jobs.worker._TIDY", 0.1)
    stop = threading.Event()
    working = threading.Thread(target=office.worker.run, args=(stop,))
    working.start()
    try:
        job = office.hand_in(csv_of([STRONG]))
        until(lambda: office.job(job["job_id"])["status"] == "done")
        left = office.settings.jobs.folder / "incoming" / "left.csv"
        left.write_text("x")
        os.utime(left, (NOW / 1e6 - 90_000,) * 2)
        until(lambda: not left.exists())
    finally:
        stop.set()
        working.join(10)


def test_the_page_of_the_interface_shows_what_a_job_takes(office: Office) -> None:
    text: httpx.Response = office.client.get("/docs")
    assert text.status_code == 200
    assert "POST /v1/jobs" in text.text
    assert "text/csv" in text.text
