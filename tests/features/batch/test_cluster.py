"""The feature table on a real cluster: a scheduler and two worker processes of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from features.batch import building, execution
from features.batch.building import build
from features.batch.execution import executor
from supervision.errors import CargoworthyError, UsageError
from tests.features.batch.test_execution import ROOT, Killed, at_once, built_again

__all__ = ["at_once"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as running:
        yield running


@pytest.fixture
def observer(cluster: LocalCluster) -> Iterator[Client]:
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        yield client


def test_a_cluster_builds_the_same_bytes(
    recorded_port: Any, at_once: bytes, cluster: LocalCluster, observer: Client, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"
    told: list[tuple[str, int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "RANGE", 10)
        with executor(cluster=cluster.scheduler_address) as run:
            build(
                recorded_port.record, recorded_port.mirror, out, recorded_port.month_ends[-3:],
                lambda *now: told.append(now), run,
            )  # fmt: skip
    assert out.read_bytes() == at_once
    total = len(recorded_port.mirror.enterprises())
    assert told[:2] == [("snapshot", 0, total), ("snapshot", total, total)]
    assert (told[2], told[-1]) == (("enterprises", 0, total), ("enterprises", total, total))
    assert len(told) == 3 + -(-total // 10)


def frozen_at_a_part(observer: Client, killed: Killed) -> tuple[int, set[str]]:
    """Freeze a worker that is in the middle of a part; return its process and the part's task.

    The worker's own stack says that it evaluates, and once it is frozen no file may be there
    that was not there before: so the part was begun and not finished.
    """
    processes = observer.run(os.getpid)
    for _ in range(2_000):
        for address, tasks in (observer.call_stack() or {}).items():
            evaluating = {key for key, stack in tasks.items() if "in build_part" in "".join(stack)}
            before = killed.finished()
            if not evaluating or len(before) < 2:
                continue
            os.kill(processes[address], signal.SIGSTOP)
            time.sleep(0.05)  # what it had just finished is reported
            still = {key for key in observer.processing()[address] if key in evaluating}
            if still:
                return processes[address], still
            os.kill(processes[address], signal.SIGCONT)
        assert killed.process.poll() is None, killed.process.communicate()[1]
        time.sleep(0.002)
    pytest.fail("no worker was ever seen in the middle of a part")


def test_a_killed_worker_costs_time_not_rows(
    recorded_port: Any, at_once: bytes, cluster: LocalCluster, observer: Client, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"
    command = Killed(recorded_port, out, "--cluster", cluster.scheduler_address)
    worker, tasks = frozen_at_a_part(observer, command)
    os.kill(worker, signal.SIGKILL)
    assert tasks
    _, told = command.process.communicate(timeout=60)
    assert command.process.returncode == 0, told
    assert out.read_bytes() == at_once
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_killed_command_goes_on_where_its_cluster_stood(
    recorded_port: Any, at_once: bytes, cluster: LocalCluster, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"
    killed = Killed(recorded_port, out, "--cluster", cluster.scheduler_address)
    killed.wait_for(2)
    kept = killed.kill()
    assert not out.exists()
    with executor(cluster=cluster.scheduler_address) as run:
        made = built_again(recorded_port, killed, run)
    assert len(kept) >= 2
    assert made
    assert kept.isdisjoint(made)
    assert out.read_bytes() == at_once


def test_what_fails_on_a_worker_is_told(cluster: LocalCluster, tmp_path: Path) -> None:
    with (
        executor(cluster=cluster.scheduler_address) as run,
        pytest.raises(FileExistsError, match=tmp_path.name),
    ):
        list(run(os.mkdir, [str(tmp_path)]))


def test_a_cluster_that_does_not_answer_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "PATIENCE", 1)
    with socket.socket() as taken:  # bound and deaf: nobody else answers there
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(CargoworthyError, match=f"scheduler at '{address}'"):
            executor(cluster=address).__enter__()
        assert time.monotonic() - started < 10


def test_a_cluster_without_workers_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "PATIENCE", 1)
    with LocalCluster(n_workers=0, dashboard_address=":0") as idle:
        started = time.monotonic()
        with pytest.raises(CargoworthyError, match="expected workers"):
            executor(cluster=idle.scheduler_address).__enter__()
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1:1", "host:port"])
def test_a_malformed_address_is_a_wrong_call(address: str) -> None:
    with pytest.raises(UsageError, match="tcp://HOST:PORT"):
        executor(cluster=address).__enter__()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CargoworthyError, match="extra `cluster`"):
        executor(cluster="tcp://127.0.0.1:1").__enter__()


def test_dask_is_loaded_only_when_a_cluster_is_asked_for() -> None:
    program = (
        "import sys, features.cli, "
        "features.batch.building, features.batch.execution, features.batch.parts; "
        "sys.exit('dask' in sys.modules or 'distributed' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
