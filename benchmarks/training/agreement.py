"""Training on a cluster beside training here: as good a rank, and at what cost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.features.child import ask
from benchmarks.training.apart import Cost
from benchmarks.training.ground import FEATURES, Matrix

WANTED = 0.003
"""The AUC of the two differ by at most so much."""


@dataclass(frozen=True)
class Way:
    """How both train.

    Attributes
    ----------
    trees : int
    workers : int
        Of the cluster, of one thread each; here, threads.
    folds : int
        On which the number of trees, ``trees`` at most, is chosen; 0: all are grown.
    """

    trees: int
    workers: int
    folds: int = 0


@dataclass(frozen=True)
class Pair:
    """Both trainings by one seed."""

    seed: int
    here: Cost
    cluster: Cost

    @property
    def difference(self) -> float:
        """AUC of the cluster less that of here."""
        return self.cluster.auc - self.here.auc


def compare(matrix: Matrix, seeds: Sequence[int], way: Way) -> list[Pair]:
    """Train here and on a cluster, each in a process of its own, seed after seed."""
    ask("benchmarks.training.ground", str(matrix.folder), str(matrix.rows), "table")

    def once(who: str, seed: int) -> Cost:
        numbers = (seed, way.trees, way.workers, way.folds)
        given = (str(matrix.folder), str(matrix.rows), who, *map(str, numbers))
        said = ask("benchmarks.training.apart", *given)
        return Cost(**{**said, "workers": tuple(said["workers"])})

    return [Pair(seed, once("here", seed), once("cluster", seed)) for seed in seeds]


def markdown(rows: int, pairs: Sequence[Pair], way: Way) -> str:
    """The report, the difference first."""
    chosen = (
        f"at most {way.trees} trees, chosen on {way.folds} folds"
        if way.folds
        else (f"{way.trees} trees")
    )
    differences = [pair.difference for pair in pairs]
    lines = [
        f"# Training on a cluster: {rows:,} rows, {FEATURES} features, {chosen}",
        "",
        f"AUC out of sample, of {way.workers} worker processes less that of one process with "
        f"{way.workers} threads: median {median(differences):+.5f}, at most "
        f"{max(map(abs, differences)):.5f} apart (wanted: {WANTED}). Between seeds, one process "
        f"differs from itself by {np.ptp([pair.here.auc for pair in pairs]):.5f}.",
        "",
        "| seed | where | AUC | difference | trees | seconds | processor seconds | GB of the "
        "command | GB of each worker |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for pair in pairs:
        for where, cost, difference in (
            ("here", pair.here, ""),
            ("cluster", pair.cluster, f"{pair.difference:+.5f}"),
        ):
            cells = (
                str(pair.seed),
                where,
                f"{cost.auc:.5f}",
                difference,
                str(cost.trees),
                f"{cost.seconds:.1f}",
                f"{cost.cpu:.1f}",
                f"{cost.gigabytes:.2f}",
                ", ".join(f"{one:.2f}" for one in cost.workers),
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_data(rows: int, pairs: Sequence[Pair], way: Way) -> dict[str, Any]:
    """The same for machines."""
    told = [{**asdict(pair), "difference": pair.difference} for pair in pairs]
    return {"rows": rows, **asdict(way), "pairs": told}
