"""Rivals of the calibration: what the points' exactness costs.

Only an affine map of the margin keeps score points additive. Three maps that are not affine are
fitted on the same margins and measured on the same rows, so that the price of exact points is a
figure and not a belief. None of them is ever used for a score.

References
----------
B. Zadrozny, C. Elkan, *Transforming classifier scores into accurate multiclass probability
estimates*, KDD 2002 (isotonic); M. Kull, T. Silva Filho, P. Flach, *Beta calibration*, AISTATS
2017; F. Harrell, *Regression Modeling Strategies*, 2nd ed., Springer 2015, section 2.4 (restricted
cubic splines and where their knots lie).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.isotonic import IsotonicRegression

from training.calibration import logistic
from training.errors import TrainingError
from training.metrics import ece
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.resampling import percentiles
from training.sample import Labels

OURS = "affine"
LEAST = 0.0005
"""PDs are kept within this and one less this: no regulator takes a smaller one, and a map with
steps would lose everything by a single default among rows to which it gives none."""
_KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)

Map = Callable[[Floats], Floats]
"""From margins to PDs."""


@dataclass(frozen=True, eq=False)
class Margins:
    """Margins with what became of their rows.

    Attributes
    ----------
    margin : float64 [n]
    target : int8 [n]
        With both classes.
    weight : float64 [n] or None
        How much each row counts; None: all alike.
    """

    margin: Floats
    target: Labels
    weight: Floats | None = None


@dataclass(frozen=True)
class Quality:
    """How good a calibrated PD is.

    Attributes
    ----------
    log_loss, brier, ece : float
        Smaller is better; expected calibration error over ten bins.
    mean_pd : float
    distinct : int
        Different PDs among the rows: few are steps, on which a score would jump.
    """

    log_loss: float
    brier: float
    ece: float
    mean_pd: float
    distinct: int


@dataclass(frozen=True)
class Gap:
    """What ours loses against one rival in log loss, a gain below 0.

    Attributes
    ----------
    value, low, high : float
        With its 95 % interval over resampled enterprises.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Rivalry:
    """Our calibration beside its rivals on the same rows.

    Attributes
    ----------
    quality : mapping of str to Quality
        Ours first.
    gaps : mapping of str to Gap
        Of each rival.
    """

    quality: Mapping[str, Quality]
    gaps: Mapping[str, Gap]

    @property
    def price(self) -> dict[str, float]:
        """What ours loses against whichever rival is best in each figure, a gain below 0."""
        others = [one for name, one in self.quality.items() if name != OURS]
        return {
            figure: getattr(self.quality[OURS], figure)
            - min(getattr(one, figure) for one in others)
            for figure in ("log_loss", "brier", "ece")
        }

    def as_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "models": {name: asdict(one) for name, one in self.quality.items()},
            "log_loss_gaps": {name: asdict(one) for name, one in self.gaps.items()},
            "price": self.price,
        }


def rivals(
    ours: Calibration, fitted: Margins, tested: Margins, resamples: Iterable[Floats]
) -> Rivalry:
    """Measure our calibration and its rivals on rows that none was fitted on.

    A rival without a finite best fit is left out.

    Parameters
    ----------
    ours : Calibration
        As the model has it.
    fitted : Margins
        That it was fitted on, and the rivals are.
    tested : Margins
    resamples : iterable of float64 [rows of tested]
        How often each tested row counts; see :func:`training.resampling.resampled`.
    """
    maps: dict[str, Map] = {OURS: ours.pd}
    for name, fit in (("isotonic", isotonic), ("beta", beta), ("spline", spline)):
        # A rival that finds no finite best fit must not stop a training that has one.
        with suppress(TrainingError):
            maps[name] = fit(fitted)
    pds = {name: np.clip(pd(tested.margin), LEAST, 1.0 - LEAST) for name, pd in maps.items()}
    quality = {name: _quality(pd, tested.target) for name, pd in pds.items()}
    lost = np.column_stack([_losses(tested.target, pd) for pd in pds.values()])
    lost = lost[:, :1] - lost[:, 1:]
    low, high = percentiles(np.array([times @ lost / times.sum() for times in resamples]))
    spans = zip(lost.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    return Rivalry(quality, dict(zip(list(maps)[1:], (Gap(*span) for span in spans), strict=True)))


def isotonic(fitted: Margins) -> Map:
    """The best map that only rises: steps."""
    line = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    line.fit(fitted.margin, fitted.target, sample_weight=fitted.weight)

    def pd(margin: Floats) -> Floats:
        return np.asarray(line.predict(margin), dtype=np.float64)

    return pd


def beta(fitted: Margins) -> Map:
    """Beta calibration: log-odds linear in ``ln p`` and ``-ln(1 - p)``, neither falling.

    A coefficient that would be negative is left out and the rest fitted again, as its authors do.
    """
    design, kept = _beta_design(fitted.margin), [0, 1]
    while True:
        weights = logistic(design[:, [*kept, 2]], fitted.target, weight=fitted.weight)
        falling = [place for place, one in zip(kept, weights[:-1], strict=True) if one < 0]
        if not falling:
            break
        kept.remove(falling[0])

    def pd(margin: Floats) -> Floats:
        return _probability(_beta_design(margin)[:, [*kept, 2]] @ weights)

    return pd


def spline(fitted: Margins) -> Map:
    """Log-odds as a natural cubic spline of the margin, straight beyond its five knots."""
    knots = np.unique(np.quantile(fitted.margin, _KNOTS))
    weights = logistic(_spline_design(fitted.margin, knots), fitted.target, weight=fitted.weight)

    def pd(margin: Floats) -> Floats:
        return _probability(_spline_design(margin, knots) @ weights)

    return pd


def _beta_design(margin: Floats) -> Floats:
    """``ln p``, ``-ln(1 - p)`` and 1, where p is the margin's own probability."""
    return np.column_stack(
        [-np.logaddexp(0.0, -margin), np.logaddexp(0.0, margin), np.ones_like(margin)]
    )


def _spline_design(margin: Floats, knots: Floats) -> Floats:
    """Basis of a natural cubic spline: 1, the margin, and a column less than knots but two."""
    columns = [np.ones_like(margin), margin]
    if len(knots) > 2:
        span, last = knots[-1] - knots[0], knots[-1] - knots[-2]

        def cubed(knot: float) -> Floats:
            return np.asarray(np.maximum(margin - knot, 0.0) ** 3 / span**2)

        columns += [
            cubed(knot)
            - cubed(knots[-2]) * (knots[-1] - knot) / last
            + cubed(knots[-1]) * (knots[-2] - knot) / last
            for knot in knots[:-2]
        ]
    return np.column_stack(columns)


def _probability(log_odds: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0.0, -log_odds)), dtype=np.float64)


def _quality(pd: Floats, target: Labels) -> Quality:
    return Quality(
        log_loss=float(_losses(target, pd).mean()),
        brier=float(np.mean((pd - target) ** 2)),
        ece=ece(target, pd),
        mean_pd=float(pd.mean()),
        distinct=len(np.unique(pd)),
    )


def _losses(target: Labels, pd: Floats) -> Floats:
    """Log loss of each row."""
    return np.asarray(-np.where(target == 1, np.log(pd), np.log1p(-pd)))
