"""Strength: how well each model ranks everybody, and what share of the ceilings it captures."""

from collections.abc import Mapping

import numpy as np

from benchmarks.figure import Figure
from benchmarks.mission.gains import told
from training.metrics import auc
from training.model.scale import Floats
from training.resampling import resampled
from training.sample import Names

FIGURES = ("auc", "gini", "of_visible", "of_true")


def expected(bad: Floats, rank: Floats, weight: Floats | None = None) -> float:
    """AUC that a ranking has on average, each row being bad with its probability.

    Parameters
    ----------
    bad : float64 [n]
        True PD, or 1 and 0: then it is the ordinary AUC.
    rank : float64 [n]
        Larger is riskier.
    weight : float64 [n], optional
        How often each row counts.
    """
    counted = np.ones(len(bad)) if weight is None else weight
    target = np.repeat(np.array([1, 0], np.int8), len(bad))
    return auc(target, np.tile(rank, 2), np.concatenate([counted * bad, counted * (1.0 - bad)]))


def strengths(
    bad: Floats,
    ranks: Mapping[str, Floats],
    enterprise: Names,
    ceilings: Mapping[str, float],
    resamples: int,
) -> dict[str, dict[str, Figure]]:
    """AUC and Gini of each model, and its Gini over that of each ceiling.

    Parameters
    ----------
    bad, enterprise
        As in :class:`benchmarks.mission.gains.Choice`.
    ranks : mapping of str to float64 [n]
    ceilings : mapping of str to float
        AUC of the ``visible`` and the ``true`` ceiling, where they are known. They are held
        while enterprises are resampled.
    resamples : int
    """
    tops = np.array([2.0 * ceilings.get(name, np.nan) - 1.0 for name in ("visible", "true")])

    def figures(rank: Floats, times: Floats | None) -> Floats:
        area = expected(bad, rank, times)
        gini = 2.0 * area - 1.0
        return np.array([area, gini, *(gini / tops)])

    drawn: dict[str, list[Floats]] = {name: [] for name in ranks}
    for times in resampled(enterprise, resamples, seed=0):
        for name, rank in ranks.items():
            drawn[name].append(figures(rank, times))
    return {name: told(FIGURES, figures(rank, None), drawn[name]) for name, rank in ranks.items()}
