"""The reference: how the scores and the features of the training's rows were spread.

What a model scores later is held against it: see :mod:`features.profile.divergence`. It stands
among the facts of a bundle, and so under its hash. It tells bins and counts, and no row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from features.profile.bins import MOST, Bins
from supervision.arrays import Integers
from training.model.scale import Floats

FACT = "reference"
"""Its name among the facts of a bundle."""
_MICRO = 1_000_000


@dataclass(frozen=True)
class Spread:
    """Rows in the bins of one number.

    Attributes
    ----------
    edges : tuple of float
        Ascending. Bin i holds what is above ``edges[i - 1]`` and at most ``edges[i]``; the first
        and the last bin are open.
    counts : tuple of int
        Rows of each bin; those without a value stand last.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Cut values at their deciles, and count; NaN is missing.

        Deciles are kept to three digits: in full they could be the figure of one enterprise.
        """
        edges = Bins.of(values).edges
        if len(edges) >= MOST - 1:
            edges = np.unique([float(f"{edge:.3g}") for edge in edges])
        counts = Bins(edges).count(values)
        return cls(tuple(edges.tolist()), tuple(counts.tolist()))

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> Self:
        """From its form in JSON."""
        edges = tuple(float(edge) for edge in stated["edges"])
        counts = tuple(int(count) for count in stated["counts"])
        if len(counts) != len(edges) + 2:
            raise ValueError(f"{len(edges)} edges, but {len(counts)} counts")
        return cls(edges, counts)

    @property
    def bins(self) -> Bins:
        """The bins."""
        return Bins(np.asarray(self.edges, np.float64))

    def count(self, values: Floats) -> Integers:
        """Rows of other values in the same bins; those without a value stand last."""
        return self.bins.count(values)

    def stated(self) -> dict[str, Any]:
        """Its form in JSON."""
        return {"edges": list(self.edges), "counts": list(self.counts)}


@dataclass(frozen=True)
class Reference:
    """How the training's rows were spread.

    Attributes
    ----------
    rows, enterprises : int
    score : Spread
        Of the scores in points.
    features : mapping of str to Spread
    """

    rows: int
    enterprises: int
    score: Spread
    features: Mapping[str, Spread]

    @classmethod
    def of(
        cls, names: tuple[str, ...], values: Floats, score_micro: Integers, enterprises: int
    ) -> Self:
        """Of rows and the scores that the model gives them.

        Parameters
        ----------
        names : tuple of str [f]
        values : float64 [n, f]
        score_micro : int64 [n]
        enterprises : int
            Of whom the rows are.
        """
        spreads = {name: Spread.of(values[:, place]) for place, name in enumerate(names)}
        score = Spread.of(score_micro / _MICRO)
        return cls(len(values), enterprises, score, MappingProxyType(spreads))

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self | None:
        """From the facts of a bundle; None where its training did not keep it.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is in no form that this version knows.
        """
        stated = facts.get(FACT)
        if stated is None:
            return None
        spreads = {name: Spread.read(one) for name, one in stated["features"].items()}
        return cls(
            int(stated["rows"]),
            int(stated["enterprises"]),
            Spread.read(stated["score"]),
            MappingProxyType(spreads),
        )

    def stated(self) -> dict[str, Any]:
        """Its form in JSON."""
        return {
            "rows": self.rows,
            "enterprises": self.enterprises,
            "score": self.score.stated(),
            "features": {name: one.stated() for name, one in self.features.items()},
        }
