"""Figures of each way over groups of the test, with intervals over enterprises."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.figure import Figure
from benchmarks.selection.ground import Ground
from benchmarks.selection.ways import NONE, Way
from training.calibration import logistic
from training.errors import TrainingError
from training.labels import Flags
from training.metrics import auc
from training.model.scale import Floats
from training.sample import Labels
from training.selection.bounds import NOTHING_SAID, Interval, Ratio, auc_range, rate_range

FIGURES = ("auc", "slope", "intercept", "level", "log_loss", "brier")
"""``level`` is mean PD over default rate; slope and intercept are of the outcome's log-odds on
the PD's. Ideal are 1, 0 and 1."""


@dataclass(frozen=True, eq=False)
class Group:
    """Part of the test.

    Attributes
    ----------
    rows, defaults, enterprises : int
    rate : float
    figures : way to name to Figure
    gains : way to name to Figure
        Differences from :data:`benchmarks.selection.ways.NONE` on the same resamples.
    """

    rows: int
    defaults: int
    enterprises: int
    rate: float
    mean_pd: Mapping[str, float]
    figures: Mapping[str, Mapping[str, Figure]]
    gains: Mapping[str, Mapping[str, Figure]]


@dataclass(frozen=True)
class Bound:
    """What little can be said without any correction, beside the truth.

    Attributes
    ----------
    least, most : float
        Stated ratio of the unfinanced default rate.
    mean_pd, auc : Interval
        Over everybody in the test.
    true_rate, true_auc : float
    """

    least: float
    most: float
    mean_pd: Interval
    auc: Interval
    true_rate: float
    true_auc: float


def groups(ground: Ground) -> dict[str, Flags]:
    """Parts of the test."""
    tested, linked, borrower = ground.tested, ground.linked, ground.financed
    return {
        "everyone": tested,
        "no core enterprise": tested & ~linked,
        "without a facility": tested & ~borrower,
        "no core, no facility": tested & ~linked & ~borrower,
        "financed": tested & borrower,
    }


def measured(ground: Ground, found: Mapping[str, Way], rows: Flags, resamples: int) -> Group:
    """Measure every way on some rows of the test against the truth."""
    target = ground.material.rows.target[rows]
    firms, firm = np.unique(ground.material.rows.enterprise[rows], return_inverse=True)
    pds = {name: way.pd[rows] for name, way in found.items()}
    chance = np.random.default_rng(0)
    drawn: dict[str, list[Floats]] = {name: [] for name in pds}
    for _ in range(resamples):
        times = np.bincount(chance.integers(0, len(firms), len(firms)), minlength=len(firms))
        weight = times[firm].astype(np.float64)
        for name, pd in pds.items():
            drawn[name].append(_figures(target, pd, weight))
    whole = {name: _figures(target, pd, np.ones(len(pd))) for name, pd in pds.items()}
    spread = {name: np.array(found) for name, found in drawn.items()}
    return Group(
        rows=len(target),
        defaults=int(target.sum()),
        enterprises=len(firms),
        rate=float(target.mean()),
        mean_pd={name: float(pd.mean()) for name, pd in pds.items()},
        figures={name: _told(whole[name], spread[name]) for name in pds},
        gains={name: _told(whole[name] - whole[NONE], spread[name] - spread[NONE]) for name in pds},
    )


def bounds(ground: Ground, way: Way, ratios: tuple[Ratio, ...]) -> list[Bound]:
    """Intervals over everybody from the outcomes of the financed and stated ratios."""
    tested, material = ground.tested, ground.material
    known = material.borrower[tested]
    outcome, truth = material.observed[tested].astype(np.float64), ground.truth[tested]
    pd = way.pd[tested]
    said = []
    for ratio in (*ratios, NOTHING_SAID):
        low, high = rate_range(pd, known, outcome, ratio)
        said.append(
            Bound(
                ratio.least,
                ratio.most,
                Interval(float(low.mean()), float(high.mean())),
                auc_range(pd, low, high),
                float(truth.mean()),
                auc(material.rows.target[tested], pd),
            )
        )
    return said


def _figures(target: Labels, pd: Floats, weight: Floats) -> Floats:
    """The figures in the order of :data:`FIGURES`; NaN where one cannot be had."""
    odds = np.log(pd) - np.log1p(-pd)
    some = weight > 0
    try:
        line = np.column_stack([odds, np.ones_like(odds)])[some]
        slope, intercept = logistic(line, target[some], weight=weight[some])
    except TrainingError:
        slope, intercept = float("nan"), float("nan")
    bad = float(np.average(target, weights=weight))
    loss = -np.where(target == 1, np.log(pd), np.log1p(-pd))
    return np.array(
        [
            auc(target, pd, weight),
            slope,
            intercept,
            float(np.average(pd, weights=weight)) / bad if bad else float("nan"),
            float(np.average(loss, weights=weight)),
            float(np.average((pd - target) ** 2, weights=weight)),
        ]
    )


def _told(whole: Floats, drawn: Floats) -> dict[str, Figure]:
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    return {
        name: Figure(float(whole[place]), float(low[place]), float(high[place]))
        for place, name in enumerate(FIGURES)
    }
