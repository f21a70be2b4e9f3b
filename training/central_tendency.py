"""The central tendency: how often enterprises default in the long run, and a PD at that level.

A model learnt in bad months is too strict for the years that follow, and one learnt in good
months too mild. The PD through the cycle has the same order of enterprises and another level:
its mean over the rows of the training is the mean of yearly default rates, plus a margin of
conservatism. At least five years must be known for that; where the record knows fewer, a bank
states the rate and where it is from, or there is no PD through the cycle.

References
----------
Regulation (EU) 575/2013 (CRR), article 180(1); EBA/GL/2017/16, on the long-run average default
rate: the plain mean of one-year default rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.calendar import month_end
from supervision.arrays import Integers
from training.config import CentralTendencySettings
from training.division import Division
from training.errors import TrainingError
from training.horizon import month_name, months_after
from training.inputs import Inputs
from training.labels import Status
from training.metrics import ece, log_loss
from training.model.bundle import Scores
from training.model.cycle import Cycle
from training.model.scale import Floats
from training.sample import Labels, usable

_LAST_MONTH = "12"


@dataclass(frozen=True)
class YearlyRate:
    """Defaults of one year among those who were eligible when it began.

    Attributes
    ----------
    year : int
        The calendar year whose defaults are counted.
    rows, defaults : int
    """

    year: int
    rows: int
    defaults: int

    @property
    def rate(self) -> float:
        """Default rate of the year."""
        return self.defaults / self.rows


@dataclass(frozen=True)
class LongRun:
    """A long-run default rate.

    Attributes
    ----------
    rate : float
    years : int
        That it is the mean of.
    source : str
    """

    rate: float
    years: int
    source: str


@dataclass(frozen=True)
class CentralTendency:
    """The years that are known, and what follows from them.

    Attributes
    ----------
    yearly : tuple of YearlyRate
        Known when the out-of-time test begins.
    least_years : int
        So many are wanted.
    cycle : Cycle or None
        None where fewer are known and no rate is stated.
    """

    yearly: tuple[YearlyRate, ...]
    least_years: int
    cycle: Cycle | None

    def as_data(self) -> dict[str, Any]:
        """As plain data, without the cycle, which the bundle states itself."""
        years = [{**asdict(one), "rate": one.rate} for one in self.yearly]
        return {"yearly": years, "least_years": self.least_years}


def central_tendency(
    inputs: Inputs, division: Division, log_odds: Floats, settings: CentralTendencySettings
) -> CentralTendency:
    """Find the long-run rate, and bring the training's PD to it.

    What becomes known only after the out-of-time test begins counts for no year.

    Parameters
    ----------
    inputs : Inputs
    division : Division
    log_odds : float64 [n]
        Of default, calibrated, of all rows of the division's sample.
    settings : CentralTendencySettings
    """
    begins = division.tested[0]
    mature = months_after(inputs.rows.as_of, inputs.rules.embargo_months) <= begins
    yearly = yearly_rates(inputs.rows.as_of[mature], division.status[mature])
    found = long_run(yearly, settings)
    trained = division.parts.fit | division.parts.calibration
    cycle = None if found is None else cycle_of(log_odds[trained], found, settings)
    return CentralTendency(yearly, settings.least_years, cycle)


def yearly_rates(as_of: Integers, status: npt.NDArray[np.int8]) -> tuple[YearlyRate, ...]:
    """Default rate of each year whose beginning is among the rows.

    A year's cohort are the rows as of its first midnight whose outcome is known, so that no
    default is counted in two years (with a label window of twelve months).

    Parameters
    ----------
    as_of : int64 [n]
        UTC microseconds.
    status : int8 [n]
        Of :class:`training.labels.Status`.
    """
    known = usable(status)
    found = []
    for at in np.unique(as_of[known]):
        name = month_name(int(at))
        if not name.endswith(_LAST_MONTH) or month_end(name) != at:
            continue
        cohort = known & (as_of == at)
        defaults = int((status[cohort] == Status.BAD).sum())
        found.append(YearlyRate(int(name[:4]) + 1, int(cohort.sum()), defaults))
    return tuple(found)


def long_run(yearly: Sequence[YearlyRate], settings: CentralTendencySettings) -> LongRun | None:
    """The rate that is stated, or else the mean of enough yearly rates, or else None."""
    if settings.long_run_rate is not None and settings.years is not None:
        return LongRun(settings.long_run_rate, settings.years, settings.source)
    if len(yearly) < settings.least_years:
        return None
    mean = sum(one.rate for one in yearly) / len(yearly)
    years = f"{yearly[0].year} to {yearly[-1].year}"
    return LongRun(mean, len(yearly), f"the record: mean of the yearly default rates of {years}")


def shift_to(log_odds: Floats, target: float, floor: float) -> float:
    """What added to every log-odds makes the mean PD, none below the floor, the target.

    Found by halving until two neighbouring numbers are left.

    Parameters
    ----------
    log_odds : float64 [n]
        Of default; at least one.
    target : float
        Between ``floor`` and 1.
    floor : float

    Raises
    ------
    TrainingError
        If there is no row, or the target is not between floor and 1.
    """
    if len(log_odds) == 0 or not floor < target < 1.0:
        raise TrainingError(
            f"expected rows and a long-run default rate that with its margin lies between "
            f"{floor:.4%} and 100 %, found {len(log_odds)} rows and {target:.4%}; look at "
            "central_tendency in the configuration"
        )
    wanted = float(np.log(target) - np.log1p(-target))
    # At the lower end every PD is below the target, at the upper none is.
    low, high = wanted - float(log_odds.max()) - 1.0, wanted - float(log_odds.min()) + 1.0
    while low < (middle := (low + high) / 2.0) < high:
        if _mean_pd(log_odds + middle, floor) < target:
            low = middle
        else:
            high = middle
    return high


def cycle_of(log_odds: Floats, found: LongRun, settings: CentralTendencySettings) -> Cycle:
    """Bring a model's PD to the level of the long run.

    Parameters
    ----------
    log_odds : float64 [n]
        Of default, calibrated, of the rows of the training.
    found : LongRun
    settings : CentralTendencySettings
    """
    target = found.rate * (1.0 + settings.margin)
    return Cycle(
        shift=shift_to(log_odds, target, settings.floor),
        long_run_rate=found.rate,
        margin=settings.margin,
        floor=settings.floor,
        years=found.years,
        source=found.source,
    )


def levels(target: Labels, scores: Scores) -> dict[str, Any]:
    """How true the level of either PD was on the rows of a test; None where there is no other."""
    long_run = scores.pd_through_the_cycle
    return {
        "point_in_time": _level(target, scores.pd),
        "through_the_cycle": None if long_run is None else _level(target, long_run),
    }


def _level(target: Labels, pd: Floats) -> dict[str, float]:
    return {
        "mean_pd": float(pd.mean()),
        "default_rate": float(target.mean()),
        "brier": float(np.mean((pd - target) ** 2)),
        "log_loss": log_loss(target, pd),
        "ece": ece(target, pd),
    }


def told(cycle: Cycle | None, facts: Mapping[str, Any]) -> str:
    """Tell in a sentence what the PD through the cycle rests on, or why there is none."""
    if cycle is not None:
        return (
            f"PD through the cycle: mean {cycle.target:.2%} over the training rows (long-run rate "
            f"{cycle.long_run_rate:.2%} of {cycle.years} years, margin {cycle.margin:.0%}, floor "
            f"{cycle.floor:.2%}); its intercept moves by {cycle.shift:+.3f}. Source: {cycle.source}"
        )
    years = ", ".join(f"{one['year']} {one['rate']:.2%}" for one in facts["yearly"])
    return (
        f"PD through the cycle: not available. At least {facts['least_years']} yearly default "
        f"rates are needed, known are {len(facts['yearly'])}{years and f' ({years})'}; state "
        "central_tendency.long_run_rate with years and source, or train on a longer record"
    )


def _mean_pd(log_odds: Floats, floor: float) -> float:
    return float(np.maximum(floor, 1.0 / (1.0 + np.exp(-log_odds))).mean())
