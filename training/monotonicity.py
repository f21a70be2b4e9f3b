"""Check PD004: the fitted model moves only in the directions that the catalogue gives.

LightGBM promises it, but violations have been reported upstream, so the model is probed: each
feature with a direction is moved over the thresholds at which the model's trees split it, all
else unchanged. Between two thresholds nothing can change, so up to the number of probes the
range is covered without gaps.
"""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from training.checks import Finding
from training.estimator import raw_margin
from training.model.scale import Floats

_PROBES = 24
_NOISE = 1e-12
"""Sums of leaves differ in their last bits with the order of addition."""


@dataclass(frozen=True)
class Violations:
    """What probing found.

    Attributes
    ----------
    by_feature : dict of str to int
        Steps in the wrong direction, of features with any.
    probes : int
        Steps that were tried.
    """

    by_feature: dict[str, int]
    probes: int

    def finding(self) -> Finding | None:
        """The check's finding, if any."""
        if not self.by_feature:
            return None
        return Finding(
            "PD004",
            "monotone direction violated",
            f"{sum(self.by_feature.values())} of {self.probes} probes moved against the direction, "
            f"features {list(self.by_feature)[:5]}; do not use the model, train it again",
        )


def probe(
    booster: lgb.Booster, values: Floats, directions: tuple[int, ...], rows: int, seed: int
) -> Violations:
    """Move each feature with a direction over its range and watch the margin.

    Parameters
    ----------
    booster : lightgbm.Booster
    values : float64 [n, f]
        Rows to start from.
    directions : tuple of int
    rows : int
        How many of them, drawn without replacement.
    seed : int
    """
    chance = np.random.default_rng(seed)
    start = values[chance.permutation(len(values))[:rows]]
    found: dict[str, int] = {}
    probes = 0
    thresholds = split_thresholds(booster)
    for column, direction in enumerate(directions):
        points = thresholds.get(column)
        if direction == 0 or points is None:
            continue
        grid = _between(points, chance)
        moved = np.repeat(start, len(grid), axis=0)
        moved[:, column] = np.tile(grid, len(start))
        margin = raw_margin(booster, moved).reshape(len(start), len(grid))
        steps = np.diff(margin, axis=1) * direction
        probes += steps.size
        wrong = int((steps < -_NOISE).sum())
        if wrong:
            found[booster.feature_name()[column]] = wrong
    return Violations(found, probes)


def split_thresholds(booster: lgb.Booster) -> dict[int, Floats]:
    """Thresholds at which the trees split each numeric feature, by the feature's place."""
    found: dict[int, set[float]] = {}
    waiting = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    while waiting:
        node = waiting.pop()
        if "split_feature" not in node:
            continue
        if node["decision_type"] == "<=":
            found.setdefault(node["split_feature"], set()).add(float(node["threshold"]))
        waiting += [node["left_child"], node["right_child"]]
    return {column: np.array(sorted(points)) for column, points in found.items()}


def _between(points: Floats, chance: np.random.Generator) -> Floats:
    """One value in every gap between thresholds, at most so many as there are probes."""
    spread = max(float(points[-1] - points[0]), 1.0)
    middle = (points[:-1] + points[1:]) / 2.0
    grid = np.concatenate([[points[0] - spread], middle, [points[-1] + spread]])
    if len(grid) > _PROBES:
        kept = chance.choice(np.arange(1, len(grid) - 1), _PROBES - 2, replace=False)
        grid = grid[np.sort(np.concatenate([[0], kept, [len(grid) - 1]]))]
    return grid
