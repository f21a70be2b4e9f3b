"""A portfolio is handed in, scored row by row like a batch, and fetched."""

import hashlib
from datetime import UTC, datetime

import httpx
import orjson

from serving.jobs.document import EXAMPLE, JobAnswer, JobRow
from tests.serving.conftest import NOW, STRONG, WEAK
from tests.serving.jobs.conftest import (
    AT,
    CSV,
    EVERYBODY,
    Office,
    csv_of,
    result,
    same_but_for_names,
)
from tests.serving.test_problems import problem


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


def test_a_job_that_never_was_is_not_there(office: Office) -> None:
    for call in (office.client.get, office.client.delete):
        problem(call("/v1/jobs/none"), 404, "no-such-job")
    problem(office.client.get("/v1/jobs/none/result"), 404, "no-such-job")


def test_the_example_is_an_answer_that_could_be_given() -> None:
    JobAnswer.model_validate(EXAMPLE)


def test_the_answers_are_in_the_language_that_was_asked_for(office: Office) -> None:
    job = office.hand_in(csv_of([STRONG]), **{"Accept-Language": "zh-CN"})
    office.work()
    (line,) = result(office, job["job_id"])
    assert line["answer"]["language"] == "zh"
    reason = line["answer"]["reasons"][0]
    assert reason["text"] == reason["text_zh"]


def test_the_page_of_the_interface_shows_what_a_job_takes(office: Office) -> None:
    text: httpx.Response = office.client.get("/docs")
    assert text.status_code == 200
    assert "POST /v1/jobs" in text.text
    assert "text/csv" in text.text
