"""Who takes part: how each server is started and what is asked of it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.calls import Target
from benchmarks.serving.ground import AS_OF, Ground, token
from benchmarks.serving.processes import ROOT, Server, free_port, started
from supervision.errors import CargoworthyError

OURS, SECOND, POSTGRESQL = "service, SQLite", "second worker", "service, PostgreSQL"
EMPTY, HEALTH = "empty endpoint", "the service's own /healthz"
MLFLOW, BENTOML = "mlflow models serve", "BentoML"
SCORES = "/v1/scores"


@dataclass(frozen=True)
class Contestant:
    """A server that runs, and what is asked of it.

    Attributes
    ----------
    name : str
    server : Server
    path : str
    bodies : Path
    ledger : str or None
        In which the token's client stands; None where nobody asks for one.
    """

    name: str
    server: Server
    path: str
    bodies: Path
    ledger: str | None = None

    def target(self, ground: Ground) -> Target:
        """What is called, with a fresh token."""
        shown = None if self.ledger is None else token(ground, self.ledger)
        return Target(self.server.url + self.path, self.bodies, shown)


@dataclass(frozen=True)
class Starter:
    """Starts contestants, which end with the stack.

    Attributes
    ----------
    ground : Ground
    stack : ExitStack
    """

    ground: Ground
    stack: ExitStack

    def service(self, name: str, record: str, ledger: str) -> Contestant:
        """The whole service, tokens and limits on, one worker."""
        ground, port = self.ground, free_port()
        command = [
            *(sys.executable, "-m", "cargoworthy", "serve", "--port", str(port)),
            *("--as-of", AS_OF, "--database", record),
            *("--ledger", ledger, "--models", str(ground.models)),
            *("--packed", str(ground.source / "packed.db")),
            *("--snapshots", str(ground.source / "snapshots")),
            *("--promotion-key", str(ground.promotion_key)),
            *("--key", str(ground.key), "--calls-a-minute", "1000000000", "--drain", "0"),
        ]
        server = self._started(name, command, port, "/readyz")
        return Contestant(name, server, SCORES, ground.requests, ledger)

    def empty(self) -> Contestant:
        """An endpoint that does nothing, on the same server and framework."""
        port = free_port()
        command = [
            *(sys.executable, "-m", "uvicorn", "benchmarks.serving.contestants.empty:app"),
            *("--port", str(port), "--no-access-log", "--no-server-header"),
            *("--log-level", "warning"),
        ]
        server = self._started(EMPTY, command, port, "/empty")
        return Contestant(EMPTY, server, "/empty", self.ground.requests)

    def mlflow(self, python: Path) -> Contestant:
        """MLflow's own server."""
        ground, port = self.ground, free_port()
        path = ground.mlflow_model
        if not path.exists():
            program = ROOT / "benchmarks/serving/contestants/mlflow_model.py"
            _run([str(python), str(program), str(ground.trees), str(path)])
        command = [
            *(str(python), "-m", "mlflow", "models", "serve", "-m", str(path)),
            *("--port", str(port), "--env-manager", "local", "--workers", "1"),
        ]
        server = self._started(MLFLOW, command, port, "/ping", _beside(python))
        return Contestant(MLFLOW, server, "/invocations", ground.rows("mlflow"))

    def bentoml(self, python: Path) -> Contestant:
        """BentoML's server."""
        port = free_port()
        command = [
            *(str(python), "-m", "bentoml", "serve"),
            "benchmarks.serving.contestants.bentoml_service:Prediction",
            *("--port", str(port)),
        ]
        more = {
            **_beside(python),
            "CARGOWORTHY_BENCH_MODEL": str(self.ground.trees),
            "BENTOML_DO_NOT_TRACK": "True",
            "BENTOML_HOME": str(self.ground.folder / "bentoml"),
        }
        server = self._started(BENTOML, command, port, "/readyz", more)
        return Contestant(BENTOML, server, "/predict", self.ground.rows("bentoml"))

    def _started(
        self,
        name: str,
        command: list[str],
        port: int,
        ready: str,
        more: Mapping[str, str] | None = None,
    ) -> Server:
        log = self.ground.folder / (
            name.replace(" ", "-").replace(",", "").replace("/", "") + ".log"
        )
        return self.stack.enter_context(started(command, port, ready, log, more))


def _beside(python: Path) -> dict[str, str]:
    """Programs of the environment in which the rivals live come first; no telemetry."""
    found = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {"PATH": found, "MLFLOW_DISABLE_TELEMETRY": "true"}


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CargoworthyError(f"expected {command[1]} to end well, found {done.stderr[-600:]}")
