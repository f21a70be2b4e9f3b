"""Borrowers as if refused: what a model must see to speak of those without a facility.

A borrower always has a facility, so a model taught on borrowers has never met a row without one,
and what it says there is chance. Here each borrower's row is taught twice: as it is, standing for
itself, and with what tells of credit taken from somebody unfinanced of the same month, standing
for the unfinanced who resemble it: 1 / p = 1 + (1 - p) / p, for a chance p of having been financed.
It assumes what weights assume, and that what is known of the unfinanced one's past credit tells
nothing more.
"""

from dataclasses import dataclass

import numpy as np

from features.catalogue import Catalogue
from supervision.arrays import Integers
from training.labels import Flags
from training.model.scale import Floats
from training.sample import Sample
from training.selection.financed import OF_CREDIT, Financed

_SEED = 20190101
"""Of who lends whom its features of credit."""


@dataclass(frozen=True, eq=False)
class Doubled:
    """Borrowers as they are, then as if refused.

    Attributes
    ----------
    place : int64 [2 m]
        Row that each came from: the m borrowers twice over.
    values : float64 [2 m, f]
    weight : float64 [2 m]
        Mean 1.
    """

    place: Integers
    values: Floats
    weight: Floats


def credit_features(catalogue: Catalogue) -> tuple[str, ...]:
    """Names of the champion's features that tell of credit."""
    return tuple(f.name for f in catalogue.champion if OF_CREDIT.intersection(f.streams))


def doubled(
    rows: Sample,
    names: tuple[str, ...],
    financed: Financed,
    taught: Flags,
    credit: tuple[str, ...],
    *,
    truncate_at: float,
) -> Doubled:
    """Double the rows that are taught.

    Parameters
    ----------
    rows : Sample
        All who could have been financed.
    names : tuple of str
        Columns of the model, in its order.
    financed : Financed
        Of the same rows.
    taught : bool [n]
        The financed with a known outcome.
    credit : tuple of str
        Which of the names tell of credit.
    truncate_at : float
        Quantile of the copies' weights at which larger ones are cut.
    """
    values = rows.choose(names)
    place = np.flatnonzero(taught)
    chance = np.random.default_rng(_SEED)
    giver = np.full(len(place), -1)
    for at in np.unique(rows.as_of[place]):
        ours = rows.as_of[place] == at
        refused = np.flatnonzero(~financed.was & (rows.as_of == at))
        # A month that refused nobody has nobody to stand for.
        if len(refused):
            giver[ours] = chance.choice(refused, int(ours.sum()))
    copies = values[place]
    columns = np.array([names.index(name) for name in credit if name in names], np.int64)
    given = giver >= 0
    copies[np.ix_(given, columns)] = values[np.ix_(giver[given], columns)]
    odds = (1.0 - financed.chance[place]) / financed.chance[place]
    odds = np.where(given, np.minimum(odds, np.quantile(odds, truncate_at)), 0.0)
    weight = np.concatenate([np.ones(len(place)), odds])
    return Doubled(
        np.concatenate([place, place]),
        np.concatenate([values[place], copies]),
        weight / weight.mean(),
    )
