"""Amounts of third parties as bands, told only over at least five of them."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np

from features.feature import Phrase
from serving.profiles.trade import FEWEST
from supervision.arrays import Integers

_FEN = 100
_BOUNDS = (
    (1_000_000, Phrase("1 million", "100万元")),
    (5_000_000, Phrase("5 million", "500万元")),
    (10_000_000, Phrase("10 million", "1,000万元")),
    (50_000_000, Phrase("50 million", "5,000万元")),
    (100_000_000, Phrase("100 million", "1亿元")),
    (500_000_000, Phrase("500 million", "5亿元")),
)
"""Upper ends in yuan, each in words."""


class Band(NamedTuple):
    """An amount, as far as it is told.

    Attributes
    ----------
    rank : int
        1 for the lowest band.
    words : Phrase
    """

    rank: int
    words: Phrase


def band(fen: int) -> Band:
    """Band of an amount.

    Examples
    --------
    >>> band(700_000_000).words.en, band(100).rank
    ('¥5 million to 10 million', 1)
    """
    place = bisect_left([bound * _FEN for bound, _ in _BOUNDS], fen)
    if place == 0:
        first = _BOUNDS[0][1]
        return Band(1, Phrase(f"up to ¥{first.en}", f"{first.zh}以内"))
    below = _BOUNDS[place - 1][1]
    if place == len(_BOUNDS):
        return Band(place + 1, Phrase(f"over ¥{below.en}", f"{below.zh}以上"))
    above = _BOUNDS[place][1]
    return Band(place + 1, Phrase(f"¥{below.en} to {above.en}", f"{below.zh}–{above.zh}"))


def band_over(parties: Integers, fen: Integers) -> Band | None:
    """Band of what stands with some parties; None where fewer than five have a part in it.

    Parameters
    ----------
    parties : Integers
        Number of the party of each amount.
    fen : Integers
        The amounts.
    """
    if len(np.unique(parties[fen > 0])) < FEWEST:
        return None
    return band(int(fen.sum()))
