"""Builds that are killed: whoever makes the parts, what was finished is kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from features.batch import building
from features.batch.building import build
from features.batch.execution import Executor, executor, in_this_process
from features.calendar import month_ends
from supervision.errors import CargoworthyError

ROOT = Path(__file__).parents[3]
RANGE = 5
PROGRAM = (
    f"from features.batch import building; building.RANGE = {RANGE}; "
    "from features.cli import app; app()"
)


class Killed:
    """A build on the command line, in parts of few enterprises, to be killed on the way.

    Attributes
    ----------
    out : Path
    parts : Path
        Where its finished parts lie.
    """

    def __init__(self, port: Any, out: Path, *words: str) -> None:
        self.out, self.parts = out, out.with_name(out.name + ".parts")
        self.first, self.last = port.months[-3], port.months[-1]
        said = ["build", "--from", self.first, "--to", self.last, "--out", str(out)]
        said += ["--database", port.url, "--mirror", str(port.mirror.folder), *words]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *said],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )

    def finished(self) -> set[Path]:
        return set(self.parts.glob("*.parquet"))

    def wait_for(self, parts: int) -> None:
        """Wait until some parts are finished, and not yet all."""
        for _ in range(6_000):
            if len(self.finished()) >= parts:
                return
            assert self.process.poll() is None, self.process.communicate()[1]
            time.sleep(0.005)
        pytest.fail("the build did not come far enough")

    def kill(self) -> set[Path]:
        """Kill it and return the parts that it leaves."""
        self.process.kill()
        self.process.communicate(timeout=30)  # its workers hold the pipe for as long as they live
        assert self.process.returncode == -signal.SIGKILL
        return self.finished()


def built_again(port: Any, killed: Killed, run: Executor) -> list[Path]:
    """Build what was killed to its end; name the parts that were still to be made."""
    asked: list[Path] = []

    def counting(work: Any, tasks: Any) -> Any:
        asked.extend(part.path for part in tasks)
        return run(work, tasks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "RANGE", RANGE)
        as_of = month_ends(killed.first, killed.last)
        build(port.record, port.mirror, killed.out, as_of, lambda *_: None, counting)
    return asked


@pytest.fixture(scope="module")
def at_once(recorded_port: Any, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of the table, built at once in one process."""
    out = tmp_path_factory.mktemp("fresh") / "features.parquet"
    as_of = recorded_port.month_ends[-3:]
    build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None)
    return out.read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_build_goes_on_where_it_stood(
    recorded_port: Any, at_once: bytes, tmp_path: Path, workers: int
) -> None:
    out = tmp_path / "features.parquet"
    killed = Killed(recorded_port, out, "--workers", str(workers))
    killed.wait_for(2)
    children = psutil.Process(killed.process.pid).children(recursive=True)
    kept = killed.kill()
    assert not out.exists()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "worker processes live on"
    kept |= killed.finished()  # what a worker finished as it ended
    total = -(-len(recorded_port.mirror.enterprises()) // RANGE)
    assert 2 <= len(kept) < total
    made = built_again(recorded_port, killed, in_this_process)
    assert kept.isdisjoint(made)
    assert len(kept) + len(made) == total
    assert out.read_bytes() == at_once
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_run_and_given_back_once(tmp_path: Path, workers: int) -> None:
    folders = [str(tmp_path / name) for name in "abcde"]
    with executor(workers) as run:
        assert sorted(run(os.mkdir, folders)) == folders
        assert list(run(os.mkdir, [])) == []
    assert sorted(map(str, tmp_path.iterdir())) == folders


@pytest.mark.parametrize("workers", [1, 2])
def test_what_fails_in_a_task_is_told(tmp_path: Path, workers: int) -> None:
    with executor(workers) as run, pytest.raises(FileExistsError):
        list(run(os.mkdir, [str(tmp_path), str(tmp_path)]))


def test_a_process_that_dies_is_told() -> None:
    with executor(2) as run, pytest.raises(CargoworthyError, match="one that was killed"):
        list(run(os._exit, [1, 1]))
