"""One client that waits for each answer before it asks again: by wrk, or by a loop of our own."""

import http.client
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from supervision.errors import CargoworthyError

_SCRIPT = Path(__file__).with_name("calls.lua")


@dataclass(frozen=True)
class Heard:
    """What a client saw.

    Attributes
    ----------
    p50, p99 : float
        Seconds of a call.
    calls : int
    seconds : float
        For how long it called.
    """

    p50: float
    p99: float
    calls: int
    seconds: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


@dataclass(frozen=True)
class Target:
    """What a client calls.

    Attributes
    ----------
    url : str
    bodies : Path
        One body a line, sent in turn.
    token : str or None
    """

    url: str
    bodies: Path
    token: str | None = None


def call(targets: Sequence[Target], seconds: int) -> list[Heard]:
    """Call several targets at once, each over one connection of its own, which is kept.

    Raises
    ------
    CargoworthyError
        If a call fails.
    """
    if shutil.which("wrk") is None:
        if len(targets) > 1:
            raise CargoworthyError("expected wrk on this machine, found none; apt-get install wrk")
        return [_loop(targets[0], seconds)]
    clients = [_wrk(target, seconds, 61 * place) for place, target in enumerate(targets)]
    return [_heard(client) for client in clients]


def _wrk(target: Target, seconds: int, turn: int) -> "subprocess.Popen[str]":
    given = [str(target.bodies), target.token or "", str(turn)]
    command = ["wrk", "-t1", "-c1", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT)]
    return subprocess.Popen(
        [*command, target.url, "--", *given],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _heard(client: "subprocess.Popen[str]") -> Heard:
    said, _ = client.communicate()
    last = said.strip().rpartition("\n")[2]
    if not last.startswith("{"):
        raise CargoworthyError(f"expected wrk to end with its figures, found {said[-300:]!r}")
    found = json.loads(last)
    _require_answers(found.pop("failed"), found["calls"])
    return Heard(**found)


def _loop(target: Target, seconds: int) -> Heard:
    """The same without wrk: slower by what Python adds to each call."""
    parts = urlsplit(target.url)
    headers = {"Content-Type": "application/json"}
    if target.token is not None:
        headers["Authorization"] = f"Bearer {target.token}"
    bodies = target.bodies.read_bytes().splitlines()
    times: list[float] = []
    failed, begun = 0, time.perf_counter()
    with closing(http.client.HTTPConnection(parts.netloc)) as connection:
        while time.perf_counter() - begun < seconds:
            start = time.perf_counter()
            connection.request("POST", parts.path, bodies[len(times) % len(bodies)], headers)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - start)
            failed += answer.status != 200
    _require_answers(failed, len(times))
    cuts = quantiles(times, n=100, method="inclusive")
    return Heard(cuts[49], cuts[98], len(times), time.perf_counter() - begun)


def _require_answers(failed: int, calls: int) -> None:
    if failed or not calls:
        raise CargoworthyError(
            f"expected every call to be answered with 200, found {failed} of {calls} that failed; "
            "see the server's log in the benchmark's folder"
        )
