"""The same key and request give the same stored answer; however many ask at once, one is scored."""

import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import InFlight, KeyReused, LedgerFailure
from serving.keys import KEY, Key
from serving.ledger import SCORE, Ledger
from serving.objections.log import disputed
from serving.scores.scoring import Scorer
from serving.settings import Settings
from supervision.database import engine_of
from tests.serving.conftest import STRONG, WEAK
from tests.serving.test_ledger import ENTRY, emptied
from tests.serving.test_problems import problem

ROOT = Path(__file__).parents[2]
ASKED = {"as_of": "2023-01-01T00:00:00+08:00"}
NAMED = Key.of("bank-1", "loan-17", "score", b"{}", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return emptied(str(request.getfixturevalue("postgresql")))


def post(client: httpx.Client, key: str, enterprise_id: str = STRONG, **more: Any) -> Any:
    body = {"enterprise_id": enterprise_id, **ASKED, **more}
    return client.post("/v1/scores", json=body, headers={"Idempotency-Key": key})


def rows(settings: Settings, query: str) -> list[Any]:
    with sqlite3.connect(settings.ledger.removeprefix("sqlite:///")) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_the_same_key_and_request_give_the_stored_answer(
    fresh: httpx.Client, settings: Settings
) -> None:
    first, again = post(fresh, "a-key"), post(fresh, "a-key")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert rows(settings, "SELECT COUNT(*) FROM score") == [(1,)]
    assert rows(settings, "SELECT action, subject FROM audit") == [
        ("score", first.json()["score_id"])
    ]


def test_the_form_of_the_body_is_no_part_of_the_request(fresh: httpx.Client) -> None:
    first = post(fresh, "k", client_reference=None)
    text = f' {{"as_of":"{ASKED["as_of"]}",\n"enterprise_id":"{STRONG}"}}'
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    assert fresh.post("/v1/scores", content=text, headers=headers).content == first.content


def test_another_request_under_the_key_is_refused(fresh: httpx.Client) -> None:
    post(fresh, "k")
    problem(post(fresh, "k", WEAK), 422, "idempotency-key-reused")
    problem(post(fresh, "k", client_reference="r"), 422, "idempotency-key-reused")
    body = {"requests": [{"enterprise_id": STRONG, **ASKED}]}
    other = fresh.post("/v1/scores:batch", json=body, headers={"Idempotency-Key": "k"})
    problem(other, 422, "idempotency-key-reused")
    assert post(fresh, "k").headers["idempotency-replayed"] == "true"


def test_without_a_key_each_call_is_a_score(fresh: httpx.Client, settings: Settings) -> None:
    for _ in range(2):
        fresh.post("/v1/scores", json={"enterprise_id": STRONG, **ASKED})
    assert rows(settings, "SELECT COUNT(*) FROM score") == [(2,)]
    assert rows(settings, "SELECT COUNT(*) FROM idempotency_key") == [(0,)]


@pytest.mark.parametrize("key", ["", "two words", "x" * 256])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    found = problem(post(client, key), 422, "invalid-request")
    assert found.faults[0].at == "header/Idempotency-Key"


def test_a_refused_request_uses_up_no_key(fresh: httpx.Client) -> None:
    problem(post(fresh, "k", "nonsense"), 422, "malformed-credit-code")
    assert post(fresh, "k").status_code == 200


def test_a_key_belongs_to_its_client() -> None:
    other = Key.of("bank-2", "loan-17", "score", b"{}", 1)
    assert other.hash != NAMED.hash
    assert Key.of("bank-1", "loan-17", "score", b"{}", 9).hash == NAMED.hash


@given(st.text(), st.text(), st.text(), st.text())
def test_two_keys_are_the_same_only_for_the_same_client_and_text(
    client: str, text: str, other_client: str, other_text: str
) -> None:
    # A client's id has no line end in it, nor has a key.
    named = [part.replace("\n", "") for part in (client, text, other_client, other_text)]
    one, other = (Key.of(*pair, "score", b"", 0) for pair in (named[:2], named[2:]))
    assert (one.hash == other.hash) == (named[:2] == named[2:])


def test_while_one_call_is_answered_another_under_its_key_is_told_so(url: str) -> None:
    with Ledger.open(url) as ledger, Ledger.open(url) as other:
        with ledger.attempt(NAMED) as attempt:
            for second in (ledger, other):
                with pytest.raises(InFlight), second.attempt(NAMED):
                    pass
            attempt.commit([ENTRY])
        with other.attempt(NAMED) as again:
            assert again.kept == [{"score_id": ENTRY.score_id}]
        with pytest.raises(KeyReused), other.attempt(replace(NAMED, fingerprint="0")):
            pass


def test_a_call_that_failed_leaves_its_key_free(url: str) -> None:
    with Ledger.open(url) as ledger:
        with pytest.raises(ZeroDivisionError), ledger.attempt(NAMED):
            raise ZeroDivisionError
        with ledger.attempt(NAMED) as attempt:
            assert attempt.kept is None
            attempt.commit([ENTRY])
        with pytest.raises(LedgerFailure), ledger.attempt(replace(NAMED, hash="f" * 64)) as second:
            second.commit([ENTRY])  # the same score_id twice: nothing of it is written
        with ledger.attempt(replace(NAMED, hash="f" * 64)) as third:
            assert third.kept is None


def test_where_nothing_can_be_claimed_still_one_answer_is_written(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.claims._SET_LOCK", None)
    monkeypatch.setattr("serving.ledger.claimed_in", lambda *_: True)
    with Ledger.open(url) as ledger:
        with ledger.attempt(NAMED) as attempt:
            with ledger.attempt(NAMED) as faster:
                faster.commit([replace(ENTRY, score_id="faster")])
            with pytest.raises(InFlight):
                attempt.commit([ENTRY])
        assert ledger.document(ENTRY.score_id) is None
        assert ledger.document("faster") is not None


CALLER = """
import sys, time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import orjson
from serving.errors import InFlight
from serving.keys import Key
from serving.ledger import Entry, Ledger

url, process = sys.argv[1:]
key = Key.of("bank-1", "loan-17", "score", b"{}", 1)
entry = Entry("", "91350211MA31009013", "scored", 0, 0, 7, "a", "b", "c", None, b"{}")
ledger = Ledger.open(url)

def call(number):
    try:
        with ledger.attempt(key) as attempt:
            if attempt.kept is not None:
                return "kept " + attempt.kept[0]["score_id"]
            time.sleep(0.01)
            mine = f"{process}-{number}"
            attempt.commit([replace(entry, score_id=mine)])
            return "kept " + mine
    except InFlight:
        return "in flight"

with ThreadPoolExecutor(10) as pool:
    print(orjson.dumps(Counter(pool.map(call, range(250)))).decode())
"""


def test_a_thousand_calls_of_four_processes_under_one_key_are_one_score(url: str) -> None:
    Ledger.open(url).close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CALLER, url, str(number)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for number in range(4)
    ]
    outcomes: Counter[str] = Counter()
    for process in processes:
        outcomes.update(orjson.loads(process.communicate(timeout=120)[0]))
    assert sum(outcomes.values()) == 1_000
    (winner,) = [outcome for outcome in outcomes if outcome.startswith("kept")]
    engine = engine_of(url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(SCORE.c.score_id)).scalars().all() == [winner[5:]]
        assert connection.execute(sa.select(sa.func.count()).select_from(KEY)).scalar() == 1
    engine.dispose()


def test_a_thousand_requests_under_one_key_are_one_score(
    fresh: httpx.Client, settings: Settings
) -> None:
    first = post(fresh, "warm")
    assert first.status_code == 200
    found: list[httpx.Response] = []

    def ask(_: int) -> None:
        with httpx.Client(base_url=fresh.base_url, timeout=60) as client:
            found.extend(post(client, "k") for _ in range(50))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(ask, range(20)))
    assert len(found) == 1_000
    answered = [one for one in found if one.status_code == 200]
    assert len({one.content for one in answered}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answered) == 1
    for one in found:
        if one.status_code != 200:
            problem(one, 409, "request-in-flight")
            assert one.headers["retry-after"] == "1"
    assert rows(settings, "SELECT COUNT(*) FROM score") == [(2,)]


def test_a_call_in_flight_is_told_by_409_over_http(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, reckon = threading.Event(), threading.Event(), Scorer.reckon

    def slowly(self: Scorer, *arguments: Any) -> Any:
        begun.set()
        go.wait(30)
        return reckon(self, *arguments)

    monkeypatch.setattr(Scorer, "reckon", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, fresh, "k")
        assert begun.wait(30)
        with httpx.Client(base_url=fresh.base_url, timeout=30) as second:
            problem(post(second, "k"), 409, "request-in-flight")
        go.set()
        assert first.result().status_code == 200
    assert post(fresh, "k").headers["idempotency-replayed"] == "true"


def test_however_many_are_being_answered_each_can_still_ask_the_ledger(url: str) -> None:
    """As many as there are connections hold a claim; on the way to an answer each asks more."""
    with Ledger.open(url) as ledger, ExitStack() as stack:
        for number in range(15):
            key = Key.of("bank-1", f"loan-{number}", "score", b"{}", 1)
            attempt = stack.enter_context(ledger.attempt(key))
        assert ledger.document(ENTRY.score_id) is None
        assert ledger.questions.ask(lambda it: disputed(it, ["nobody"])) == {}
        attempt.commit([ENTRY])
        assert ledger.document(ENTRY.score_id) == ENTRY.document
