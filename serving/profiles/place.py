"""Where a value stands among an enterprise's peers, as far as it may be told."""

from dataclasses import dataclass

from features.peers.spread import Spread
from serving.profiles.document import Standing

_DIGITS = 3
"""Of a quartile that are told: never the exact figure of one enterprise."""


@dataclass(frozen=True)
class Place:
    """Where one value stands.

    Attributes
    ----------
    percentile : float
        0 to 100.
    low, median, high : float
        The peers' quartiles, to three digits.
    standing : str or None
        See :func:`standing_at`.
    """

    percentile: float
    low: float
    median: float
    high: float
    standing: Standing | None


def place_of(value: float, spread: Spread, direction: int) -> Place:
    """Place a value among peers.

    Parameters
    ----------
    value : float
    spread : Spread
        Of the peers' values.
    direction : {-1, 0, 1}
        How risk moves as the value grows.
    """
    percentile = spread.percentile(value)
    return Place(percentile, *told_quartiles(spread), standing_at(percentile, direction))


def told_quartiles(spread: Spread) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile, to as many digits as are told."""
    low, median, high = (float(f"{each:.{_DIGITS}g}") for each in spread.quartiles)
    return low, median, high


def standing_at(percentile: float, direction: int) -> Standing | None:
    """Better or worse than the middle half of its peers, where the catalogue knows which is which.

    Parameters
    ----------
    percentile : float
    direction : {-1, 0, 1}
        How risk moves as the value grows.
    """
    if direction == 0:
        return None
    good = percentile if direction < 0 else 100 - percentile
    return "better" if good >= 75 else "worse" if good <= 25 else "usual"
