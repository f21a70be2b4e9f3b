"""Figures of the contest, and how sure they are."""

from collections.abc import Callable

import numpy as np
from scipy.stats import t as student

from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels, Names

TOP_SHARE = 0.05
"""Share of the rows that somebody has the time to look at."""

Figure = Callable[[Labels, Floats], float]


def precision_at_top(target: Labels, risk: Floats) -> float:
    """Share of bad ones among the riskiest 5 % of the rows, at least one row; ties by place."""
    count = max(1, round(TOP_SHARE * len(target)))
    return float(target[np.argsort(-risk, kind="stable")[:count]].mean())


def log_loss(target: Labels, risk: Floats) -> float:
    """Mean log loss; a certainty that is wrong costs as much as one in 10^15."""
    likely = np.clip(np.where(target == 1, risk, 1.0 - risk), 1e-15, 1.0)
    return float(-np.log(likely).mean())


AUC = "AUC"
PRECISION = f"precision at {TOP_SHARE:.0%}"

FIGURES: dict[str, Figure] = {AUC: auc, PRECISION: precision_at_top}


def over_folds(found: list[float], test_rows: float, fit_rows: float) -> tuple[float, float]:
    """95 % interval of the mean over repeated folds.

    Folds share most of the rows that they fit on, so their variance is too small by itself: it
    is raised by the ratio of test to fit rows (Nadeau, Bengio, *Inference for the Generalization
    Error*, Machine Learning 52 (2003), as Bouckaert, Frank (2004) apply it to repeated folds).
    """
    if len(found) < 2:
        return float("nan"), float("nan")
    spread = np.var(found, ddof=1) * (1.0 / len(found) + test_rows / fit_rows)
    half = float(student.ppf(0.975, len(found) - 1) * np.sqrt(spread))
    return float(np.mean(found)) - half, float(np.mean(found)) + half


def over_groups(
    target: Labels, risks: list[Floats], groups: Names, figure: Figure, resamples: int
) -> tuple[float, float]:
    """95 % bootstrap interval, by group, of the mean figure of predictions of the same rows."""
    chance = np.random.default_rng(0)
    order = np.argsort(groups, kind="stable")
    _, begin, size = np.unique(groups[order], return_index=True, return_counts=True)
    members = [order[b : b + n] for b, n in zip(begin, size, strict=True)]
    drawn = []
    for _ in range(resamples):
        picked = chance.integers(0, len(members), len(members))
        rows = np.concatenate([members[k] for k in picked])
        drawn.append(np.mean([figure(target[rows], risk[rows]) for risk in risks]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
