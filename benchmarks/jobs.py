"""How much single scores wait while a job runs, and how fast a job is.

python -m benchmarks.jobs [--state var] [--rows 20000] [--calls 300] [--rounds 3]

Serves a recorded state (record.db, packed.db, models/, snapshots/, as `make demo` leaves them) with
a ledger of its own under var/bench-jobs, asks for single scores one after the other, and compares
rounds without a job with rounds while one runs, in turns.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx
import psutil
import sqlalchemy as sa

from supervision.database import engine_of

PORT = 8737
AS_OF = "2023-01-01"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.jobs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--state", type=Path, default=Path("var"))
    add("--rows", type=int, default=20_000)
    add("--calls", type=int, default=300, help="single scores in a round")
    add("--rounds", type=int, default=3)
    add("--folder", type=Path, default=Path("var/bench-jobs"), help="is emptied")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    codes = enterprises(asked.state)
    with service(asked.state, asked.folder) as (client, process):
        latencies(client, codes, 30)
        alone: list[float] = []
        beside: list[float] = []
        paces: list[float] = []
        for _ in range(asked.rounds):
            alone += latencies(client, codes, asked.calls)
            with job(client, codes, asked.rows) as path:
                begun, done = time.perf_counter(), rows_done(client, path)
                beside += latencies(client, codes, asked.calls)
                paces.append((rows_done(client, path) - done) / (time.perf_counter() - begun))
        with job(client, codes, asked.rows) as path:
            begun, done, spent = time.perf_counter(), rows_done(client, path), seconds(process)
            time.sleep(20)
            spent, rows = seconds(process) - spent, rows_done(client, path) - done
            pace = rows / (time.perf_counter() - begun)
        size = process.memory_info().rss / 1e6
    report("without a job", alone)
    report("while one runs", beside)
    print(f"a job            {median(paces):.0f} rows a second beside them, {pace:.0f} alone")
    print(f"                 {spent / rows * 1_000:.1f} ms of a processor a row, {size:.0f} MB")


def report(what: str, taken: list[float]) -> None:
    """Print one line."""
    hundredths = quantiles(taken, n=100)
    print(
        f"{what:<16} p50 {median(taken):6.2f} ms  p95 {hundredths[94]:6.2f}  "
        f"p99 {hundredths[98]:6.2f}  ({len(taken)} calls)"
    )


def enterprises(state: Path) -> list[str]:
    """Credit codes of the record, in a fixed order."""
    engine = engine_of(f"sqlite:///{state}/record.db")
    query = "SELECT DISTINCT n.text FROM enterprise e JOIN name n ON n.number = e.enterprise_id"
    with engine.connect() as connection:
        found = [str(code) for (code,) in connection.execute(sa.text(f"{query} ORDER BY 1"))]
    engine.dispose()
    return found


@contextmanager
def service(state: Path, folder: Path) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    """A service of one worker and its process for jobs."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "cargoworthy", "serve", "--open", "--port", str(PORT)]
    command += ["--as-of", AS_OF, "--database", f"sqlite:///{state}/record.db"]
    command += ["--models", str(state / "models"), "--packed", str(state / "packed.db")]
    command += ["--snapshots", str(state / "snapshots"), "--jobs", str(folder / "jobs")]
    command += ["--ledger", f"sqlite:///{folder}/ledger.db"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as started,
    ):
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
                while not _ready(client):
                    if started.poll() is not None:
                        sys.exit(f"the service did not start: see {folder}/log")
                    time.sleep(0.2)
                (process,) = psutil.Process(started.pid).children()
                yield client, process
        finally:
            started.terminate()


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def seconds(process: psutil.Process) -> float:
    """Of a processor that a process has used."""
    used = process.cpu_times()
    return float(used.user + used.system)


@contextmanager
def job(client: httpx.Client, codes: list[str], rows: int) -> Iterator[str]:
    """A job that runs; at the end it is cancelled."""
    lines = [codes[number % len(codes)] for number in range(rows)]
    text = "\n".join(["enterprise_id", *lines])
    answer = client.post("/v1/jobs", content=text, headers={"Content-Type": "text/csv"})
    answer.raise_for_status()
    path = answer.headers["location"]
    while rows_done(client, path) == 0:
        time.sleep(0.1)
    yield path
    if client.get(path).json()["status"] != "running":
        print("the job ended too early: name more --rows")
    client.delete(path)
    time.sleep(1)


def rows_done(client: httpx.Client, path: str) -> int:
    """Rows of a job that are done."""
    return int(client.get(path).json()["rows"]["done"])


def latencies(client: httpx.Client, codes: list[str], calls: int) -> list[float]:
    """Milliseconds of single scores, one after the other."""
    found = []
    for number in range(calls):
        body = {"enterprise_id": codes[(7 * number) % len(codes)]}
        begun = time.perf_counter()
        client.post("/v1/scores", json=body).raise_for_status()
        found.append((time.perf_counter() - begun) * 1_000)
    return found


if __name__ == "__main__":
    main()
