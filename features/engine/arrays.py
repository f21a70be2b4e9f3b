"""The loops as calls of numpy; :mod:`features.engine.kernels` chooses them without numba."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from supervision.arrays import MISSING, NEVER, Integers

CODES = 63
"""Choices of a column that can be told apart; the place after them is for none."""

TIMES = 3
"""Columns of a table that are read before those with conditions."""

Three = tuple[Integers, Integers, Integers]


def number(party: Integers, value: Integers) -> tuple[Integers, Integers]:
    """Number the distinct (party, value) pairs in the order in which they first occur.

    Returns
    -------
    numbers : Integers
        Number of each pair.
    pairs : Integers
        Where each number occurs first, rising.
    """
    size = len(party)
    if not size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort((value, party))
    sorted_party, sorted_value = party[order], value[order]
    starts = np.ones(size, bool)
    starts[1:] = (sorted_party[1:] != sorted_party[:-1]) | (sorted_value[1:] != sorted_value[:-1])
    pairs = order[starts]  # the sort is stable: the first of equals comes first
    rank = np.empty(len(pairs), np.int64)
    by_place = pairs.argsort()
    rank[by_place] = np.arange(len(pairs))
    numbers = np.empty(size, np.int64)
    numbers[order] = rank[starts.cumsum() - 1]
    return numbers, pairs[by_place]


def groups(
    own_party: Integers, own_group: Integers, party: Integers, value: Integers, rows: Integers
) -> Integers:
    """Which of some groups each row belongs to.

    Parameters
    ----------
    own_party, own_group : Integers
        The groups, each of one party; no two are equal.
    party, value : Integers
        Columns of a table.
    rows : Integers
        Of that table.

    Returns
    -------
    Integers
        Place of the group of each row, -1 where there is none.
    """
    count = len(own_party)
    # The groups come first and differ from one another, so they are numbered by their places.
    both = np.concatenate([own_party, party[rows]]), np.concatenate([own_group, value[rows]])
    place = number(*both)[0][count:]
    return np.where(place < count, place, -1)


def moves(columns: Three, spans: Three, sign: int, out: Integers, start: int) -> int:
    """Write down what the rows of a table add to a balance or take from it.

    Parameters
    ----------
    columns : tuple of Integers
        Party, key and amount of the rows of a table; an amount that is missing is 0.
    spans : tuple of Integers
        Rows of the table, and the places that each covers.
    sign : int
        -1 where they take from it.
    out : Integers
        Where party, key, first place, end and amount of each are written, shape (5, n).
    start : int
        From where on.

    Returns
    -------
    int
        The end of what was written.
    """
    (party, key, amount), (rows, first, end) = columns, spans
    stop = start + len(rows)
    moved = amount[rows]
    moved = sign * np.where(moved == MISSING, 0, moved)
    for line, values in zip(out, (party[rows], key[rows], first, end, moved), strict=True):
        line[start:stop] = values
    return stop


def cell_steps(
    size: int, shift: Integers, group: Integers, first: Integers, end: Integers, values: Integers
) -> tuple[Integers, float]:
    """Like :func:`steps`, along the cells of groups.

    Parameters
    ----------
    size : int
        Number of cells.
    shift : Integers
        What to add to a place of a span to get the cell, for each group.
    group, first, end, values : Integers
        Of each span; those of group -1 are left out.
    """
    kept = (group >= 0).nonzero()[0]
    moved = shift[group[kept]]
    return steps(size, first[kept] + moved, end[kept] + moved, values[kept])


def cell_latest(
    size: int,
    cells: tuple[Integers, Integers],
    group: Integers,
    spans: Three,
    order: tuple[Integers, Integers, int],
) -> Integers:
    """Like :func:`latest`, along the cells of groups.

    Parameters
    ----------
    size : int
        Number of cells.
    cells : tuple of Integers
        Of each group what to add to a place of a span to get the cell, and the cell after its last.
    group : Integers
        Of each span; those of group -1 are left out.
    spans : tuple of Integers
        Rows of a table, and the places that each covers.
    order : tuple of Integers, Integers and int
        When the rows of the table occurred, their positions, and -1 to find the first instead.
    """
    (shift, line_end), (rows, first, end), (occurred, position, sign) = cells, spans, order
    kept = (group >= 0).nonzero()[0]
    own, rows = group[kept], rows[kept]
    row = latest(
        size,
        first[kept] + shift[own],
        end[kept] + shift[own],
        line_end[own],
        sign * occurred[rows],
        sign * position[rows],
    )
    return np.where(row >= 0, kept[row], -1) if len(kept) else row


def steps(size: int, first: Integers, end: Integers, values: Integers) -> tuple[Integers, float]:
    """Sum along a line of the values of all spans that cover each place.

    Returns
    -------
    line : Integers
    total : float
        Sum of the magnitudes of all values: no sum was larger.
    """
    line = np.zeros(size + 1, np.int64)
    np.add.at(line, first, values)
    np.subtract.at(line, end, values)
    return np.cumsum(line[:-1]), float(np.abs(values.astype(np.float64)).sum())


def sums(size: int, places: Integers, values: Integers) -> tuple[Integers, float]:
    """Sum of the values that fall on each place.

    Returns
    -------
    line : Integers
    total : float
        Sum of the magnitudes of all values: no sum was larger.
    """
    line = np.zeros(size, np.int64)
    np.add.at(line, places, values)
    return line, float(np.abs(values.astype(np.float64)).sum())


def latest(
    size: int,
    first: Integers,
    end: Integers,
    line_end: Integers,
    occurred: Integers,
    position: Integers,
) -> Integers:
    """Which of the spans that cover each place occurred last, by position among equals.

    Parameters
    ----------
    size : int
        Number of places.
    first, end : Integers
        Places that each span covers; at least one.
    line_end : Integers
        End of the stretch (one enterprise or one group) to which each span belongs; the places
        of a stretch follow one another.
    occurred, position : Integers
        Of each span.

    Returns
    -------
    Integers
        Number of the span for each place, -1 where there is none.
    """
    best = np.full(size, -1, np.int64)
    order = np.lexsort((position, occurred, line_end))
    if not len(order):
        return best
    first, end, line_end = first[order], end[order], line_end[order]
    rank = np.arange(len(order))
    lasting = end >= line_end
    np.maximum.at(best, first[lasting], rank[lasting])
    best = np.maximum.accumulate(best)
    brief = np.flatnonzero(~lasting)
    lengths = (end - first)[brief]
    starts = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(first[brief] - starts, lengths)
    np.maximum.at(best, places, np.repeat(rank[brief], lengths))
    # A span that lasts to the end of its stretch was carried on beyond it.
    found = (best >= 0) & (line_end[best] > np.arange(size))
    return np.where(found, order[best], -1)


def slots(as_of: Integers, offsets: Integers, party: Integers, at: Integers) -> Integers:
    """First place of each party whose as-of is not before a time; its end if none is.

    Parameters
    ----------
    as_of : Integers
        Of all parties, rising for each of them.
    offsets : Integers
        Where each party's begin, and the end.
    party, at : Integers
        Parties and times to look for.
    """
    if len(offsets) == 2:
        return as_of.searchsorted(at)
    times = np.unique(as_of)
    width = len(times) + 1
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    keys = owner * width + times.searchsorted(as_of)
    return keys.searchsorted(party * width + times.searchsorted(at))


def read_off(
    as_of: Integers,
    offsets: Integers,
    party: Integers,
    columns: Integers,
    admits: Integers,
    sets: Integers,
    sums: int,
) -> tuple[tuple[Integers, npt.NDArray[np.float64]], tuple[Integers, Integers]]:
    """What is asked of one table: sums over windows, and where rows count.

    Parameters
    ----------
    as_of, offsets : Integers
        As-of points, and where each party's begin; see :func:`slots`.
    party : Integers
        Of each row of the table.
    columns : Integers
        Shape (columns, rows): first when each row became known, was reversed and occurred.
    admits, sets : Integers
        See :class:`features.engine.selection.Selections`.
    sums : int
        How many of the sets are added up, those that come first; none of them has a delay.

    Returns
    -------
    lines : Integers
        The sums, shape (sums, points).
    totals : float64 array
        Sum of the magnitudes of all values of each: at no point was it larger.
    found : Integers
        Of the other sets the rows that count somewhere, set by set, each with the first place
        that sees it and the end: shape (3, rows found).
    ends : Integers
        Where those of each set end.
    """
    size = len(as_of)
    lines, totals = np.zeros((sums, size), np.int64), np.zeros(sums)
    found = [np.empty((3, 0), np.int64)]
    for place, (rows, first, end) in enumerate(
        _counting(as_of, offsets, party, columns, admits, sets)
    ):
        if place >= sums:
            found.append(np.stack((rows, first, end)))
            continue
        values = np.ones(len(rows), np.int64)
        if sets[place, 4] >= 0:
            values = columns[sets[place, 4], rows]
            values = np.where(values == MISSING, 0, values)
        lines[place], totals[place] = steps(size, first, end, values)
    ends = np.cumsum([rows.shape[1] for rows in found])[1:]
    return (lines, totals), (np.concatenate(found, axis=1), ends)


def _counting(
    as_of: Integers,
    offsets: Integers,
    party: Integers,
    columns: Integers,
    admits: Integers,
    sets: Integers,
) -> Iterator[Three]:
    """Rows of each set that count somewhere, the first place that sees each, and the end."""
    admitting = np.full(len(party), -1, np.int64)
    for bits, code in zip(admits, columns[TIMES:], strict=False):
        admitting &= bits[np.where((code >= 0) & (code < CODES), code, CODES)]
    known_at, reversed_at, occurred_at = columns[:TIMES]
    entry = slots(as_of, offsets, party, known_at)
    for place, (window, until, wait, grace, _) in enumerate(sets.tolist()):
        rows = (admitting >> place & 1).nonzero()[0]
        first, leave = entry[rows], reversed_at[rows]
        if window != NEVER:
            leave = np.minimum(leave, occurred_at[rows] + window)
        if until >= 0:
            leave = np.minimum(leave, _or_never(columns[until, rows]))
        if wait >= 0:
            due = _or_never(columns[wait, rows])
            due = np.where(due == NEVER, NEVER, due + grace)
            first = np.maximum(first, slots(as_of, offsets, party[rows], due))
        end = slots(as_of, offsets, party[rows], leave)
        kept = (end > first).nonzero()[0]
        yield rows[kept], first[kept], end[kept]


def _or_never(at: Integers) -> Integers:
    return np.where(at == MISSING, NEVER, at)


def prices(
    goods: Integers,
    steps: tuple[Integers, Integers, Integers, npt.NDArray[np.bool_]],
    good: Integers,
    at: Integers,
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Last price of each good as of each time, 0 if none, and whether there was one.

    Parameters
    ----------
    goods : Integers
        Goods that were ever priced, rising.
    steps : tuple of Integers and bool array
        Moments, keys, prices and whether there is one; see :class:`features.prices.Prices`.
    good, at : Integers
        Goods and times to look for.
    """
    times, keys, unit_price, known = steps
    if not len(keys):
        return np.zeros(len(good), np.int64), np.zeros(len(good), np.bool_)
    place = np.minimum(goods.searchsorted(good), len(goods) - 1)
    moment = times.searchsorted(at, side="right") - 1
    start = place * (len(times) + 1)
    step = keys.searchsorted(start + moment, side="right") - 1
    found = (goods[place] == good) & (moment >= 0)
    found &= (step >= 0) & (keys[step] >= start) & known[step]
    return np.where(found, unit_price[step], 0), found


def worth(quantity: Integers, price: Integers) -> tuple[Integers, float]:
    """Value of quantities at prices per 1,000 units: ``floor(quantity * price / 1000)``.

    Returns
    -------
    values : Integers
    greatest : float
        The greatest value: those from 2^62 on may be wrong.
    """
    values = quantity // 1_000 * price + quantity % 1_000 * price // 1_000
    return values, float((quantity.astype(np.float64) * price / 1_000).max(initial=0.0))


def worths(
    size: int, places: Integers, quantity: Integers, good: Integers, prices: Integers
) -> tuple[Integers, float]:
    """Sum of the values that fall on each place, at several prices.

    Returns
    -------
    lines : Integers
        Shape (prices, size).
    total : float
        Sum of the magnitudes of all values: no sum was larger.
    """
    lines, total = np.zeros((len(prices), size), np.int64), 0.0
    for line, price in zip(lines, prices, strict=True):
        values, _ = worth(quantity, price[good])
        line[:], _ = sums(size, places, values)
        total += float(np.abs(quantity.astype(np.float64) * price[good] / 1_000).sum())
    return lines, total
