"""Links: core enterprises whose choice of partners tells more, or less, of default.

The simulator has no dial for that, and its sources stand still; so links are drawn anew from the
truth. Behind each is an index, ``a`` times the normal score of the true PD and the rest noise.

- *Link and rating*: those with the lowest index are linked, and rated in its order; as many of
  each rating as the world has. At ``a`` = 0 the name tells nothing, at 1 it is the truth itself.
- *Rating alone*: who is linked stays as in the world; only ratings are given anew.

Whom lenders financed in the past, and so what the models were taught, stays as the world had it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from benchmarks.figure import Figure
from benchmarks.mission.gains import (
    FIGURES,
    Choice,
    at_cut,
    told,
)
from benchmarks.mission.strength import expected
from training.baselines import NO_LINK
from training.labels import Flags
from training.model.scale import Floats
from training.resampling import resampled

STEPS = tuple(step / 10.0 for step in range(11))
CURVE = ("rule_auc", "rule_to_all", *FIGURES)


@dataclass(frozen=True, eq=False)
class Point:
    """One point of the curve.

    Attributes
    ----------
    informative : float
        ``a``.
    figures : mapping of str to mapping of str to Figure
        By ranking, :data:`CURVE`: AUC of the rule among those it ranks, bad rate of those it
        approves over that of everybody, and what stands in
        :data:`benchmarks.mission.gains.FIGURES`. The value is the mean over draws of links, the
        interval is over links and enterprises.
    """

    informative: float
    figures: Mapping[str, Mapping[str, Figure]]


def draw_ratings(
    choice: Choice, informative: float, chance: np.random.Generator, *, relink: bool
) -> Floats:
    """Ratings of new links, NaN without one; as many of each rating as before.

    Parameters
    ----------
    choice : Choice
    informative : float
        From 0 to 1.
    chance : numpy.random.Generator
    relink : bool
        Draw anew who is linked, too.
    """
    among = np.ones(len(choice.bad), np.bool_) if relink else choice.linked
    noise = chance.normal(size=int(among.sum()))
    index = informative * _normal(choice.bad[among], chance)
    index += np.sqrt(1.0 - informative**2) * noise
    before = np.where(choice.linked, choice.rating, float(NO_LINK))[among]
    drawn = np.empty(len(index))
    drawn[np.argsort(index, kind="stable")] = np.sort(before)
    found = np.full(len(choice.bad), np.nan)
    found[among] = np.where(drawn == NO_LINK, np.nan, drawn)
    return found


def curve(
    choice: Choice,
    ranks: Mapping[str, Floats],
    cut: float,
    draws: int,
    *,
    relink: bool,
) -> list[Point]:
    """Approvals against the rule as its links tell more.

    Parameters
    ----------
    choice : Choice
    ranks : mapping of str to float64 [n]
    cut : float
        Worst rating that the rule approves.
    draws : int
        Of links for the value, and of links and enterprises for the interval.
    relink : bool
        As for :func:`draw_ratings`.
    """
    points = []
    for step in STEPS:
        chance = np.random.default_rng(1)
        means: dict[str, list[Floats]] = {name: [] for name in ranks}
        drawn: dict[str, list[Floats]] = {name: [] for name in ranks}
        for times in resampled(choice.enterprise, draws, seed=2):
            rating = draw_ratings(choice, step, chance, relink=relink)
            linked = Choice(choice.bad, rating, choice.enterprise)
            for name, rank in ranks.items():
                means[name].append(_figures(linked, rank, cut, None, relink=relink))
                drawn[name].append(_figures(linked, rank, cut, times, relink=relink))
        figures = {name: told(CURVE, _mean(np.array(means[name])), drawn[name]) for name in ranks}
        points.append(Point(step, figures))
    return points


def _figures(
    choice: Choice, rank: Floats, cut: float, times: Floats | None, *, relink: bool
) -> Floats:
    some: Flags = np.ones(len(rank), np.bool_) if relink else choice.linked
    rule = np.where(choice.linked, choice.rating, float(NO_LINK))
    counted = None if times is None else times[some]
    area = expected(choice.bad[some], rule[some], counted)
    found = at_cut(choice, rank, cut, times)
    return np.concatenate([[area, found[0] / np.average(choice.bad, weights=times)], found])


def _mean(drawn: Floats) -> Floats:
    """Mean of each figure over the draws that have it; NaN where none has."""
    there = ~np.isnan(drawn)
    total = np.where(there, drawn, 0.0).sum(axis=0)
    count = there.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _normal(bad: Floats, chance: np.random.Generator) -> Floats:
    """Normal scores; ties are broken by chance."""
    jitter = chance.uniform(size=len(bad))
    place = rankdata(bad, method="min") - 1.0
    order = np.lexsort((jitter, place))
    rank = np.empty(len(bad))
    rank[order] = np.arange(len(bad))
    return np.asarray(norm.ppf((rank + 0.5) / len(bad)), np.float64)
