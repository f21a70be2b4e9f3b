"""Size of a test: how often it rejects what is true.

A test at 5 % that rejects a sound model more often than that raises false alarms; many do where
defaults are few, since a count of defaults moves in steps. So each is tried on samples of the
same size that are drawn from its null.
"""

from dataclasses import dataclass

import numpy as np

from training.validation.null_samples import Draw

LEVEL = 0.05
SIMULATIONS = 10_000

WARNING = 0.057
"""What 10,000 simulations of a test of true size 5 % stay below in 999 of 1,000 cases."""

_AT_ONCE = 100


@dataclass(frozen=True)
class Size:
    """Observed size of a test at 5 %.

    Attributes
    ----------
    test : str
    rate : float
        Share of simulations in which p was below 5 %.
    simulations : int
    """

    test: str
    rate: float
    simulations: int

    @property
    def warns(self) -> bool:
        """Whether the test rejects too often for its p to be taken at its word."""
        return self.rate > WARNING


def observed_size(test: str, draw: Draw, *, seed: int, simulations: int = SIMULATIONS) -> Size:
    """Try a test on samples from its null.

    Parameters
    ----------
    test : str
        Name for the report.
    draw : Draw
        One of :mod:`training.validation.null_samples`.
    seed : int
        Same seed, same size.
    simulations : int
    """
    chance = np.random.default_rng(seed)
    rejected, left = 0, simulations
    while left > 0:
        p = draw(chance, min(left, _AT_ONCE))
        rejected += int((p < LEVEL).sum())
        left -= _AT_ONCE
    return Size(test, rejected / simulations, simulations)
