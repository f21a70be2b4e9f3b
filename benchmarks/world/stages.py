"""The stages before measuring: simulate, record, build features; each in a child, each once.

What each stage cost (seconds, greatest memory) stands in ``stages.json``; a stage that stands
there is not run again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.world.plan import Plan
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What a child cost."""

    seconds: float
    gigabytes: float


@dataclass(frozen=True)
class Site:
    """The folder of one world and what stands in it."""

    folder: Path

    @property
    def world(self) -> Path:
        """What ``cargoworthy simulate`` wrote."""
        return self.folder / "world"

    @property
    def record(self) -> str:
        """The record's database."""
        return f"sqlite:///{self.folder / 'record.db'}"

    @property
    def features(self) -> Path:
        """The feature table."""
        return self.folder / "features.parquet"

    @property
    def pd(self) -> Path:
        """The true PD of a sample, where it was asked for."""
        return self.world / "truth" / "pd.parquet"

    @property
    def stages(self) -> dict[str, Any]:
        """What was done already, by stage."""
        path = self.folder / "stages.json"
        said: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return said

    def note(self, stage: str, cost: Cost, **facts: object) -> None:
        """Keep that a stage was done."""
        cost_of = {"seconds": cost.seconds, "gigabytes": cost.gigabytes}
        self._keep({**self.stages, stage: {**cost_of, **facts}})

    def forget(self, stage: str) -> None:
        """A stage whose product was removed is to be done again."""
        self._keep({name: said for name, said in self.stages.items() if name != stage})

    def _keep(self, said: dict[str, Any]) -> None:
        path = self.folder / "stages.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(said, indent=2) + "\n")
        partial.replace(path)

    @property
    def messages(self) -> int:
        """Messages that the world wrote."""
        return sum(json.loads((self.world / "world.json").read_text())["messages"].values())


def prepare(plan: Plan, folder: Path, until: str = "features") -> Site:
    """Run what is missing of the stages ``simulate``, ``ingest`` and ``features``.

    Raises
    ------
    CargoworthyError
        If the folder holds another world, or a stage fails.
    """
    site = Site(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = site.stages
    if "simulate" not in done:
        _simulate(plan, site)
    elif done["simulate"]["arguments"] != plan.simulate_arguments:
        raise CargoworthyError(
            f"expected {folder} to hold a world of {plan.simulate_arguments}, found one of "
            f"{done['simulate']['arguments']}; name another --folder, or give --fresh"
        )
    elif done["simulate"]["rules"] != rules():
        _say(site, "the simulator has changed since this world was made; --fresh makes it anew")
    if until == "simulate":
        return site
    if "ingest" not in site.stages:
        _ingest(site)
    wanted = as_of_points(plan, site)
    if site.stages.get("features", {}).get("made_from") != _made_from(wanted):
        _features(site, wanted)
    return site


def rules() -> str:
    """A hash of the simulator's sources and data, to tell when a world is stale."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "simulator").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def as_of_points(plan: Plan, site: Site) -> Integers:
    """Month ends to build: of the training, of the test, and those of the true PD."""
    points = [plan.trained, plan.tested]
    if site.pd.exists():
        points.append(np.unique(pq.read_table(site.pd, columns=["as_of"])["as_of"].to_numpy()))
    return np.unique(np.concatenate(points))


def run(arguments: Sequence[str]) -> Cost:
    """Run a module of this house in a child, and say what it cost.

    Raises
    ------
    CargoworthyError
        If it fails; the end of what it said is told.
    """
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = child.stdout.read() if child.stdout is not None else ""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise CargoworthyError(
            f"expected `python -m {' '.join(arguments)[:200]}` to succeed, it ended with "
            f"{child.returncode}: {said[-3000:]}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(time.perf_counter() - begun, used.ru_maxrss * unit / 1e9)


def _simulate(plan: Plan, site: Site) -> None:
    _say(site, "simulate")
    # What a stopped run left of its futures is used again; so the partial folder stays.
    shutil.rmtree(site.world, ignore_errors=True)
    made = rules()
    cost = run(["benchmarks.world.make_world", str(site.world), *plan.simulate_arguments])
    site.note("simulate", cost, arguments=plan.simulate_arguments, rules=made)


def _ingest(site: Site) -> None:
    _say(site, "ingest")
    for stale in site.folder.glob("record.db*"):
        stale.unlink()
    archive = site.folder / "archive"
    arguments = ["cargoworthy", "ingest", str(site.world), "--database", site.record]
    arguments += ["--archive", str(archive), "--port-key", str(site.world / "port.key")]
    cost = run([*arguments, "--backfill", "benchmark", "--by", "benchmark"])
    shutil.rmtree(archive, ignore_errors=True)
    site.note("ingest", cost)


def _features(site: Site, as_of: Integers) -> None:
    _say(site, "features")
    site.features.unlink(missing_ok=True)
    mirror = site.folder / "mirror"
    points = [str(int(at)) for at in as_of]
    cost = run(
        ["benchmarks.world.build_features", site.record, str(mirror), str(site.features), *points]
    )
    shutil.rmtree(mirror, ignore_errors=True)
    site.note("features", cost, made_from=_made_from(as_of))


def _made_from(as_of: Integers) -> list[object]:
    from features.catalogue import CATALOGUE

    return [CATALOGUE.hash, [int(at) for at in as_of]]


def _say(site: Site, what: str) -> None:
    print(f"{site.folder.name}: {what}", file=sys.stderr, flush=True)
