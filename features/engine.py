"""Evaluate recipes along a spine: the one place where a feature becomes a number.

Everything up to the last step is int64. A float appears only where two whole numbers are
divided, so the same enterprise and the same as-of give the same bits in a batch, in the
service and on a cluster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features import recipe as r
from features.calendar import DAY, midnights
from features.catalogue import CATALOGUE
from features.facts import Facts, Flags, stated, stream_of
from features.feature import Feature
from features.latest import last_in_cells, last_values
from features.prices import commodities, market_prices
from features.sums import add_at, parts_per_million, steps, worth
from features.sweep import Cells, Spine, Sweep, distinct, places
from supervision.arrays import NEVER, Integers
from supervision.contract.columns import column

Floats = npt.NDArray[np.float64]
MILLION = 1_000_000


@dataclass(frozen=True)
class Values:
    """What a recipe gives along the spine: numbers, and where there is one at all."""

    numbers: Integers | Floats
    known: Flags


@dataclass(frozen=True)
class FeatureMatrix:
    """Features at the points of a spine.

    Attributes
    ----------
    names : tuple of str
    spine : Spine
        In the order in which it was given.
    values : Floats
        Shape (points, features); NaN is missing.
    """

    names: tuple[str, ...]
    spine: Spine
    values: Floats


def evaluate(
    facts: Facts, spine: Spine, features: Sequence[Feature] = CATALOGUE.features
) -> FeatureMatrix:
    """Evaluate features at every point of a spine.

    Raises
    ------
    Overflow
        If a sum could leave int64.
    """
    sweep = Sweep(facts, spine)
    matrix = np.full((len(spine), len(features)), np.nan)
    for place, feature in enumerate(features):
        values = reckon(sweep, feature.recipe)
        matrix[sweep.order, place] = np.where(values.known, values.numbers, np.nan)
    return FeatureMatrix(tuple(f.name for f in features), spine, matrix)


def reckon(sweep: Sweep, node: r.Recipe) -> Values:
    """Evaluate one recipe along a sweep, each node once."""
    return sweep.once(node, lambda: _RECKONERS[type(node)](sweep, node))


def _always(sweep: Sweep, numbers: Integers) -> Values:
    return Values(numbers, np.ones(sweep.size, bool))


def _count(sweep: Sweep, node: r.Count) -> Values:
    span = sweep.span(node.rows, node.days)
    ones = np.ones(len(span.kept), np.int64)
    return _always(sweep, steps(sweep.size, span.first, span.end, ones))


def _total(sweep: Sweep, node: r.Total) -> Values:
    span = sweep.span(node.rows, node.days)
    values = span.values(node.column)
    values = np.where(stated(values), values, 0)
    return _always(sweep, steps(sweep.size, span.first, span.end, values))


def _latest(sweep: Sweep, node: r.Latest) -> Values:
    values, found = last_values(sweep, node.rows, node.column, node.days)
    return Values(values, found & stated(values))


def _latest_is(sweep: Sweep, node: r.LatestIs) -> Values:
    values, found = last_values(sweep, node.rows, node.column, None)
    code = column(stream_of(node.rows.table), node.column).code(node.choice)
    return _always(sweep, (found & (values == code)).astype(np.int64))


def _days_since(sweep: Sweep, node: r.DaysSince) -> Values:
    occurred, found = last_values(sweep, node.rows, "occurred_at", node.days)
    return Values((sweep.as_of - occurred) // DAY, found)


def _group_cells(sweep: Sweep, rows: r.Rows, days: int, by: str) -> Cells:
    span = sweep.span(rows, days)
    return sweep.once(
        ("cells", rows, days, by), lambda: Cells.of(sweep, span.party, span.values(by))
    )


def _greatest_of_cells(sweep: Sweep, cells: Cells, values: Integers, counts: Flags) -> Values:
    best = np.zeros(sweep.size, np.int64)
    np.maximum.at(best, cells.cell_row[counts], values[counts])
    return _always(sweep, best)


def _greatest(sweep: Sweep, node: r.Greatest) -> Values:
    span = sweep.span(node.rows, node.days)
    cells = _group_cells(sweep, node.rows, node.days, node.column)
    count = cells.steps(span, node.column, np.ones(len(span.kept), np.int64))
    return _greatest_of_cells(sweep, cells, cells.group[cells.cell_group], count > 0)


def _greatest_latest(sweep: Sweep, node: r.GreatestLatest) -> Values:
    cells = _group_cells(sweep, node.rows, node.days, node.group)
    row, found = last_in_cells(sweep, cells, node.rows, node.group, node.days)
    values = sweep.span(node.rows, node.days).values(node.column)
    last = values[row] if len(values) else np.zeros(cells.size, np.int64)
    return _greatest_of_cells(sweep, cells, last, found)


def _herfindahl(sweep: Sweep, node: r.Herfindahl) -> Values:
    span = sweep.span(node.rows, node.days)
    cells = _group_cells(sweep, node.rows, node.days, node.group)
    values = span.values(node.column)
    sums = cells.steps(span, node.group, np.where(stated(values), values, 0))
    total = sweep.sum_over(cells.cell_row, sums)
    share = parts_per_million(sums, np.maximum(total, 1)[cells.cell_row])
    squares = add_at(sweep.size, cells.cell_row, share * share)
    return Values(squares / (MILLION * MILLION), total > 0)


def _balance_cells(sweep: Sweep, balance: r.Balance) -> tuple[Cells, Integers]:
    return sweep.once(("balance", balance), lambda: _reckon_balance(sweep, balance))


def _reckon_balance(sweep: Sweep, balance: r.Balance) -> tuple[Cells, Integers]:
    spans = [sweep.span(flow.rows) for flow in balance.adds + balance.takes]
    party = np.concatenate([span.party for span in spans])
    cells = Cells.of(sweep, party, np.concatenate([s.values(balance.key) for s in spans]))
    held = np.zeros(cells.size, np.int64)
    signs = [1] * len(balance.adds) + [-1] * len(balance.takes)
    for flow, span, sign in zip(balance.adds + balance.takes, spans, signs, strict=True):
        values = span.values(flow.column)
        held += sign * cells.steps(span, balance.key, np.where(stated(values), values, 0))
    return cells, np.maximum(held, 0)


def _outstanding(sweep: Sweep, node: r.Outstanding) -> Values:
    cells, held = _balance_cells(sweep, node.balance)
    return _always(sweep, sweep.sum_over(cells.cell_row, held))


def _open(sweep: Sweep, node: r.Open) -> Values:
    cells, held = _balance_cells(sweep, node.balance)
    return _always(sweep, sweep.sum_over(cells.cell_row, (held > 0).astype(np.int64)))


def _overdue(sweep: Sweep, node: r.Overdue) -> Values:
    cells, held = _balance_cells(sweep, node.balance)
    due = np.zeros(cells.size, np.int64)
    for flow in node.balance.adds:
        span = sweep.span(flow.rows, None, node.due)
        due += cells.steps(span, node.balance.key, np.ones(len(span.kept), np.int64))
    return _always(sweep, sweep.sum_over(cells.cell_row, np.where(due > 0, held, 0)))


def _worth(sweep: Sweep, node: r.Worth) -> Values:
    value, cells = sweep.once(("worth", node.stock, node.prices), lambda: _cell_worth(sweep, node))
    if node.only is not None:
        span = sweep.span(node.only.rows, node.only.days)
        ones = np.ones(len(span.kept), np.int64)
        present = cells.steps(span, node.stock.key, ones) > 0
        value = np.where(present == node.only.present, value, 0)
    return _always(sweep, sweep.sum_over(cells.cell_row, value))


def _cell_worth(sweep: Sweep, node: r.Worth) -> tuple[Integers, Cells]:
    cells, held = _balance_cells(sweep, node.stock)
    row, found = last_in_cells(sweep, cells, node.prices, node.stock.key, None)
    prices = sweep.span(node.prices).values("unit_price")
    price = np.where(found, prices[row], 0) if len(prices) else np.zeros(cells.size, np.int64)
    return worth(held, price), cells


def _market_worth(sweep: Sweep, node: r.MarketWorth) -> Values:
    row, now, then = sweep.once(
        ("market", node.stock, node.both_with),
        lambda: _priced_stock(sweep, node.stock, node.both_with),
    )
    return _always(sweep, sweep.sum_over(row, now if node.days_ago == 0 else then))


def _priced_stock(sweep: Sweep, stock: r.Balance, days: int) -> tuple[Integers, Integers, Integers]:
    """Spine rows of the lots in stock, and their worth at the prices of now and of days ago."""
    cells, held = _balance_cells(sweep, stock)
    active = np.flatnonzero(held > 0)
    row, held = cells.cell_row[active], held[active]
    commodity = commodities(sweep.facts, cells.group)[cells.cell_group[active]]
    now, now_known = market_prices(sweep.facts, commodity, sweep.as_of[row])
    then, then_known = market_prices(sweep.facts, commodity, sweep.as_of[row] - days * DAY)
    both = now_known & then_known
    return row, worth(held, np.where(both, now, 0)), worth(held, np.where(both, then, 0))


def _ago(sweep: Sweep, node: r.Ago) -> Values:
    return reckon(_earlier(sweep, node.days), node.of)


def _earlier(sweep: Sweep, days: int) -> Sweep:
    spine = Spine(sweep.parties[sweep.row_party], sweep.as_of - days * DAY)
    return sweep.once(("ago", days), lambda: Sweep(sweep.facts, spine))


def _plus(sweep: Sweep, node: r.Plus) -> Values:
    left, right = reckon(sweep, node.left), reckon(sweep, node.right)
    return Values(left.numbers + right.numbers, left.known & right.known)


def _ratio(sweep: Sweep, node: r.Ratio) -> Values:
    above, below = reckon(sweep, node.numerator), reckon(sweep, node.denominator)
    known = above.known & below.known & (below.numbers != 0)
    divisor = np.where(known, below.numbers, 1).astype(np.float64) * node.over
    return Values(above.numbers.astype(np.float64) * node.times / divisor, known)


def _capped_ratio(sweep: Sweep, node: r.CappedRatio) -> Values:
    above, below = reckon(sweep, node.numerator), reckon(sweep, node.denominator)
    divisor = np.where(below.numbers > 0, below.numbers, 1).astype(np.float64)
    ratio = np.minimum(above.numbers.astype(np.float64) * node.times / divisor, node.cap)
    over_nothing = np.where(above.numbers > 0, float(node.cap), 0.0)
    return Values(np.where(below.numbers > 0, ratio, over_nothing), above.known & below.known)


def _change(sweep: Sweep, node: r.Change) -> Values:
    ratio = reckon(sweep, node.ratio)
    return Values(ratio.numbers.astype(np.float64) - 1.0, ratio.known)


def _given(sweep: Sweep, node: r.Given) -> Values:
    values, count = reckon(sweep, node.of), reckon(sweep, r.Count(node.rows))
    return Values(values.numbers, values.known & (count.numbers > 0))


def _at_least(sweep: Sweep, node: r.AtLeast) -> Values:
    values = reckon(sweep, node.of)
    return _always(sweep, (values.known & (values.numbers >= node.bound)).astype(np.int64))


def _share_among(sweep: Sweep, node: r.ShareAmong) -> Values:
    span = sweep.span(node.rows, node.days)
    cells = _group_cells(sweep, node.rows, node.days, node.group)
    values = span.values(node.column)
    sums = cells.steps(span, node.group, np.where(stated(values), values, 0))
    total = sweep.sum_over(cells.cell_row, sums)
    party, published = cells.group[cells.cell_group], midnights(sweep.as_of)[cells.cell_row]
    others = Sweep(sweep.facts, distinct(Spine(party, published)))
    state = reckon(others, node.state).numbers[places(others, party, published)]
    struck = sweep.sum_over(cells.cell_row, np.where(state > 0, sums, 0))
    share = struck.astype(np.float64) / np.where(total > 0, total, 1).astype(np.float64)
    return Values(share, total > 0)


def _months_known(sweep: Sweep, node: r.MonthsKnown) -> Values:  # noqa: ARG001 one form for all
    earliest = np.full(len(sweep.parties), NEVER, np.int64)
    for table in sweep.facts.tables:
        if stream_of(table) == table:
            selection = sweep.select(r.Rows(table))
            np.minimum.at(earliest, selection.party, selection.values("known_at"))
    since = earliest[sweep.row_party]
    known = since <= sweep.as_of
    return Values((sweep.as_of - np.where(known, since, 0)) // (30 * DAY), known)


_RECKONERS: dict[type, Callable[[Sweep, Any], Values]] = {
    r.Count: _count,
    r.Total: _total,
    r.Latest: _latest,
    r.LatestIs: _latest_is,
    r.DaysSince: _days_since,
    r.Greatest: _greatest,
    r.GreatestLatest: _greatest_latest,
    r.Herfindahl: _herfindahl,
    r.Outstanding: _outstanding,
    r.Open: _open,
    r.Overdue: _overdue,
    r.Worth: _worth,
    r.MarketWorth: _market_worth,
    r.Ago: _ago,
    r.Plus: _plus,
    r.Ratio: _ratio,
    r.CappedRatio: _capped_ratio,
    r.Change: _change,
    r.Given: _given,
    r.AtLeast: _at_least,
    r.ShareAmong: _share_among,
    r.MonthsKnown: _months_known,
}
