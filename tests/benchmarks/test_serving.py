"""The benchmark of the service: its client measures what it says, and so do its figures."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.features.ground import Ground
from benchmarks.serving import calls
from benchmarks.serving.calls import Heard, Target, call
from benchmarks.serving.contest import Run
from benchmarks.serving.field import BENTOML, EMPTY, MLFLOW, OURS
from benchmarks.serving.plot import draw
from benchmarks.serving.record_copy import copy_record
from benchmarks.serving.report import report
from supervision.errors import CargoworthyError
from supervision.record import Record

SECONDS = 0.02


class Slow(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((body.decode(), self.headers.get("Authorization", "")))
        time.sleep(SECONDS)
        status = 200 if self.path == "/good" else 503
        self.send_response(status)
        self.send_header("Content-Length", "2")
        try:
            self.end_headers()
            self.wfile.write(b"{}")
        except ConnectionError:  # the client has measured enough and has gone
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Slow.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def bodies(tmp_path: Path) -> Path:
    path = tmp_path / "bodies.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n{"a": 3}\n')
    return path


@pytest.mark.parametrize("by_wrk", [True, False])
def test_the_client_waits_for_each_answer_and_sends_all_bodies(
    url: str, bodies: Path, by_wrk: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by_wrk and calls.shutil.which("wrk") is None:
        pytest.skip("there is no wrk here")
    if not by_wrk:
        monkeypatch.setattr(calls.shutil, "which", lambda _: None)
    (heard,) = call([Target(f"{url}/good", bodies, "secret")], 1)
    assert SECONDS <= heard.p50 <= heard.p99
    assert 2 <= heard.calls <= 1.2 / SECONDS
    assert heard.rate == pytest.approx(heard.calls / heard.seconds)
    assert {json.loads(body)["a"] for body, _ in Slow.seen} == {1, 2, 3}
    assert {shown for _, shown in Slow.seen} == {"Bearer secret"}
    with pytest.raises(CargoworthyError, match="failed"):
        call([Target(f"{url}/bad", bodies)], 1)


def run_of(p50: dict[str, list[float]]) -> Run:
    run = Run()
    for name, rounds in p50.items():
        run.heard[name] = [Heard(each, 3 * each, 100, 1.0) for each in rounds]
        run.processor[name] = [each / 2 for each in rounds]
        run.megabytes[name], run.starts[name] = (200.0, 150.0), 2.0
    run.stages[OURS] = {"read": 0.0004, "commit": 0.0006, "whole": 0.0015}
    run.pairs = [(300.0, 200.0), (330.0, 200.0), (150.0, 100.0)]
    return run


def test_ratios_are_of_one_round_and_the_rest_of_a_request_is_told(tmp_path: Path) -> None:
    run = run_of({OURS: [2e-3, 4e-3, 3e-3], EMPTY: [1e-4, 1e-4, 2e-4], MLFLOW: [0.02] * 3})
    text = report(run)
    assert f"| p50: {OURS} over {EMPTY} | 20.00 | 15.00 to 40.00 | at most 12 |" in text
    assert f"| p50: {MLFLOW} over {OURS} | 6.67 | 5.00 to 10.00 | at least 8 |" in text
    assert "| calls a second: two workers over one | 1.50 | 1.50 to 1.65 | at least 1.3 |" in text
    assert "| framework and what else | 0.500 |" in text
    assert BENTOML not in text
    draw(run, tmp_path / "one.svg")
    assert (tmp_path / "one.svg").read_text().startswith("<?xml")


def test_a_copied_record_says_the_same(recorded_port: Any, postgresql: str) -> None:
    source = Ground(recorded_port.folder).record
    copy_record(source, postgresql)
    copy_record(source, postgresql)
    one, other = Record.open(source), Record.open(postgresql)
    assert one.identity() == other.identity()
    assert one.newest() == other.newest()
    numbers = one.enterprises().tolist()
    for stream in ("declaration", "custody", "outcome"):
        rows = one.rows(stream, "enterprise_id", numbers)
        same = other.rows(stream, "enterprise_id", numbers)
        assert {n: v.tolist() for n, v in rows.items()} == {n: v.tolist() for n, v in same.items()}
    one.close()
    other.close()
