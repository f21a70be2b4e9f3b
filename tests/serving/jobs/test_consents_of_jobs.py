"""A job sees what its bank may see, at each row's turn and again when its result is fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pyarrow.parquet as pq
import pytest

from serving.access.clients import Clients
from serving.access.consents import Consents, Purpose
from serving.access.door import Door
from serving.app import create_app
from serving.jobs.result import SCHEMA, write_permitted
from serving.jobs.worker import Worker
from serving.rooms import Rooms
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.conftest import NOW, STRONG, UNKNOWN, WEAK, World, code, served
from tests.serving.test_problems import problem

ROWS = [STRONG, WEAK, UNKNOWN, code(0)]
CSV = {"Content-Type": "text/csv"}


@dataclass
class Bank:
    office: Office
    worker: Worker

    def ask(self, method: str, path: str, who: str = "bank-a", **more: Any) -> httpx.Response:
        headers = {**self.office.bearer(who), **more.pop("headers", {})}
        return self.office.client.request(method, path, headers=headers, **more)

    def hand_in(self, codes: list[str], **headers: str) -> httpx.Response:
        text = "\n".join(["enterprise_id", *codes])
        return self.ask("POST", "/v1/jobs", content=text, headers={**CSV, **headers})

    def work(self) -> None:
        while self.worker.step():
            pass

    def statuses(self, job_id: str, who: str = "bank-a") -> list[int]:
        answer = self.ask("GET", f"/v1/jobs/{job_id}/result", who)
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line)["status"] for line in answer.content.splitlines()]


@contextmanager
def banked(world: World, folder: Path, **tokens: Any) -> Iterator[Bank]:
    settings = settings_of(world, folder, tokens_a_minute=1_000, **tokens)
    rooms = Rooms(settings)
    door = Door(settings.access, settings.tokens, settings.ledger, lambda: NOW)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        store = opened(folder)
        yield Bank(staffed(client, store), Worker(rooms, door, lambda: NOW))
        store.close()
    door.close()
    rooms.close()


@pytest.fixture
def bank(world: World, tmp_path: Path) -> Iterator[Bank]:
    with banked(world, tmp_path) as found:
        yield found


def test_rows_of_enterprises_without_a_consent_are_as_of_none(bank: Bank) -> None:
    given = consent(STRONG, "bank-a")
    bank.office.consents(
        given, consent(WEAK, "bank-b"), consent(code(0), "bank-a", purpose=Purpose.MONITORING)
    )
    job_id = bank.hand_in(ROWS).json()["job_id"]
    bank.work()
    text = bank.ask("GET", f"/v1/jobs/{job_id}/result").content
    lines = [orjson.loads(line) for line in text.splitlines()]
    assert [line["status"] for line in lines] == [200, 404, 404, 404]
    assert lines[0]["answer"]["consent_id"] == given.consent_id
    unseen = {
        orjson.dumps({**line, "row": 0}).decode().replace(who, "CODE")
        for line, who in zip(lines[1:], ROWS[1:], strict=True)
    }
    assert len(unseen) == 1
    monitored = bank.hand_in(ROWS, **{"Cargoworthy-Purpose": "monitoring"}).json()["job_id"]
    bank.work()
    assert bank.statuses(monitored) == [404, 404, 404, 200]


def test_a_consent_that_ends_before_a_rows_turn_is_none(bank: Bank) -> None:
    given = consent(STRONG, "bank-a")
    bank.office.consents(given)
    job_id = bank.hand_in([STRONG]).json()["job_id"]
    Consents(bank.office.store).revoke(given, NOW, "test")
    bank.work()
    assert bank.statuses(job_id) == [404]


def test_what_was_scored_is_not_given_once_the_consent_is_taken_back(
    bank: Bank, tmp_path: Path
) -> None:
    given = consent(STRONG, "bank-a")
    bank.office.consents(given, consent(WEAK, "bank-a"))
    job_id = bank.hand_in([STRONG, WEAK]).json()["job_id"]
    bank.work()
    assert bank.statuses(job_id) == [200, 200]
    Consents(bank.office.store).revoke(given, NOW, "test")
    assert bank.statuses(job_id) == [404, 200]
    parquet = {"Accept": "application/vnd.apache.parquet"}
    answer = bank.ask("GET", f"/v1/jobs/{job_id}/result", headers=parquet)
    path = tmp_path / "fetched.parquet"
    path.write_bytes(answer.content)
    rows = pq.read_table(path).to_pylist()
    assert [row["status"] for row in rows] == [404, 200]
    assert [row["score"] is None for row in rows] == [True, False]
    kept = {each.name for each in (tmp_path / "jobs" / job_id).iterdir()}
    assert kept == {"result.parquet"}  # the copy is gone


def test_a_copy_that_a_broken_call_leaves_is_of_those_that_are_tidied(tmp_path: Path) -> None:
    pq.write_table(SCHEMA.empty_table(), tmp_path / "result.parquet")
    assert write_permitted(tmp_path / "result.parquet", {}).suffix == ".new"


def test_a_job_is_its_tenants_own(bank: Bank) -> None:
    bank.office.consents(consent(STRONG, "bank-a"))
    job_id = bank.hand_in([STRONG]).json()["job_id"]
    bank.work()
    assert bank.statuses(job_id, "officer-a") == [200]
    for who in ("bank-b", "strong"):
        problem(bank.ask("GET", f"/v1/jobs/{job_id}", who), 404, "no-such-job")
        problem(bank.ask("GET", f"/v1/jobs/{job_id}/result", who), 404, "no-such-job")
        problem(bank.ask("DELETE", f"/v1/jobs/{job_id}", who), 404, "no-such-job")


def test_of_a_client_that_was_disabled_no_row_is_scored(bank: Bank) -> None:
    bank.office.consents(consent(STRONG, "bank-a"))
    job_id = bank.hand_in([STRONG]).json()["job_id"]
    Clients(bank.office.store).disable("bank-a", NOW)
    bank.work()
    told = bank.ask("GET", f"/v1/jobs/{job_id}", "officer-a").json()
    assert (told["status"], told["rows"]["done"]) == ("cancelled", 0)
    assert told["failure"] == "its client was disabled"


def test_an_enterprise_scores_itself_alone(bank: Bank) -> None:
    text = f"enterprise_id\n{STRONG}\n{WEAK}\n"
    job = bank.ask("POST", "/v1/jobs", "strong", content=text, headers=CSV).json()
    bank.work()
    assert bank.statuses(job["job_id"], "strong") == [200, 404]


def test_rows_are_charged_a_large_file_with_half_a_minutes_worth(
    world: World, tmp_path: Path
) -> None:
    with banked(world, tmp_path, rows_a_minute=100) as bank:
        assert bank.hand_in([STRONG] * 30).status_code == 202
        assert bank.hand_in([STRONG] * 500).status_code == 202  # counts as 50
        refused = bank.hand_in([STRONG] * 21)
        problem(refused, 429, "too-many-calls")
        assert refused.headers["retry-after"]
        assert bank.ask("GET", "/v1/jobs/none").status_code == 404  # a call is no row
