"""How jobs are worked on: in turns, until they are cancelled, and tidied up after."""

import os
import threading
from typing import Any

import pytest

from serving.jobs.document import JobAnswer
from tests.serving.conftest import DORMANT, NOW, STRONG, WEAK, until
from tests.serving.jobs.conftest import (
    EVERYBODY,
    Office,
    csv_of,
    result,
)
from tests.serving.test_problems import problem


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
