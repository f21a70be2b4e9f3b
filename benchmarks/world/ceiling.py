"""How well anybody could rank: by the true PD itself, and by what the record can tell of it.

The *true ceiling* is the AUC that the true PD would have on average. Ranking and scoring by the
same paths flatters it, ranking by one half and scoring by the other belittles it: it lies between.
The *visible ceiling* is that of the features trained on the true PD instead of on outcomes, fitted
on other enterprises than it is scored on.
"""

from typing import Any

import lightgbm as lgb
import numpy as np

from benchmarks.world.hardness import FOLDS, recipe, thinned, threads
from benchmarks.world.material import Material, TruePD
from benchmarks.world.measure import Measure, Measures
from simulator.ceilings import expected_auc
from training.labels import Flags
from training.metrics import auc
from training.model.scale import Floats
from training.split import folds_of

_LEAST_ROWS = 200
_SETTINGS = {
    "objective": "cross_entropy",
    "learning_rate": 0.04,
    "num_leaves": 12,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_MOST_ROUNDS, _PATIENCE = 800, 40


def ceilings(material: Material, resamples: int) -> Measures:
    """True and visible ceilings, for everyone and for borrowers; empty without a true PD."""
    if material.pd is None:
        return {}
    pd = material.pd
    known = material.alive & ~np.isnan(pd.first)
    if known.sum() < _LEAST_ROWS:
        return {"ceiling.true.everyone": Measure(float("nan"), note="too few rows with a true PD")}
    visible = _visible(material, pd, known)
    found = _facility(material, pd, known)
    groups = {"everyone": known, "borrowers": known & material.borrowing}
    groups["not_past_due"] = groups["borrowers"] & material.not_past_due
    for name, rows in groups.items():
        if rows.sum() < _LEAST_ROWS:
            continue
        ways = ((pd.first, pd.second), (pd.second, pd.first))
        low = float(np.mean([_by_month(material, rows, *way) for way in ways]))
        high = _by_month(material, rows, pd.both, pd.both)
        said = f"{int(rows.sum()):,} rows, {pd.paths} paths, mean PD {pd.both[rows].mean():.3f}"
        found[f"ceiling.true.{name}"] = Measure(
            (low + high) / 2.0, low, high, f"interval: split-half to self-scored; {said}"
        )
        if name == "everyone":
            found["ceiling.width"] = Measure(high - low)
        seen = _by_month(material, rows, visible, pd.both)
        found[f"ceiling.visible.{name}"] = Measure(
            seen, *_interval(material, rows, visible, pd.both, resamples), said
        )
    return found


def _by_month(material: Material, rows: Flags, score: Floats, pd: Floats) -> float:
    """Mean over the month ends: a model is asked to rank enterprises, not months."""
    areas = []
    for at in np.unique(material.rows.as_of[rows]):
        some = rows & (material.rows.as_of == at)
        areas.append(expected_auc(score[some], pd[some]))
    return float(np.mean(areas))


def _interval(
    material: Material, rows: Flags, score: Floats, pd: Floats, resamples: int
) -> tuple[float, float]:
    """95 % interval over resamples of enterprises."""
    if not resamples:
        return float("nan"), float("nan")
    chance = np.random.default_rng(0)
    firms, firm = np.unique(material.rows.enterprise[rows], return_inverse=True)
    bad = np.concatenate([np.ones(len(firm), np.int8), np.zeros(len(firm), np.int8)])
    months = material.rows.as_of[rows]
    score, pd = score[rows], pd[rows]
    found = []
    for _ in range(resamples):
        times = np.bincount(chance.integers(0, len(firms), len(firms)), minlength=len(firms))[firm]
        areas = []
        for at in np.unique(months):
            some = months == at
            weight = np.concatenate([pd[some] * times[some], (1.0 - pd[some]) * times[some]])
            areas.append(auc(bad[np.concatenate([some, some])], np.tile(score[some], 2), weight))
        found.append(np.mean(areas))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _visible(material: Material, pd: TruePD, known: Flags) -> Floats:
    """Margins of the features trained on the true PD, each row by a model of other enterprises."""
    rows = np.flatnonzero(thinned(known))
    names = recipe(len(rows)).names
    values, target = material.rows.choose(names)[rows], pd.both[rows]
    fold = folds_of(material.rows.enterprise[rows], 1, 0.0, FOLDS)
    margin = np.full(len(known), np.nan)
    folds = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(FOLDS)]
    made: dict[str, Any] = lgb.cv(
        {**_SETTINGS, "num_threads": threads(len(rows))},
        lgb.Dataset(values, label=target, free_raw_data=False, params={"verbosity": -1}),
        num_boost_round=_MOST_ROUNDS,
        folds=folds,
        metrics="cross_entropy",
        callbacks=[lgb.early_stopping(_PATIENCE, verbose=False)],
        return_cvbooster=True,
    )
    booster = made["cvbooster"]
    for one, (_, test) in zip(booster.boosters, folds, strict=True):
        margin[rows[test]] = one.predict(
            values[test], raw_score=True, num_iteration=booster.best_iteration
        )
    return np.where(known, np.nan_to_num(margin, nan=float(np.nanmean(margin))), np.nan)


def _facility(material: Material, pd: TruePD, known: Flags) -> Measures:
    """How far the standard facility, granted at T, moves the true PD."""
    found = {
        "pd.everyone": Measure(float(pd.both[known].mean())),
        "pd.came_to_pass": Measure(float(material.rows.target[known].mean())),
    }
    both = known & ~np.isnan(pd.facility)
    if both.sum() < _LEAST_ROWS:
        return found
    without, granted = pd.both[both], pd.facility[both]
    said = f"{int(both.sum()):,} rows; mean |difference| {np.abs(granted - without).mean():.4f}"
    return {
        **found,
        "pd.without_facility": Measure(float(without.mean()), note=said),
        "pd.with_facility": Measure(float(granted.mean()), note=said),
        "pd.facility_moves": Measure(float(granted.mean() - without.mean()), note=said),
    }
