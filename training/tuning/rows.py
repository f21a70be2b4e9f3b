"""Rows of the tuning: those that the training fits on, and what they hash to.

The out-of-time test and the enterprises of the calibration are not among them, and nothing of
them is in the hash: a study is the same whatever they hold.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from features.catalogue import Catalogue
from supervision.arrays import Integers
from training.config import TrainConfig
from training.division import divide
from training.estimator import Recipe
from training.inputs import Inputs
from training.learning import correction_of, recipe_of, scaled
from training.model.scale import Floats
from training.sample import Labels, Names


@dataclass(frozen=True, eq=False)
class Rows:
    """What a tuning sees.

    Attributes
    ----------
    recipe : Recipe
        With the standing settings.
    values : float64 [n, f]
    target : int8 [n]
    weight : float64 [n] or None
        Of mean 1; None: all alike.
    enterprise : str [n]
    as_of : int64 [n]
    fold : int64 [n]
        Validation fold of the row's enterprise.
    embargo_months : int
    """

    recipe: Recipe
    values: Floats
    target: Labels
    weight: Floats | None
    enterprise: Names
    as_of: Integers
    fold: Integers
    embargo_months: int

    def fingerprint(self) -> str:
        """SHA-256 over all that the outcome of a trial depends on, hexadecimal."""
        digest = hashlib.sha256()
        stated = (self.recipe, self.embargo_months, self.values.shape, self.enterprise.tolist())
        digest.update(repr(stated).encode())
        for part in (self.values, self.target, self.as_of, self.fold, self.weight):
            if part is not None:
                digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()


def rows_to_tune_on(inputs: Inputs, catalogue: Catalogue, config: TrainConfig) -> Rows:
    """Take the rows that the training fits on.

    Raises
    ------
    TrainingError
        If the data do not allow the division.
    """
    division = divide(inputs, config)
    sample, fit = division.sample, division.parts.fit
    corrected = correction_of(inputs, division, catalogue, config)
    weight = None if corrected.weight is None else corrected.weight[division.kept]
    recipe = recipe_of(sample, catalogue, config)
    return Rows(
        recipe=recipe,
        values=sample.choose(recipe.names)[fit],
        target=sample.target[fit],
        weight=scaled(weight, fit),
        enterprise=sample.enterprise[fit],
        as_of=sample.as_of[fit],
        fold=division.parts.fold[fit],
        embargo_months=inputs.rules.embargo_months,
    )
