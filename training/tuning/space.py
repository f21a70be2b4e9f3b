"""The space of settings that are searched: LightGBM's own names, and a range for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from optuna import Trial

from training.config import BoostingSettings


@dataclass(frozen=True)
class Dimension:
    """A setting and its range.

    Attributes
    ----------
    name : str
        Of :class:`training.config.BoostingSettings`.
    low, high : int or float
        Both may be taken; whole numbers where both are whole.
    log : bool
        Small values are tried as finely as large ones.
    """

    name: str
    low: float
    high: float
    log: bool = False

    @property
    def whole(self) -> bool:
        """Only whole numbers are tried."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def suggest(self, trial: Trial) -> float:
        """Take the value that the trial proposes."""
        if self.whole:
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)


SPACE = (
    Dimension("learning_rate", 0.01, 0.15, log=True),
    Dimension("num_leaves", 2, 32, log=True),
    Dimension("min_data_in_leaf", 10, 400, log=True),
    Dimension("feature_fraction", 0.2, 1.0),
    Dimension("bagging_fraction", 0.4, 1.0),
    Dimension("lambda_l2", 0.01, 100.0, log=True),
)
"""What is searched. How many trees is not: validation chooses it in every trial."""


def proposed(trial: Trial, standing: BoostingSettings) -> BoostingSettings:
    """Settings of a trial: the standing ones with the proposed values."""
    return standing.model_copy(update={one.name: one.suggest(trial) for one in SPACE})


def within(standing: BoostingSettings) -> Mapping[str, float]:
    """The standing settings, brought into the ranges: what the first trial takes."""
    return {one.name: min(max(getattr(standing, one.name), one.low), one.high) for one in SPACE}
