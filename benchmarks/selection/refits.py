"""Refits: how much of a gain is the chance of who was there to be learnt from."""

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.selection.ground import Ground
from benchmarks.selection.ways import NONE, ORACLE, Lesson, ways
from training.metrics import auc, log_loss

Gains = dict[str, list[tuple[float, float]]]
"""By way: AUC and log loss over everyone, less those of ``none`` of the same refit."""


def refits(
    ground: Ground, lessons: Mapping[str, Lesson], count: int, tell: Callable[[str], None]
) -> Gains:
    """Teach every way again on resampled enterprises, and measure on the same test.

    The weights are those of all enterprises: their own chance is not in the spread.
    """
    target = ground.material.rows.target[ground.tested]
    firms, firm = np.unique(ground.material.rows.enterprise, return_inverse=True)
    chance = np.random.default_rng(1)
    found: Gains = {}
    asked = {name: lesson for name, lesson in lessons.items() if name != ORACLE}
    for number in range(count):
        tell(f"refit {number + 1} of {count}")
        drawn = np.bincount(chance.integers(0, len(firms), len(firms)), minlength=len(firms))
        taught = ways(
            ground, {name: one.times(drawn[firm]) for name, one in asked.items()}, lambda _: None
        )
        pds = {name: way.pd[ground.tested] for name, way in taught.items()}
        base = auc(target, pds[NONE]), log_loss(target, pds[NONE])
        for name, pd in pds.items():
            gain = auc(target, pd) - base[0], log_loss(target, pd) - base[1]
            found.setdefault(name, []).append(gain)
    return found
