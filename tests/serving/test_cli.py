import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from serving import cli
from serving.errors import MalformedCreditCode, MalformedPolicy, NotReady
from serving.ledger import Ledger
from supervision.errors import CargoworthyError, UsageError
from tests.serving.conftest import POLICY, STRONG, UNKNOWN, WEAK, World
from tests.serving.free_port import free_port

ROOT = Path(__file__).parents[2]

front_door = typer.Typer()
front_door.command()(cli.score)
front_door.command()(cli.serve)


@pytest.fixture
def paths(world: World, tmp_path: Path) -> list[str]:
    return [
        "--database", world.database, "--models", str(world.models), "--policy", str(POLICY),
        "--ledger", f"sqlite:///{tmp_path}/ledger.db", "--promotion-key", str(tmp_path / "none"),
    ]  # fmt: skip


def call(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(front_door, list(words))


def test_a_table_tells_score_grade_pd_limit_and_reasons(paths: list[str]) -> None:
    found = call("score", WEAK, STRONG, "--as-of", "2023-01-01", *paths)
    assert found.exit_code == 0, found.output
    said = call("score", WEAK, STRONG, "--as-of", "2023-01-01", "--format", "json", *paths)
    shown = " ".join(found.stdout.split())
    weak, strong = json.loads(said.stdout)
    assert weak["score"] < strong["score"]
    assert weak["grade"] in ("C", "CC")
    assert weak["limit"]["amount_fen"] == 0
    for answer in (weak, strong):
        limit = answer["limit"]["amount_fen"] // 100
        added = answer["score"] - answer["base_points"]
        for word in (
            answer["enterprise_id"],
            f"score {answer['score']} grade {answer['grade']} PD {answer['pd']:.2%} "
            f"(through the cycle {answer['pd_through_the_cycle']:.2%}) ",
            f"limit {limit:,} CNY",
            answer["limit"]["binding_text_en"],
            f"base {answer['base_points']}, points {added:+d}",
        ):
            assert word in shown
        for reason in answer["reasons"]:
            assert f"{reason['points']:+d} {reason['text_en']}" in shown
            for told in reason["features"]:
                assert f"{told['points']:+d} {told['text_en']} {told['feature']}" in shown
    assert len(weak["reasons"]) == 4
    assert "Part of the stock is not insured." in shown


def test_the_reasons_are_told_in_chinese_when_asked(paths: list[str]) -> None:
    found = call("score", WEAK, "--as-of", "2023-01-01", "--language", "zh", *paths)
    assert "部分库存未投保" in found.stdout
    assert "（跨周期" in found.stdout
    said = call(
        "score", WEAK, "--as-of", "2023-01-01", "--language", "zh", "--format", "json", *paths
    )
    (answer,) = json.loads(said.stdout)
    assert answer["language"] == "zh"
    assert answer["reasons"][0]["text"] == answer["reasons"][0]["text_zh"]


def test_json_stands_alone_on_standard_output_and_is_what_was_logged(
    paths: list[str], tmp_path: Path
) -> None:
    words = ("--as-of", "2023-01-01T00:00:00+08:00", "--format", "json")
    found = call("score", WEAK, UNKNOWN, *words, *paths)
    weak, unknown = json.loads(found.stdout)
    assert (weak["status"], unknown["status"]) == ("scored", "insufficient_data")
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        document = ledger.document(weak["score_id"])
    assert document is not None
    assert document.decode() in found.stdout


def test_too_little_data_is_told_with_its_cure(paths: list[str]) -> None:
    found = call("score", UNKNOWN, "--as-of", "2023-01-01", *paths)
    assert found.exit_code == 0
    assert "insufficient data" in found.stdout
    assert "missing custody" in found.stdout


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("X",), MalformedCreditCode),
        ((STRONG, "--as-of", "yesterday"), UsageError),
        ((STRONG, "--as-of", "2999-01-01"), UsageError),
        ((STRONG, "--as-of", "1999-12-31"), UsageError),
        ((STRONG, "--as-of", "0001-01-01T00:00:00+08:00"), UsageError),
        ((STRONG, "--as-of", "9999-12-31T23:59:59-08:00"), UsageError),
        ((STRONG, "--policy", "none.yaml"), MalformedPolicy),
        ((STRONG, "--models", "none"), NotReady),
        ((STRONG, "--database", "sqlite:///none/record.db"), NotReady),
    ],
)
def test_a_wrong_call_and_missing_things_are_told_apart(
    paths: list[str], words: tuple[str, ...], kind: type[Exception]
) -> None:
    found = call("score", *paths, *words)
    assert isinstance(found.exception, kind)
    assert isinstance(found.exception, CargoworthyError)
    assert "\n" not in str(found.exception)


def test_one_bad_code_among_good_ones_scores_nobody(paths: list[str], tmp_path: Path) -> None:
    found = call("score", STRONG, "X", "--as-of", "2023-01-01", *paths)
    assert isinstance(found.exception, MalformedCreditCode)
    assert not (tmp_path / "ledger.db").exists()


def test_a_busy_port_is_told_before_anything_starts(paths: list[str]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        found = call("serve", "--open", "--port", str(port), *paths)
    assert isinstance(found.exception, CargoworthyError)
    assert f"127.0.0.1:{port}" in str(found.exception)
    assert "--port" in str(found.exception)


def test_an_address_of_another_machine_is_refused(paths: list[str]) -> None:
    found = call("serve", "--host", "192.0.2.1", "--jwks", "keys.json", *paths)
    assert isinstance(found.exception, CargoworthyError)
    assert "192.0.2.1" in str(found.exception)


@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.slow)])
def running(
    request: pytest.FixtureRequest, paths: list[str]
) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    port = free_port()
    program = "import typer; from serving.cli import serve; typer.run(serve)"
    words = ["--port", str(port), "--workers", str(request.param)]
    words += ["--open", "--as-of", "2023-01-01"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words, *paths],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            for _ in range(600):
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    assert process.poll() is None, process.communicate()[1]
                time.sleep(0.05)
            yield client, process
    finally:
        process.terminate()  # a killed one would leave its workers behind
        process.communicate(timeout=30)


def test_the_service_runs_answers_and_stops_when_told(
    running: tuple[httpx.Client, subprocess.Popen[str]],
) -> None:
    client, process = running
    assert client.get("/readyz").json()["default_as_of"] == "2022-12-31T16:00:00Z"
    first = client.post("/v1/scores", json={"enterprise_id": WEAK})
    assert first.json()["status"] == "scored"
    again = client.get(f"/v1/scores/{first.json()['score_id']}")
    assert again.content == first.content
    client.close()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=30)
    assert "/docs" in told
    assert "Traceback" not in told
