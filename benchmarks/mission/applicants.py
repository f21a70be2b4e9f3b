"""Applicants: everybody whom a lender could be asked about, and what truly becomes of them."""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.selection.ground import Ground, read_ground
from benchmarks.world.stages import Site
from features.catalogue import CATALOGUE
from supervision.arrays import Integers
from supervision.errors import CargoworthyError
from training.baselines import CORE_RATING, NO_LINK
from training.labels import Flags
from training.model.scale import Floats
from training.sample import Names

BANKS_CUT = 6
"""Worst rating of a core enterprise on whose name the world's lenders lend."""


@dataclass(frozen=True, eq=False)
class Applicants:
    """All who trade and are not in default, lent to or not.

    Attributes
    ----------
    place : int64 [n]
        Row of the ground.
    enterprise : str [n]
    as_of : int64 [n]
    bad : float64 [n]
        True twelve-month PD; where the world has none, 1 if a default truly followed, else 0.
    paths : int
        Futures that the true PD was counted over; 0 where ``bad`` is what came to pass.
    rating : float64 [n]
        Of the core enterprise linked, 1 best to 10 worst; NaN without a link.
    financed : bool [n]
    """

    place: Integers
    enterprise: Names
    as_of: Integers
    bad: Floats
    paths: int
    rating: Floats
    financed: Flags

    def __len__(self) -> int:
        return len(self.place)

    @property
    def linked(self) -> Flags:
        """Who has a core enterprise."""
        return np.asarray(~np.isnan(self.rating))

    @property
    def rule(self) -> Floats:
        """Rank by the core-enterprise rule, those without a link last."""
        return np.where(self.linked, self.rating, float(NO_LINK))


def read(site: Site) -> tuple[Ground, tuple[str, ...]]:
    """Read a world, and the features that its table lacks.

    A table that was built before the catalogue had a feature has it as missing throughout; no
    model can learn from such a column.

    Raises
    ------
    CargoworthyError
        If the table lacks the month ends of the training or of the test.
    """
    ground = read_ground(site.world, site.features, site.record)
    rows = ground.material.rows
    lacking = tuple(
        feature.name for feature in CATALOGUE.champion if feature.name not in rows.names
    )
    if not lacking:
        return ground, ()
    empty = np.full((len(rows), len(lacking)), np.nan)
    widened = replace(
        rows, names=(*rows.names, *lacking), values=np.column_stack([rows.values, empty])
    )
    return replace(ground, material=replace(ground.material, rows=widened)), lacking


def applicants(ground: Ground) -> Applicants:
    """Everybody at the month end of the true PD, or over the test's where there is none.

    Raises
    ------
    CargoworthyError
        If nobody is left.
    """
    material = ground.material
    pd, among = material.pd, material.tested & material.alive
    bad, paths = ground.truth, 0
    if pd is not None:
        among = material.alive & ~np.isnan(pd.both)
        bad, paths = pd.both, pd.paths
    place = np.flatnonzero(among)
    if not len(place):
        raise CargoworthyError(
            "expected enterprises that trade and are not in default at the month end of the true "
            "PD, found none; build the features of that month end, with `python -m "
            "benchmarks.world --until features`"
        )
    return Applicants(
        place,
        material.rows.enterprise[place],
        material.rows.as_of[place],
        bad[place],
        paths,
        material.rows.column(CORE_RATING)[place],
        ground.financed[place],
    )
