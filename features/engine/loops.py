"""The engine's loops, compiled with numba. :mod:`features.engine.kernels` says what each is for."""

from typing import Any

import numpy as np

from features.engine.arrays import CODES, TIMES, Three
from features.engine.compiled import compiled
from supervision.arrays import MISSING, NEVER, Integers


@compiled
def _mixed(party: int, value: int) -> Any:
    """A hash of a pair."""
    mixed = np.uint64(value) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ np.uint64(party)) * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed ^ (mixed >> np.uint64(29))


@compiled
def number(party: Integers, value: Integers) -> tuple[Integers, Integers]:
    """Look each pair up in a table of places, by a hash of it."""
    size = len(party)
    slots = 8
    while slots < 2 * size:
        slots *= 2
    first = np.full(slots, -1, np.int64)
    numbers = np.empty(size, np.int64)
    pairs = np.empty(size, np.int64)
    found = 0
    for row in range(size):
        slot = np.int64(_mixed(party[row], value[row]) & np.uint64(slots - 1))
        while True:
            other = first[slot]
            if other < 0:
                first[slot] = row
                numbers[row] = found
                pairs[found] = row
                found += 1
                break
            if value[other] == value[row] and party[other] == party[row]:
                numbers[row] = numbers[other]
                break
            slot = (slot + 1) & (slots - 1)
    return numbers, pairs[:found].copy()


@compiled
def groups(
    own_party: Integers, own_group: Integers, party: Integers, value: Integers, rows: Integers
) -> Integers:
    """Look each row up in a table of the groups' places."""
    slots = 8
    while slots < 2 * len(own_party):
        slots *= 2
    last = np.uint64(slots - 1)
    places = np.full(slots, -1, np.int64)
    for place in range(len(own_party)):
        slot = np.int64(_mixed(own_party[place], own_group[place]) & last)
        while places[slot] >= 0:
            slot = (slot + 1) & (slots - 1)
        places[slot] = place
    found = np.empty(len(rows), np.int64)
    for place in range(len(rows)):
        of, what = party[rows[place]], value[rows[place]]
        slot = np.int64(_mixed(of, what) & last)
        other = places[slot]
        while other >= 0 and (own_group[other] != what or own_party[other] != of):
            slot = (slot + 1) & (slots - 1)
            other = places[slot]
        found[place] = other
    return found


@compiled
def moves(columns: Three, spans: Three, sign: int, out: Integers, start: int) -> int:
    """One pass over the rows."""
    (party, key, amount), (rows, first, end) = columns, spans
    for place in range(len(rows)):
        row, at = rows[place], start + place
        out[0, at], out[1, at] = party[row], key[row]
        out[2, at], out[3, at] = first[place], end[place]
        out[4, at] = 0 if amount[row] == MISSING else sign * amount[row]
    return start + len(rows)


@compiled
def cell_steps(
    size: int, shift: Integers, group: Integers, first: Integers, end: Integers, values: Integers
) -> tuple[Integers, float]:
    """One pass over the spans, one along the cells."""
    line = np.zeros(size + 1, np.int64)
    total = 0.0
    for row in range(len(group)):
        if group[row] >= 0:
            line[first[row] + shift[group[row]]] += values[row]
            line[end[row] + shift[group[row]]] -= values[row]
            total += abs(float(values[row]))
    for place in range(1, size):
        line[place] += line[place - 1]
    return line[:size], total


@compiled
def steps(size: int, first: Integers, end: Integers, values: Integers) -> tuple[Integers, float]:
    """One pass over the spans, one along the line."""
    line = np.zeros(size + 1, np.int64)
    total = 0.0
    for row in range(len(first)):
        line[first[row]] += values[row]
        line[end[row]] -= values[row]
        total += abs(float(values[row]))
    for place in range(1, size):
        line[place] += line[place - 1]
    return line[:size], total


@compiled
def sums(size: int, places: Integers, values: Integers) -> tuple[Integers, float]:
    """One pass over the values."""
    line = np.zeros(size, np.int64)
    total = 0.0
    for row in range(len(places)):
        line[places[row]] += values[row]
        total += abs(float(values[row]))
    return line, total


@compiled
def _is_later(row: int, other: int, occurred: Integers, position: Integers) -> Any:
    if occurred[row] != occurred[other]:
        return occurred[row] > occurred[other]
    return position[row] > position[other]


@compiled
def _carry_on(
    best: Integers, begun: Integers, line_end: Integers, occurred: Integers, position: Integers
) -> None:
    """Carry what began at a place on to the end of its stretch, where nothing later is."""
    carried = -1
    for place in range(len(best)):
        if carried >= 0 and place >= line_end[carried]:
            carried = -1
        row = begun[place]
        if row >= 0 and (carried < 0 or _is_later(row, carried, occurred, position)):
            carried = row
        if carried >= 0:
            other = best[place]
            if other < 0 or _is_later(carried, other, occurred, position):
                best[place] = carried


@compiled
def latest(
    size: int,
    first: Integers,
    end: Integers,
    line_end: Integers,
    occurred: Integers,
    position: Integers,
) -> Integers:
    """Spans that last to the end of their stretch are noted where they begin, and carried on."""
    best = np.full(size, -1, np.int64)
    begun = np.full(size, -1, np.int64)
    for row in range(len(first)):
        if end[row] >= line_end[row]:
            place = first[row]
            other = begun[place]
            if other < 0 or _is_later(row, other, occurred, position):
                begun[place] = row
        else:
            for place in range(first[row], end[row]):
                other = best[place]
                if other < 0 or _is_later(row, other, occurred, position):
                    best[place] = row
    _carry_on(best, begun, line_end, occurred, position)
    return best


@compiled
def cell_latest(
    size: int,
    cells: tuple[Integers, Integers],
    group: Integers,
    spans: Three,
    order: tuple[Integers, Integers, int],
) -> Integers:
    """Lay the spans out along the cells, then as along the as-of points."""
    (shift, line_end), (rows, first, end), (occurred, position, sign) = cells, spans, order
    kept = np.empty(len(group), np.int64)
    laid = np.empty((5, len(group)), np.int64)
    found = 0
    for place in range(len(group)):
        own = group[place]
        if own >= 0:
            kept[found] = place
            laid[0, found], laid[1, found] = first[place] + shift[own], end[place] + shift[own]
            laid[2, found] = line_end[own]
            laid[3, found] = sign * occurred[rows[place]]
            laid[4, found] = sign * position[rows[place]]
            found += 1
    best = latest(
        size, laid[0, :found], laid[1, :found], laid[2, :found], laid[3, :found], laid[4, :found]
    )
    for cell in range(size):
        if best[cell] >= 0:
            best[cell] = kept[best[cell]]
    return best


@compiled
def _slot(as_of: Integers, first: int, end: int, at: int) -> Any:
    """First place between two whose as-of is not before a time."""
    while first < end:
        middle = (first + end) >> 1
        if as_of[middle] < at:
            first = middle + 1
        else:
            end = middle
    return first


@compiled
def slots(as_of: Integers, offsets: Integers, party: Integers, at: Integers) -> Integers:
    """One search for each."""
    found = np.empty(len(party), np.int64)
    for row in range(len(party)):
        found[row] = _slot(as_of, offsets[party[row]], offsets[party[row] + 1], at[row])
    return found


@compiled
def _admitting(columns: Integers, admits: Integers) -> Any:
    """For each row a bit for each set whose conditions it meets."""
    sets = np.full(columns.shape[1], -1, np.int64)
    for place in range(len(admits)):
        bits, codes = admits[place], columns[TIMES + place]
        for row in range(len(codes)):
            code = codes[row]
            sets[row] &= bits[code if 0 <= code < CODES else CODES]
    return sets


@compiled
def _leaving(columns: Integers, row: int, window: int, until: int) -> Any:
    """From when on a row no longer counts."""
    leave = columns[1, row]
    if window != NEVER:
        leave = min(leave, columns[2, row] + window)
    if until >= 0 and columns[until, row] != MISSING:
        leave = min(leave, columns[until, row])
    return leave


@compiled
def _add_up(
    lines: Integers, totals: Any, points: Three, rows: Any, columns: Integers, sets: Integers
) -> None:
    """Add up the rows of each of the first sets along the points, and their magnitudes."""
    (as_of, offsets, party), (admitting, entry) = points, rows
    for place in range(len(lines)):
        window, until, adds = sets[place, 0], sets[place, 1], sets[place, 4]
        line, total = lines[place], 0.0
        for row in range(len(party)):
            if not (admitting[row] >> place) & 1:
                continue
            value = 1 if adds < 0 else columns[adds, row]
            if value == MISSING:
                continue
            first = entry[row]
            leave = _leaving(columns, row, window, until)
            end = _slot(as_of, first, offsets[party[row] + 1], leave)
            if end > first:
                line[first] += value
                line[end] -= value
                total += abs(float(value))
        totals[place] = total
        for at in range(1, len(as_of)):
            line[at] += line[at - 1]


@compiled
def _list(
    found: Integers, ends: Integers, points: Three, rows: Any, columns: Integers, sets: Integers
) -> None:
    """Write down where the rows of each of the last sets count."""
    (as_of, offsets, party), (admitting, entry) = points, rows
    listed, sums = 0, len(sets) - len(ends)
    for place in range(sums, len(sets)):
        window, until = sets[place, 0], sets[place, 1]
        wait, grace = sets[place, 2], sets[place, 3]
        for row in range(len(party)):
            if not (admitting[row] >> place) & 1:
                continue
            first, stop = entry[row], offsets[party[row] + 1]
            if wait >= 0:
                if columns[wait, row] == MISSING:
                    continue
                first = _slot(as_of, first, stop, columns[wait, row] + grace)
            end = _slot(as_of, first, stop, _leaving(columns, row, window, until))
            if end > first:
                found[0, listed], found[1, listed], found[2, listed] = row, first, end
                listed += 1
        ends[place - sums] = listed


@compiled
def read_off(
    as_of: Integers,
    offsets: Integers,
    party: Integers,
    columns: Integers,
    admits: Integers,
    sets: Integers,
    sums: int,
) -> tuple[tuple[Integers, Any], tuple[Integers, Integers]]:
    """One pass over the rows for each set."""
    size = len(as_of)
    rows = _admitting(columns, admits), slots(as_of, offsets, party, columns[0])
    lines, totals = np.zeros((sums, size + 1), np.int64), np.zeros(sums)
    found = np.empty((3, (len(sets) - sums) * len(party)), np.int64)
    ends = np.zeros(len(sets) - sums, np.int64)
    _add_up(lines, totals, (as_of, offsets, party), rows, columns, sets)
    _list(found, ends, (as_of, offsets, party), rows, columns, sets)
    return (lines[:, :size], totals), (found[:, : ends[-1] if len(ends) else 0].copy(), ends)


@compiled
def _last(rising: Integers, sought: int) -> Any:
    """Last place of what is not greater than something; -1 if all is."""
    first, end = 0, len(rising)
    while first < end:
        middle = (first + end) >> 1
        if rising[middle] <= sought:
            first = middle + 1
        else:
            end = middle
    return first - 1


@compiled
def prices(
    goods: Integers, steps: tuple[Integers, Integers, Integers, Any], good: Integers, at: Integers
) -> tuple[Integers, Any]:
    """Three searches for each."""
    times, keys, unit_price, known = steps
    found = np.zeros(len(good), np.bool_)
    price = np.zeros(len(good), np.int64)
    for row in range(len(good)):
        place, moment = _last(goods, good[row]), _last(times, at[row])
        if place < 0 or moment < 0 or goods[place] != good[row]:
            continue
        start = place * (len(times) + 1)
        step = _last(keys, start + moment)
        if step >= 0 and keys[step] >= start and known[step]:
            found[row], price[row] = True, unit_price[step]
    return price, found


@compiled
def worth(quantity: Integers, price: Integers) -> tuple[Integers, float]:
    """One pass over the lots."""
    values = np.empty(len(quantity), np.int64)
    greatest = 0.0
    for row in range(len(quantity)):
        whole, rest = divmod(quantity[row], 1_000)
        values[row] = whole * price[row] + rest * price[row] // 1_000
        greatest = max(greatest, float(quantity[row]) * float(price[row]) / 1_000)
    return values, greatest


@compiled
def worths(
    size: int, places: Integers, quantity: Integers, good: Integers, prices: Integers
) -> tuple[Integers, float]:
    """One pass over the quantities for each price."""
    lines = np.zeros((len(prices), size), np.int64)
    total = 0.0
    for place in range(len(prices)):
        line, price = lines[place], prices[place]
        for row in range(len(places)):
            whole, rest = divmod(quantity[row], 1_000)
            each = price[good[row]]
            line[places[row]] += whole * each + rest * each // 1_000
            total += abs(float(quantity[row]) * float(each) / 1_000)
    return lines, total
