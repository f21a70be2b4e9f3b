"""Servers as processes of their own: when they were ready, what memory they take."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from supervision.errors import CargoworthyError

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120.0
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes
    ----------
    process : psutil.Process
    url : str
    seconds : float
        From its start to its first answer.
    """

    process: psutil.Process
    url: str
    seconds: float

    @property
    def memory(self) -> tuple[float, float]:
        """Megabytes of its largest process, as resident and as its own, shared with nobody."""
        found = [
            process.memory_full_info()
            for process in (self.process, *self.process.children(recursive=True))
        ]
        largest = max(found, key=lambda one: one.rss)
        return largest.rss / 1e6, largest.uss / 1e6

    @property
    def processor_seconds(self) -> float:
        """Processor time of all its processes so far."""
        every = (self.process, *self.process.children(recursive=True))
        return float(sum(sum(process.cpu_times()[:2]) for process in every))


@contextmanager
def started(
    command: Sequence[str], port: int, ready: str, log: Path, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server, wait until it answers, and end it.

    Parameters
    ----------
    command : sequence of str
    port : int
    ready : str
        Path that answers 200 when it is ready.
    log : Path
        What it says.
    more : mapping, optional
        Of its environment.

    Raises
    ------
    CargoworthyError
        If it ends or does not answer.
    """
    environment = {**os.environ, **_ONE_THREAD, **(more or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs are compiled, all alike
    begun = time.perf_counter()
    with log.open("wb") as said:
        child = subprocess.Popen(
            list(command), cwd=ROOT, env=environment, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(child, url + ready, begun + _PATIENCE, log)
        yield Server(psutil.Process(child.pid), url, time.perf_counter() - begun)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(child: "subprocess.Popen[bytes]", url: str, until: float, log: Path) -> None:
    while time.perf_counter() < until:
        if child.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code not in (404, 405, 503):
                raise
            if error.code != 503:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise CargoworthyError(
        f"expected a server that answers at {url}, found none; it said: "
        f"{log.read_text(errors='replace')[-600:]}"
    )
