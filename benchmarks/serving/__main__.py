"""The service against an empty endpoint, MLflow's server and BentoML's.

python -m benchmarks.serving [--rounds 9] [--seconds 3] [--source var] [--rivals PYTHON]

Calls come from one client over one connection on this machine, which waits for each answer (wrk;
`apt-get install wrk`). Every call shows a token; consent, limits and the ledger are on. Writes
report.md, report.json and report.svg into the folder (report-large.* with --large-model), and
prints the first.
"""

import argparse
import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.features.server import postgresql
from benchmarks.serving.contest import Run, measure
from benchmarks.serving.field import OURS, POSTGRESQL, SECOND, Contestant, Starter
from benchmarks.serving.ground import Ground, enrol, prepare_ground
from benchmarks.serving.plot import draw
from benchmarks.serving.record_copy import copy_record
from benchmarks.serving.report import report


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--rounds", type=int, default=9)
    add("--seconds", type=int, default=3, help="of calls, each contestant in each round")
    add("--folder", type=Path, default=Path("var/bench-serving"))
    add("--source", type=Path, default=Path("var"), help="of `make demo SERVE=0`")
    add("--rivals", type=Path, help="Python with mlflow, bentoml and lightgbm; else they are out")
    add("--no-postgresql", action="store_true")
    add("--large-model", action="store_true", help="400 trees of 31 leaves in the champion's place")
    asked = parser.parse_args()
    ground = Ground(asked.folder.absolute(), asked.source.absolute(), asked.large_model)
    prepare_ground(ground)
    run = contest(ground, (asked.rounds, asked.seconds), asked.rivals, not asked.no_postgresql)
    text = report(run)
    name = "report-large" if ground.large else "report"
    (ground.folder / f"{name}.md").write_text(text, encoding="utf-8")
    (ground.folder / f"{name}.json").write_text(json.dumps(asdict(run), indent=1), encoding="utf-8")
    draw(run, ground.folder / f"{name}.svg")
    print(text)


def contest(
    ground: Ground, asked: tuple[int, int], rivals: Path | None, with_postgresql: bool
) -> Run:
    """Start all servers, call them, and end them."""
    ledger = f"sqlite:///{ground.folder / 'ledger.db'}"
    with ExitStack() as stack:
        start = Starter(ground, stack)
        enrol(ground, ledger)
        contestants: list[Contestant] = [start.service(OURS, ground.record, ledger), start.empty()]
        if with_postgresql:
            url = stack.enter_context(postgresql(ground.folder / "postgresql"))
            copy_record(ground.record, url)
            enrol(ground, url)
            contestants.append(start.service(POSTGRESQL, url, url))
        if rivals is not None:
            contestants += [start.mlflow(rivals), start.bentoml(rivals)]
        # With an address of its own: at one address, the system gives both clients' connections
        # to whichever worker asks first.
        second = start.service(SECOND, ground.record, ledger)
        return measure(contestants, second, ground, asked)


if __name__ == "__main__":
    main()
