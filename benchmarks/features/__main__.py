"""How fast features are evaluated.

    python -m benchmarks.features --folder var/bench-features

Makes a world of about five million messages once, with its record and mirror, and then times, in
turn and each in a process of its own: the engine at 12 and 24 month ends and 52 weeks, the tests'
SQL oracle on DuckDB, twenty features in pandas and in SQL written for speed, a bare scan of the
same files, an empty query; then one enterprise of about 1,000 messages on SQLite and PostgreSQL.
``--large`` adds ten times as many messages (needs some 3 GB of disk). Prints a table and writes
report.md, report.json and features.svg.
"""

import argparse
import os
import platform
import shlex
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.features.batch import CONTESTANTS, TWELVE, Contestant, Costs, measure
from benchmarks.features.child import ask
from benchmarks.features.ground import Ground
from benchmarks.features.stages import prepare, prepare_large
from benchmarks.world.plan import Plan
from supervision.errors import CargoworthyError

if TYPE_CHECKING:
    from benchmarks.features.results import Results

CASES = ("batch", "online")
LARGE = 10
"""How many times as many messages the large case has."""


def main() -> None:
    """Read the command line, measure and report."""
    asked = _asked()
    try:
        plan = Plan(asked.enterprises, asked.months, asked.seed)
        ground = prepare(plan, asked.folder, postgresql=not asked.no_postgresql)
        if not asked.prepare:
            _measure(asked, ground)
        elif asked.large:
            _large_ground(asked, ground)
    except CargoworthyError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.features",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--enterprises", type=int, default=2_200)
    add("--months", type=int, default=48)
    add("--seed", type=int, default=1)
    add("--folder", type=Path, default=Path("var/bench-features"))
    add("--rounds", type=int, default=3, help="of the batch; the online case has ten times so many")
    add("--cases", nargs="*", choices=CASES, default=list(CASES))
    add("--leave-out", nargs="+", default=[], help="contestants of the batch, such as oracle")
    add("--large", action="store_true", help="ten times as many messages, too")
    add("--real", action="store_true", help="the large case by a larger world, not by copies")
    add("--no-postgresql", action="store_true")
    add("--prepare", action="store_true", help="stop before measuring")
    return parser.parse_args()


def _batch(asked: argparse.Namespace, ground: Ground) -> Costs:
    if "batch" not in asked.cases:
        return {}
    chosen = [one for one in CONTESTANTS if one.name not in asked.leave_out]
    return measure(ground, asked.rounds, chosen)


def _large(asked: argparse.Namespace, ground: Ground) -> Costs:
    if not asked.large:
        return {}
    large = _large_ground(asked, ground)
    return measure(
        large, asked.rounds, [Contestant("engine", TWELVE, threads) for threads in (1, 2)]
    )


def _large_ground(asked: argparse.Namespace, ground: Ground) -> Ground:
    if asked.real:
        plan = Plan(asked.enterprises * LARGE, asked.months, asked.seed)
        return prepare(plan, ground.folder / "real", postgresql=False)
    return prepare_large(ground, LARGE)


def _measure(asked: argparse.Namespace, ground: Ground) -> None:
    """Measure case by case; what loads much comes last, for children inherit what they measure."""
    costs, large = _batch(asked, ground), _large(asked, ground)
    agreement = ask("benchmarks.features.agreement", str(ground.folder), TWELVE) if costs else {}

    from rich.console import Console
    from rich.markdown import Markdown

    from benchmarks.features.report import markdown, write
    from benchmarks.features.results import Results

    results = Results(
        facts=_facts(asked),
        messages=ground.messages,
        costs=costs,
        agreement=agreement,
        large_messages=_large_ground(asked, ground).messages if large else 0,
        large=large,
    )
    write(results, ground.folder)  # kept, should the next case fail
    if "online" in asked.cases:
        results = _online(asked, ground, results)
        write(results, ground.folder)
    Console(width=max(150, Console().width)).print(Markdown(markdown(results)))


def _online(asked: argparse.Namespace, ground: Ground, results: "Results") -> "Results":
    from benchmarks.features.results import Online

    arguments = [str(ground.folder), str(10 * asked.rounds)]
    arguments += ["no-postgresql"] if asked.no_postgresql else []
    said = ask("benchmarks.features.online", *arguments)
    asked_of = [Online.of(name, **told) for name, told in said["milliseconds"].items()]
    return replace(results, online=asked_of, asked_about=said["messages"])


def _facts(asked: argparse.Namespace) -> dict[str, object]:
    packages = ("numpy", "pyarrow", "duckdb", "pandas")
    return {
        "world": f"{asked.enterprises:,} enterprises, {asked.months} months, seed {asked.seed}",
        "rounds": asked.rounds,
        "command": f"python -m benchmarks.features {shlex.join(sys.argv[1:])}".strip(),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, {platform.system()}",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in packages)]
        ),
    }


if __name__ == "__main__":
    main()
