"""Profile a feature table, column by column."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.calendar import show_time
from features.catalogue import Catalogue
from features.feature import Feature
from features.profile.bins import Bins, Floats
from features.profile.divergence import (
    CHANGED,
    WATCH,
    chance_bound,
    information_value,
    psi,
    rank_correlation,
)
from features.profile.measures import (
    LEVELS,
    Bin,
    Drift,
    Flag,
    Histogram,
    Measured,
    Outcome,
    Point,
    Profile,
    Verdict,
)
from features.profile.outcomes import Outcomes
from features.table import FeatureTable
from supervision.arrays import Integers
from supervision.errors import CargoworthyError

_BARS = 24

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison: rows of a table, how many enterprises they are of, in words."""

    values: Floats
    enterprises: int
    words: str


@dataclass(frozen=True, eq=False)
class Known:
    """Rows whose outcome is known: which, whether bad, enterprises with good and bad ones."""

    rows: Rows
    bad: npt.NDArray[np.bool_]
    enterprises: tuple[int, int]


def profile(
    table: FeatureTable,
    catalogue: Catalogue,
    reference: FeatureTable | None = None,
    outcomes: Outcomes | None = None,
) -> Profile:
    """Profile each feature of a table.

    Parameters
    ----------
    table : FeatureTable
    catalogue : Catalogue
        Whose features they are.
    reference : FeatureTable, optional
        What PSI compares with; without it the second half of the as-of points is compared with
        the first.
    outcomes : Outcomes, optional
        For information value and monotone check.

    Raises
    ------
    CargoworthyError
        If a table has no rows or is of another catalogue, or the outcomes are of another record.
    """
    _check(table, catalogue, "the table")
    if reference is not None:
        _check(reference, catalogue, "the reference")
    times, time = np.unique(table.as_of, return_inverse=True)
    points = [np.flatnonzero(time == at) for at in range(len(times))]
    sides = _sides(table, times, reference)
    known = None if outcomes is None else _known(table, outcomes)
    found = []
    for column, name in enumerate(table.names):
        values = table.values[:, column]
        pair = None if sides is None else (sides[0].values[:, column], sides[1].values[:, column])
        drift = None if sides is None or pair is None else _drift(pair, sides)
        outcome = None if known is None else _outcome(values, known, catalogue.feature(name))
        found.append(_measured(name, values, _trend(values, times, points), pair, drift, outcome))
    return Profile(
        catalogue_hash=table.catalogue_hash,
        rows=len(table),
        enterprises=len(np.unique(table.enterprise_id)),
        as_of=(int(times[0]), int(times[-1])),
        reference=sides[0].words if sides else "",
        current=sides[1].words if sides else "",
        features=tuple(sorted(found, key=lambda one: one.badness, reverse=True)),
    )


def _check(table: FeatureTable, catalogue: Catalogue, what: str) -> None:
    if table.catalogue_hash != catalogue.hash:
        raise CargoworthyError(
            f"expected {what} to be of catalogue {catalogue.hash:.12}, found "
            f"{table.catalogue_hash:.12}: the recipes differ; build it again with "
            "`cargoworthy features build`"
        )
    if not len(table):
        raise CargoworthyError(
            f"expected {what} to have rows, found none; build it over more months"
        )


def _sides(
    table: FeatureTable, times: Integers, reference: FeatureTable | None
) -> tuple[Side, Side] | None:
    """Reference and present; None if there is one as-of point alone and no reference."""
    everything = np.ones(len(table), np.bool_)
    if reference is not None:
        return _side(reference, np.ones(len(reference), np.bool_)), _side(table, everything)
    if len(times) < 2:
        return None
    early = table.as_of < times[len(times) // 2]
    return _side(table, early), _side(table, ~early)


def _side(table: FeatureTable, rows: npt.NDArray[np.bool_]) -> Side:
    as_of = table.as_of[rows]
    first, last = (show_time(int(at))[:10] for at in (as_of.min(), as_of.max()))
    enterprises = len(np.unique(table.enterprise_id[rows]))
    words = f"{len(as_of):,} rows of {enterprises:,} enterprises, {first} to {last}"
    return Side(table.values[rows], enterprises, words)


def _known(table: FeatureTable, outcomes: Outcomes) -> Known:
    found = outcomes.of(table)
    rows = np.flatnonzero(found >= 0)
    bad = found[rows] == 1
    who = table.enterprise_id[rows]
    if not bad.any() or bad.all():
        raise CargoworthyError(
            f"expected outcomes of both kinds, found {int(bad.sum())} defaults among {len(bad)} "
            "rows; give labels over more months"
        )
    return Known(rows, bad, (len(np.unique(who[~bad])), len(np.unique(who[bad]))))


def _measured(
    name: str,
    values: Floats,
    trend: tuple[Point, ...],
    pair: tuple[Floats, Floats] | None,
    drift: Drift | None,
    outcome: Outcome | None,
) -> Measured:
    known = values[~np.isnan(values)]
    distinct, count = np.unique(known, return_counts=True)
    most = int(count.argmax()) if len(count) else -1
    quantiles = np.quantile(known, list(LEVELS.values())) if len(known) else known
    return Measured(
        name=name,
        missing_share=1.0 - len(known) / len(values),
        quantiles={n: float(q) for n, q in zip(LEVELS, quantiles, strict=False)},
        distinct=len(distinct),
        commonest=float(distinct[most]) if len(count) else None,
        commonest_share=float(count[most] / len(known)) if len(count) else 0.0,
        trend=trend,
        histogram=_histogram(pair or (values[:0], values)) if len(known) else None,
        drift=drift,
        outcome=outcome,
        flags=_flags(len(distinct), drift, outcome),
    )


def _flags(distinct: int, drift: Drift | None, outcome: Outcome | None) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    if distinct < 2:
        flags.append("constant" if distinct else "all missing")
    if drift is not None and drift.psi >= WATCH:
        flags.append("changed" if drift.psi >= CHANGED else "watch")
    if outcome is not None and outcome.verdict == "against":
        flags.append("against its direction")
    return tuple(flags)


def _trend(values: Floats, times: Integers, points: list[Rows]) -> tuple[Point, ...]:
    found = []
    for at, rows in zip(times, points, strict=True):
        known = values[rows]
        known = known[~np.isnan(known)]
        median = float(np.median(known)) if len(known) else None
        found.append(Point(int(at), len(rows), 1.0 - len(known) / len(rows), median))
    return tuple(found)


def _histogram(pair: tuple[Floats, Floats]) -> Histogram:
    both = np.concatenate(pair)
    known = both[~np.isnan(both)]
    low, high, edges = _bars(known)
    shares = []
    for side in pair:
        count = Bins(edges).count(side)[:-1]
        shares.append(tuple((count / max(int(count.sum()), 1)).tolist()))
    return Histogram(low, high, shares[0], shares[1])


def _bars(known: Floats) -> tuple[float, float, Floats]:
    """Range of a histogram, and where its bars meet."""
    values = np.unique(known)
    if len(values) <= _BARS:
        return float(values[0]), float(values[-1]), (values[:-1] + values[1:]) / 2.0
    low, high = (float(q) for q in np.quantile(known, [0.01, 0.99]))
    if low == high:
        low, high = float(values[0]), float(values[-1])
    if (values == np.floor(values)).all():
        # Bars of now one and now two whole numbers would look like a comb.
        low, high = float(np.floor(low)), float(np.ceil(high))
        width = float(np.ceil((high - low + 1) / _BARS))
        return low, high, np.arange(low + width, high + 1, width) - 0.5
    return low, high, np.linspace(low, high, _BARS + 1)[1:-1]


def _drift(pair: tuple[Floats, Floats], sides: tuple[Side, Side]) -> Drift:
    bins = Bins.of(pair[0])
    left, right = bins.count(pair[0]), bins.count(pair[1])
    return Drift(
        psi=psi(left, right),
        chance_rows=chance_bound(left, right, len(pair[0]), len(pair[1])),
        chance_enterprises=chance_bound(left, right, sides[0].enterprises, sides[1].enterprises),
        bins=_named(bins, left, right),
    )


def _outcome(values: Floats, known: Known, feature: Feature) -> Outcome:
    seen = values[known.rows]
    bins = Bins.of(seen)
    good, bad = bins.count(seen[~known.bad]), bins.count(seen[known.bad])
    value = information_value(good, bad)
    chance = chance_bound(good, bad, *known.enterprises)
    rows = (good + bad)[:-1]
    filled = np.flatnonzero(rows)
    correlation = rank_correlation(filled.astype(np.float64), bad[filled] / rows[filled])
    return Outcome(
        rows=len(seen),
        defaults=int(known.bad.sum()),
        information_value=value,
        chance=chance,
        rank_correlation=correlation,
        verdict=_verdict(feature.direction, correlation, value > chance),
        bins=_named(bins, good, bad),
    )


def _verdict(direction: int, correlation: float | None, tells: bool) -> Verdict:
    """Compare signs; that of a feature which tells no more than chance would is not judged."""
    if direction == 0:
        return "free"
    if not tells or not correlation:
        return "unclear"
    return "agrees" if correlation * direction > 0 else "against"


def _named(bins: Bins, left: Integers, right: Integers) -> tuple[Bin, ...]:
    """Bins with their limits; the one of missing values only where there are some."""
    found = [Bin(*bins.limits(i), False, int(left[i]), int(right[i])) for i in range(bins.number)]
    if left[-1] or right[-1]:
        found.append(Bin(None, None, True, int(left[-1]), int(right[-1])))
    return tuple(found)
