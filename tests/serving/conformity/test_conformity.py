"""The service is as its OpenAPI document says: schemathesis asks it thousands of odd questions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving.app import create_app
from serving.settings import Settings
from tests.serving.access.conftest import Office, consent, opened, settings_of, staffed
from tests.serving.conftest import (
    DEFAULTED,
    DORMANT,
    NEWCOMER,
    NOW,
    STRONG,
    UNKNOWN,
    WEAK,
    World,
    served,
)
from tests.serving.messages.conftest import own_record

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
CODES = (STRONG, WEAK, DEFAULTED, NEWCOMER, DORMANT, UNKNOWN)


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    """Of an open service: odd messages go into a record of its own."""
    own = {"database": own_record(world, tmp_path), "archive": tmp_path / "archive"}
    return world.settings(tmp_path / "ledger.db", **own)


@pytest.fixture
def office(world: World, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A service that asks for tokens, with a bank that some enterprises consented to."""
    many = {"tokens_a_minute": 10**6, "calls_a_minute": 10**6, "rows_a_minute": 10**9}
    own = {"database": settings.database, "archive": settings.archive}
    settings = settings_of(world, tmp_path, **many).model_copy(update=own)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        store = opened(tmp_path)
        found = staffed(client, store)
        found.consents(*(consent(who, "bank-a") for who in (STRONG, WEAK, NEWCOMER, UNKNOWN)))
        yield found
        store.close()


def conforms(client: httpx.Client, tmp_path: Path, *options: str) -> None:
    """Let schemathesis ask; every check of its own and those of hooks.py must hold."""
    environment = {
        **os.environ,
        "HOOKS": str(HERE / "hooks.py"),
        "CARGOWORTHY_KNOWN_CODES": " ".join(CODES),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "100",
    }
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli",
            "--config-file", str(HERE / "schemathesis.toml"),
            "run", f"{client.base_url}/openapi.json",
            "--continue-on-failure", "--no-color", "--warnings", "off", *options,
        ],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = "\n".join(line[:300] for line in done.stdout.splitlines())
    assert done.returncode == 0, f"{told}\n{done.stderr}"


def faults_of(metrics: str) -> list[str]:
    """Requests answered with 5xx, as the service itself counted them."""
    return [
        line
        for line in metrics.splitlines()
        if line.startswith("cargoworthy_request_seconds_count") and 'status="5' in line
    ]


def test_an_open_service_is_as_it_is_described(fresh: httpx.Client, tmp_path: Path) -> None:
    conforms(fresh, tmp_path, "--seed", "1", "--max-examples", "8")
    assert faults_of(fresh.get("/metrics").text) == []


def asked_as(office: Office, client: str, tmp_path: Path, *options: str) -> None:
    conforms(
        office.client, tmp_path, "-H", f"Authorization: Bearer {office.token(client)}", *options
    )
    metrics = office.client.get("/metrics", headers=office.bearer("root")).text
    if client != "root":
        assert 'route="/v1/scores",status="200"' in metrics, "nothing got through"
    assert faults_of(metrics) == []


def test_a_service_that_asks_for_tokens_is_as_it_is_described(
    office: Office, tmp_path: Path
) -> None:
    few = ("--seed", "1", "--max-examples", "8", "--phases", "examples,fuzzing,stateful")
    asked_as(office, "bank-a", tmp_path, *few)


def test_an_answer_that_is_not_described_is_found(world: World, tmp_path: Path) -> None:
    """The check itself can fail."""
    app = create_app(world.settings(tmp_path / "ledger.db"), clock=lambda: NOW)

    @app.get("/v1/odd", responses={404: {}})
    def odd(count: int) -> dict[str, int]:
        return {"count": 1 // count}

    with served(app) as client, pytest.raises(AssertionError, match=r"ST10\d"):
        conforms(client, tmp_path, "--include-path", "/v1/odd", "--max-examples", "20")


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("client", ["bank-a", "strong", "root"])
def test_a_service_that_is_asked_much_more_is_as_it_is_described(
    office: Office, tmp_path: Path, client: str
) -> None:
    asked_as(office, client, tmp_path, "--seed", "2", "--max-examples", "60")


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", ["2", "3"])
def test_no_odd_question_of_many_is_answered_with_a_fault(
    fresh: httpx.Client, tmp_path: Path, seed: str
) -> None:
    conforms(fresh, tmp_path, "--seed", seed, "--max-examples", "100")
    assert faults_of(fresh.get("/metrics").text) == []
