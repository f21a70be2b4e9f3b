"""Ours beside plain LightGBM, XGBoost, CatBoost and an explainable boosting machine.

    python -m benchmarks.tables [--customs FOLDER] [--folds 5] [--repeats 2]

On Polish companies, year 5 (64 ratios, bankrupt within a year), the SBA loans without the columns
that tell the outcome, and customs declarations (fraud or not). Every learner gets the same folds,
and comes with its own defaults. The customs declarations are no part of the project: FOLDER, or
CARGOWORTHY_CUSTOMS, names where train.parquet and valid.parquet lie. What is not there, tables or
learners, is named and left out. Sources and licences: benchmarks/data/ATTRIBUTION.md.
"""

import argparse
import json
import os
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks.tables.cases import Case, Effort, cases
from benchmarks.tables.contest import Result, contest
from benchmarks.tables.contestants import CONTESTANTS
from benchmarks.tables.report import case_table

CUSTOMS = Path("../shared/data/customs_declarations")


def main() -> None:
    """Read the command line, run the contest, print it and write it as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tables",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    folder = Path(os.environ.get("CARGOWORTHY_CUSTOMS", CUSTOMS))
    add("--customs", type=Path, default=folder, help="folder of the customs declarations")
    add("--folds", type=int, default=5)
    add("--repeats", type=int, default=2, help="how often the folds are dealt anew")
    add("--seed", type=int, default=0)
    add("--case", help="only the tables whose name has this in it")
    add("--contestant", help="only the learners whose name begins so")
    add("--out", type=Path, default=Path("var/bench-tables/results.json"))
    asked = parser.parse_args()
    effort = Effort(asked.folds, asked.repeats, asked.seed)
    console = Console(stderr=True, highlight=False)
    found = []
    for case in cases(asked.customs):
        if asked.case is not None and asked.case.lower() not in case.name.lower():
            continue
        if not case.source.exists():
            console.print(
                f"{case.name} is left out: there is no {escape(str(case.source))}; name its folder "
                "with --customs"
            )
            continue
        found += _of(case, effort, asked.contestant, console)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps([one.plain() for one in found], indent=1) + "\n")


def _of(case: Case, effort: Effort, wanted: str | None, console: Console) -> list[Result]:
    taking_part = []
    for one in CONTESTANTS:
        if wanted is not None and not one.name.lower().startswith(wanted.lower()):
            continue
        if one.is_here:
            taking_part.append(one)
        else:
            console.print(f"{one.name} is left out: {one.package} is not installed")
    with console.status(case.name) as status:
        found = list(contest(case, taking_part, effort, lambda step: status.update(escape(step))))
    Console().print(case_table(case, found, effort))
    return found


if __name__ == "__main__":
    main()
