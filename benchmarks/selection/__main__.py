"""What correcting for selection is worth, measured against the defaults of everybody.

    python -m benchmarks.selection --world DIR --table FEATURES.parquet --record URL

DIR is what `cargoworthy simulate` wrote, with its truth; the table holds at least the month ends
that `python -m benchmarks.world --until features` builds. Each way of correcting teaches the same
estimator on the borrowers of the training months; all are measured on everybody in the test
months, financed or not, against the realised defaults that the truth tells. Prints a table and
writes report.md, report.json and selection.svg.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.selection.ground import Ground, read_ground
from benchmarks.selection.measuring import bounds, groups, measured
from benchmarks.selection.plot import draw
from benchmarks.selection.refits import refits
from benchmarks.selection.report import Found, markdown, write
from benchmarks.selection.ways import NONE, lessons_of, ways
from benchmarks.world.plan import TESTED
from supervision.errors import CargoworthyError
from training.horizon import month_name
from training.selection.bounds import Ratio


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.selection",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--world", type=Path, required=True, help="a simulated world with its truth")
    add("--table", type=Path, required=True, help="its feature table")
    add("--record", required=True, help="database of its record")
    add("--out", type=Path, default=Path("var/bench-selection"))
    add("--truncate-at", type=float, default=0.99, help="quantile at which weights are cut")
    add("--most", type=float, nargs="+", default=[1.5, 2.0, 3.0], help="ratios of the bounds")
    add("--resamples", type=int, default=300, help="of enterprises, for intervals")
    add("--refits", type=int, default=0, help="refits on resampled enterprises; 0: none")
    asked = parser.parse_args()
    try:
        found = _measured(asked)
    except CargoworthyError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    write(found, asked.out)
    draw(found.groups, asked.out / "selection.svg")
    Console(width=max(170, Console().width)).print(Markdown(markdown(found)))


def _measured(asked: argparse.Namespace) -> Found:
    _tell("read the world")
    ground = read_ground(asked.world, asked.table, asked.record)
    _tell("models of having been financed")
    lessons, overlaps = lessons_of(ground, asked.truncate_at)
    taught = ways(ground, lessons, _tell)
    again = refits(ground, lessons, asked.refits, _tell)
    _tell("measure")
    return Found(
        _title(ground),
        taught,
        overlaps,
        {
            name: measured(ground, taught, rows, asked.resamples)
            for name, rows in groups(ground).items()
        },
        bounds(ground, taught[NONE], tuple(Ratio(0.5, most) for most in asked.most)),
        again,
    )


def _title(ground: Ground) -> str:
    plan = ground.plan
    trained = [month_name(int(at)) for at in plan.trained]
    return (
        f"Selection: {plan.enterprises:,} enterprises, {plan.months} months, seed {plan.seed}; "
        f"taught on {len(trained)} month ends from {trained[0]} to {trained[-1]}, "
        f"tested on {TESTED[0]} to {TESTED[-1]}"
    )


def _tell(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
