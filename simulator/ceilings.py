"""What nobody could beat: how well the true PD itself ranks, and between what that figure lies."""

from dataclasses import dataclass

import numpy as np

from simulator.table import Bools, Floats, Ints


@dataclass(frozen=True)
class Ceiling:
    """The AUC of the true PD over some enterprises, known from a finite number of futures.

    The truth lies between ``low`` and ``high``, in practice close to their middle: what few
    futures take from the one they add to the other.

    Attributes
    ----------
    split_half : float
        One half's counts scored on the futures of the other half, mean of both ways: what half
        the futures know of the rest.
    low : float
        Each future scored by the counts of all others: the same with all futures but one.
    high : float
        All counts scored on themselves: chance scores itself.
    realised : float
        All counts scored on what came to pass in the world; NaN if nobody or all defaulted.
    enterprises : int
    """

    split_half: float
    low: float
    high: float
    realised: float
    enterprises: int


def ceiling(halves: Ints, paths: int, outcome: Bools, among: Bools) -> Ceiling:
    """The true ceiling over a population.

    Parameters
    ----------
    halves : int64 [2 x n]
        Futures with a default among the first and the second half of the paths.
    paths : int
        Of both halves; of an odd number the first has one more.
    outcome : bool [n]
        Whether each defaulted within the twelve months in the world itself.
    among : bool [n]
        The population: all, borrowers, those not past due.
    """
    one, other = (np.asarray(half[among], np.float64) for half in halves)
    ways = (
        expected_auc(one, other / (paths // 2)),
        expected_auc(other, one / (paths - paths // 2)),
    )
    both = one + other
    return Ceiling(
        split_half=float(np.mean(ways)),
        # In a future with its default, an enterprise has one default less in the others.
        low=_auc(both - 1.0, both, both / paths),
        high=expected_auc(both, both / paths),
        realised=expected_auc(both, outcome[among].astype(np.float64)),
        enterprises=int(among.sum()),
    )


def expected_auc(score: Floats, pd: Floats) -> float:
    """Chance that of two rows, one with a default and one without, the first scores higher.

    Each row counts as a default with weight ``pd`` and as none with weight ``1 - pd``: exact for
    labels drawn with these chances, but that a row is never compared with itself. Ties count
    half. With labels of 0 and 1 it is the ordinary AUC.

    Returns
    -------
    float
        NaN if there is no such pair.
    """
    return _auc(score, score, pd)


def _auc(of_defaults: Floats, of_others: Floats, pd: Floats) -> float:
    """The same where a row scores otherwise when it defaults than when it does not."""
    good = 1.0 - pd
    # A row and itself are no pair.
    own = pd * good
    pairs = float(pd.sum()) * float(good.sum()) - float(own.sum())
    if pairs <= 0.0:
        return float("nan")
    order = np.argsort(of_others, kind="stable")
    ranked, below = of_others[order], np.concatenate(([0.0], np.cumsum(good[order])))
    beaten = below[np.searchsorted(ranked, of_defaults, side="left")]
    level = below[np.searchsorted(ranked, of_defaults, side="right")]
    wins = float((pd * (beaten + level)).sum()) / 2.0
    itself = np.where(of_defaults > of_others, 1.0, np.where(of_defaults == of_others, 0.5, 0.0))
    return (wins - float((own * itself).sum())) / pairs
