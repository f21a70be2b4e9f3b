"""The plan of a measurement: which world, and which month ends it is looked at."""

from dataclasses import dataclass

import numpy as np

from features.calendar import month_end
from simulator.world import LAST_YEAR
from supervision.arrays import Integers
from training.horizon import months_after

LAST = f"{LAST_YEAR}-12"
"""The month with which every world ends, and up to which outcomes are known."""
TESTED = ("2021-09", "2021-10", "2021-11")
"""Month ends of the out-of-time test: the last whose twelve months and a month's lag are over."""
EMBARGO_MONTHS = 13
"""Label window and reporting lag between the last month of training and the first of the test."""
_LONG_MONTHS = 72
"""A world of so many months is trained on every third month end, a shorter one on every second."""
_MOST_TRAINED = 12
_LEAST_HISTORY = 12
"""Months that a world must have lasted before it is trained on: features look back a year."""


@dataclass(frozen=True)
class Plan:
    """One world to be made and measured.

    Attributes
    ----------
    enterprises, months, seed : int
    scenario : str
    truth_sample, truth_paths : int
        For the true PD; no true PD where the paths are 0.
    """

    enterprises: int
    months: int
    seed: int
    scenario: str = "baseline"
    truth_sample: int = 0
    truth_paths: int = 0

    @property
    def simulate_arguments(self) -> list[str]:
        """What :mod:`benchmarks.world.make_world` is told after the folder."""
        said: list[object] = [self.enterprises, self.months, self.seed, self.scenario]
        said += [self.truth_sample, self.truth_paths]
        return [str(part) for part in said]

    @property
    def tested(self) -> Integers:
        """As-of points of the test."""
        return np.array([month_end(month) for month in TESTED], np.int64)

    @property
    def trained(self) -> Integers:
        """As-of points of the training, oldest first."""
        step = 3 if self.months >= _LONG_MONTHS else 2
        last = months_after(self.tested[:1], -EMBARGO_MONTHS)
        begins = months_after(np.array([month_end(LAST)]), _LEAST_HISTORY - self.months)[0]
        ends = [int(months_after(last, -step * back)[0]) for back in range(_MOST_TRAINED)]
        return np.array(sorted(at for at in ends if at >= begins), np.int64)

    @property
    def known_until(self) -> int:
        """Up to when outcomes are known, UTC microseconds."""
        return month_end(LAST)
