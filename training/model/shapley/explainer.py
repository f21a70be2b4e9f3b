"""The explainer: exact shares of every feature in a model's margin, from its text alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from features.engine.chosen import loops_of
from training.model.errors import ModelError
from training.model.scale import Floats
from training.model.shapley.forest import read
from training.model.shapley.tables import Tables, expected, tables_of

Kernel = Callable[[Tables, Floats, int], Floats]


@dataclass(frozen=True, eq=False)
class Explainer:
    """Path-dependent TreeSHAP of one model.

    Attributes
    ----------
    tables : tuple of Tables
    features : int
        Columns of a matrix of values.
    expected : float
        The average margin over the training rows; a margin is this plus a row's shares.
    """

    tables: tuple[Tables, ...]
    features: int
    expected: float

    @classmethod
    def of(cls, text: str, features: int) -> Self:
        """Of LightGBM's text form.

        Raises
        ------
        ModelError
            If the text is of no forest that can be explained.
        """
        trees = read(text)
        asked = max(int(tree.feature.max()) for tree in trees)
        if asked >= features:
            raise ModelError(
                f"expected a model of {features} features, found one that asks for feature "
                f"{asked}; take model and features from one bundle"
            )
        return cls(tables_of(trees), features, expected(trees))

    def shares(self, values: Floats) -> Floats:
        """Contribution of each feature to the margin.

        The same bits for a row alone and in a batch, with numba and without.

        Parameters
        ----------
        values : float64 [n, features]
            NaN is missing.

        Returns
        -------
        float64 [n, features]
        """
        values = np.ascontiguousarray(values, dtype=np.float64)
        found = np.zeros((len(values), self.features))
        for tables in self.tables:
            found = found + _kernel()(tables, values, self.features)
        return found


@cache
def _kernel() -> Kernel:
    """Compiled where numba is installed."""
    kernel: Kernel = loops_of("training.model.shapley").shares
    return kernel
