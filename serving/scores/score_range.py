"""The range of a score: what it would be if the streams that are late were at their worst and best.

Features that rest on a late stream may take any value that is plausible; all others keep theirs.
Plausible is what nine in ten of the model's own golden rows have (rows of its training, spread
evenly from the best to the worst), and the value that is known; where fewer than twenty of them
have one, any value at all. A feature in which the model is monotone stands at that end which costs
or earns most: no value between could do more. Of the others, and of values that are missing and
may yet come, each tree is asked for its own extreme (:mod:`training.model.margin_bounds`). So no
plausible values lead beyond the range; with many such features it is wider than what can come true.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from features.depth import Late
from features.feature import Feature
from features.recipe import leaves
from serving.scores.depth_document import ScoreRange as RangePart
from training.model.bundle import Bundle
from training.model.golden import GoldenRows
from training.model.margin_bounds import Box, margin_bounds
from training.model.points import rounded
from training.model.scale import Floats, Integers

PLAUSIBLE = (0.05, 0.95)
"""Quantiles of the golden rows between which a value is plausible."""
FEWEST = 20
"""Golden rows with a value from which such quantiles are taken: one row a twentieth."""
_SEEN_AS: Mapping[str, tuple[str, ...]] = {"title": ("title", "purchase")}
"""Tables in which a stream stands, where they are several."""
_NAMES: Mapping[str, str] = {
    "declaration": "报关单",
    "document": "单证",
    "custody": "仓储监管",
    "title": "货权",
    "financing": "融资",
    "valuation": "估值",
}


@dataclass(frozen=True)
class ScoreRange:
    """What a score would be at its worst and at its best, in micro-points."""

    worst: int
    best: int


def range_part(
    bundle: Bundle,
    features: tuple[Feature, ...],
    values: Mapping[str, float],
    score_micro: int,
    late: Sequence[Late],
) -> RangePart | None:
    """Tell the range of a score in whole points; None where no stream is late."""
    if not late:
        return None
    row = np.array([values[name] for name in bundle.features])
    found = score_range(bundle, features, row, score_micro, late)
    worst, best = rounded(np.array([found.worst, found.best])).tolist()
    streams = tuple(one.stream for one in late)
    return RangePart(
        worst=worst,
        best=best,
        late_streams=streams,
        text_en=f"Late: {', '.join(streams)}. With plausible news of them the score would lie "
        f"between {worst} and {best}.",
        text_zh=f"{'、'.join(_NAMES[stream] for stream in streams)}报送延迟；"
        f"按合理的最差与最好情形，评分介于{worst}至{best}分。",
    )


def score_range(
    bundle: Bundle,
    features: tuple[Feature, ...],
    row: Floats,
    score_micro: int,
    late: Iterable[Late],
) -> ScoreRange:
    """Tell between what a score would lie if late streams spoke.

    Parameters
    ----------
    bundle : Bundle
    features : tuple of Feature
        Of the model, in its order.
    row : float64 [features]
        Their values; NaN is missing.
    score_micro : int
        The score of that row.
    late : iterable of Late
    """
    tables = frozenset(table for one in late for table in _SEEN_AS.get(one.table, (one.table,)))
    free = resting_on(features, tables)
    if not len(free):
        return ScoreRange(score_micro, score_micro)
    directions = np.array(bundle.directions)
    found = [
        margin_bounds(bundle.explainer, _box(bundle, row, free, directions * sign))
        for sign in (1, -1)
    ]
    worst = _micro(bundle, found[0][1])
    best = _micro(bundle, found[1][0])
    # The score itself is a sum of rounded parts: a few millionths of a point apart.
    return ScoreRange(min(worst, score_micro), max(best, score_micro))


@lru_cache(maxsize=64)
def resting_on(features: tuple[Feature, ...], tables: frozenset[str]) -> Integers:
    """Places of the features whose recipes read one of some tables."""
    read = [{leaf.rows.table for leaf in leaves(feature.recipe)} for feature in features]
    return np.flatnonzero([bool(own & tables) for own in read]).astype(np.int64)


def _box(bundle: Bundle, row: Floats, free: Integers, towards_risk: Integers) -> Box:
    """What is known of a row, where each monotone feature that is free stands at one end."""
    box = Box.of(row)
    low, high = _plausible(bundle.golden)
    box.low[free] = np.minimum(box.low[free], low[free])
    box.high[free] = np.maximum(box.high[free], high[free])
    known = ~np.isnan(row[free])
    up = free[known & (towards_risk[free] > 0)]
    down = free[known & (towards_risk[free] < 0)]
    box.low[up] = box.high[up]
    box.high[down] = box.low[down]
    return box


@lru_cache(maxsize=8)
def _plausible(golden: GoldenRows) -> tuple[Floats, Floats]:
    """Of each feature the least and the greatest plausible value."""
    low = np.full(golden.values.shape[1], -np.inf)
    high = np.full(golden.values.shape[1], np.inf)
    for place, column in enumerate(golden.values.T):
        known = column[~np.isnan(column)]
        if len(known) >= FEWEST:
            low[place] = np.quantile(known, PLAUSIBLE[0], method="lower")
            high[place] = np.quantile(known, PLAUSIBLE[1], method="higher")
    return low, high


def _micro(bundle: Bundle, margin: float) -> int:
    share = bundle.calibration.slope * (margin - bundle.explainer.expected)
    return bundle.base_micro_points + int(bundle.scale.parts(np.array([share]))[0])
