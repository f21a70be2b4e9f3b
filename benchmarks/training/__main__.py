"""Our training against bare `lightgbm.train` on the same matrix, or on a cluster against here.

python -m benchmarks.training [--rows 100000 1000000 5000000] [--rounds 3] [--trees 200]
python -m benchmarks.training --cluster [--rows 1000000] [--seeds 1 2 3] [--workers 2] [--folds 0]

Each contestant trains in a process of its own, in turn, round after round. Writes report.md and
report.json (with --cluster, cluster.md and cluster.json) into the folder, and prints the first.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.features.child import ask
from benchmarks.features.rounds import Cost, Spread, in_turn, ratio
from benchmarks.training import agreement
from benchmarks.training.agreement import Way, compare
from benchmarks.training.ground import FEATURES, Matrix

WANTED_TIME = 1.3
WANTED_MEMORY = 2.5
CHOOSING = 100_000
"""Up to so many rows the choice of the number of trees is timed, too."""


@dataclass(frozen=True)
class Result:
    """What was measured on one matrix.

    Attributes
    ----------
    matrix : Matrix
    costs : dict of str to list of Cost
        Of each contestant, one a round.
    auc : dict of str to float
        On the rows that nothing was fitted on.
    kernel : float
        Seconds in which a process loads the compiled kernel; in no other figure.
    """

    matrix: Matrix
    costs: dict[str, list[Cost]]
    auc: dict[str, float]
    kernel: float = 0.0

    def over_bare(self, contestant: str) -> Spread:
        """Seconds over those of bare LightGBM."""
        return ratio([self.costs[contestant]], [self.costs["bare"]])

    def processor_over_bare(self, contestant: str) -> Spread:
        """The same of processor time."""
        return ratio([self.costs[contestant]], [self.costs["bare"]], "cpu")

    def memory(self, contestant: str) -> float:
        """Greatest memory over the matrix, imports left out."""
        return max(cost.gigabytes for cost in self.costs[contestant]) / self.matrix.gigabytes

    def as_data(self) -> dict[str, Any]:
        """For the report."""
        return {
            "rows": self.matrix.rows,
            "matrix_gigabytes": self.matrix.gigabytes,
            "kernel_seconds": self.kernel,
            "contestants": {
                name: {
                    "seconds": Spread.of([cost.seconds for cost in costs]).as_data(),
                    "over_bare": self.over_bare(name).as_data(),
                    "processor_over_bare": self.processor_over_bare(name).as_data(),
                    "memory_over_matrix": self.memory(name),
                    "auc": self.auc[name],
                }
                for name, costs in self.costs.items()
            },
        }


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--rows", type=int, nargs="+")
    add("--rounds", type=int, default=3, help="how often each contestant trains")
    add("--trees", type=int, default=200)
    add("--threads", type=int, default=1)
    add("--folder", type=Path, default=Path("var/bench-training"))
    add("--cluster", action="store_true", help="on a Dask cluster of this machine against here")
    add("--seeds", type=int, nargs="+", default=[1, 2, 3], help="with --cluster: one a pair")
    add("--workers", type=int, default=2, help="with --cluster: processes; threads of here")
    add("--folds", type=int, default=0, help="with --cluster: choose the number of trees on them")
    asked = parser.parse_args()
    if asked.cluster:
        way = Way(asked.trees, asked.workers, asked.folds)
        agree(asked.folder, asked.rows or [1_000_000], asked.seeds, way)
        return
    results = [
        measure(Matrix(asked.folder, rows), asked.rounds, (asked.trees, asked.threads))
        for rows in asked.rows or [100_000, 1_000_000, 5_000_000]
    ]
    text = markdown(results, asked.trees, asked.threads)
    (asked.folder / "report.md").write_text(text, encoding="utf-8")
    said = json.dumps([result.as_data() for result in results], indent=1)
    (asked.folder / "report.json").write_text(said, encoding="utf-8")
    print(text)


def agree(folder: Path, sizes: Sequence[int], seeds: Sequence[int], way: Way) -> None:
    """Compare training on a cluster with training here, write and print."""
    found = [(rows, compare(Matrix(folder, rows), seeds, way)) for rows in sizes]
    text = "\n".join(agreement.markdown(rows, pairs, way) for rows, pairs in found)
    (folder / "cluster.md").write_text(text, encoding="utf-8")
    said = [agreement.as_data(rows, pairs, way) for rows, pairs in found]
    (folder / "cluster.json").write_text(json.dumps(said, indent=1), encoding="utf-8")
    print(text)


def measure(matrix: Matrix, rounds: int, settings: tuple[int, int]) -> Result:
    """Let the contestants train in turn.

    Parameters
    ----------
    matrix : Matrix
    rounds : int
    settings : (trees, threads)
    """
    ask("benchmarks.training.ground", str(matrix.folder), str(matrix.rows))
    names = ["bare", "ours", *(["chosen"] if matrix.rows <= CHOOSING else [])]
    found: dict[str, float] = {}
    kernel: list[float] = []

    def once(name: str) -> Cost:
        given = (str(matrix.folder), str(matrix.rows), name, *map(str, settings))
        said = ask("benchmarks.training.contest", *given)
        found[name] = said["auc"]
        kernel.append(said["kernel"])
        return Cost(said["seconds"], said["cpu"], said["gigabytes"], 0.0)

    costs = in_turn(names, rounds, once)
    return Result(matrix, costs, found, median(one for one in kernel if one))


def markdown(results: Sequence[Result], trees: int, threads: int) -> str:
    """The report, ratios first."""
    lines = [
        f"# Training: {FEATURES} features, {trees} trees, threads: {threads}",
        "",
        f"Seconds over those of bare LightGBM (wanted: ours at most {WANTED_TIME}), the median of "
        "the rounds' own ratios with the least and the greatest; the same of processor time; "
        f"greatest memory over the matrix (wanted: at most {WANTED_MEMORY}), imports left out.",
        "",
        "| rows | contestant | time over bare | processor time | memory | seconds | AUC |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        for name, costs in result.costs.items():
            time, processor = result.over_bare(name), result.processor_over_bare(name)
            cells = (
                f"{result.matrix.rows:,}",
                name,
                f"{time.median:.2f} ({time.low:.2f} to {time.high:.2f})",
                f"{processor.median:.2f}",
                f"{result.memory(name):.2f}",
                f"{Spread.of([cost.seconds for cost in costs]).median:.1f}",
                f"{result.auc[name]:.4f}",
            )
            lines.append(f"| {' | '.join(cells)} |")
    kernel = median(result.kernel for result in results)
    lines += ["", f"Loading the compiled kernel, once a process and in no figure: {kernel:.1f} s."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
