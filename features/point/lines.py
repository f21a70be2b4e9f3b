"""Lines of whole numbers: the second part of a program adds up, tells apart and looks up.

An instruction makes one line of those that came before it, and is named by its place among them;
a number is a line of one place, or of none where there is none. It takes up to four lines
(``one`` to ``four``) and up to three parameters (``d``, ``e``, ``f``); :data:`NAMES` says what
each makes. Whatever could pass 2^61 is left to the sweep, which knows what to say of it.

All that is compiled stands in this one file: numba looks at no other to tell whether what it kept
on disk is stale.
"""

from typing import Any, Final

import numpy as np

from features.calendar import DAY
from features.engine.compiled import compiled
from supervision.arrays import MISSING, Integers

NAMES: Final = (
    # keys
    "group",  # for each of one the place of its key among the distinct ones
    "index",  # by which keys one are found
    "find",  # places of keys three among keys two, whose index is one; or -1
    # places of lines, put together anew
    "joined",  # the first d of one to four, one after the other
    "sums",  # of values two by groups one, a place for each of keys three
    "last",  # place last by times one, positions two, of groups three, for each of keys four; or -1
    "keys",  # the distinct ones of one, whose groups are two
    "take",  # places two of one; d where the place is -1
    "chosen",  # those of one where two is above 0
    # each place by itself
    "fill",  # d
    "at_least",  # 1 where one is d or more, else 0
    "floor",  # the greater of one and d
    "shifted",  # one without its last d bits
    # each place with that of another line
    "same",  # 1 where one is stated and is what the one place of two states, else 0
    "keep",  # one where two is above 0, else 0
    "keep_stated",  # one where two is stated, else 0
    "later",  # 1 where one is greater than two, else 0
    "plus",
    "less",
    "lesser",
    "greater",
    "times",
    "worth",  # of quantities one at prices two per 1,000
    "per_million",  # one in parts per million of the one place of two, which is at least 1
    "days",  # whole days from one until e before the point; 0 where it is not stated
    # one number of a line
    "sum",
    "greatest",  # at least 0
    # others, and the market
    "others",  # row of each of one in what was published; or -1
    "itself",  # row of the enterprise
    "state",  # what was published as the state d in rows one
    "holds",  # 1 where rows one hold anything under the enterprise in the balance d
    "prices",  # market prices of goods one at times two
    "basket",  # worth of quantities one, of which two are the goods among three, days d to e ago
)

(
    _GROUP, _INDEX, _FIND, _JOINED, _SUMS, _LAST, _KEYS, _TAKE, _CHOSEN, _FILL,
    _AT_LEAST, _FLOOR, _SHIFTED, _SAME, _KEEP, _KEEP_STATED, _LATER, _PLUS, _LESS,
    _LESSER, _GREATER, _TIMES, _WORTH, _PER_MILLION, _DAYS, _SUM, _GREATEST, _OTHERS,
    _ITSELF, _STATE, _HOLDS, _PRICES, _BASKET,
) = range(len(NAMES))  # fmt: skip

_MOST: Final = 2.0**61


@compiled
def follow(program: Integers, read: Any, who: Any, others: Any, market: Any) -> Any:
    """Make the lines that a program asks for.

    Parameters
    ----------
    program : Integers
        Shape (instructions, 8): which, four lines, three parameters.
    read : tuple of Integers
        What :func:`features.point.reading.read` gave.
    who : tuple of int
        The enterprise, the point, and the port's last midnight not after it.
    others, market : tuple of Integers
        See :class:`features.point.published.Laid`; fields of :class:`features.prices.Prices`, days.

    Returns
    -------
    tuple of Integers, Integers and bool
        All lines, where each ends, and whether nothing came near to the end of 64 bits.
    """
    lines, bounds = read
    first = len(bounds) - 1 - len(program)
    top, at = bounds[first], who[1]
    for place in range(len(program)):
        op, a, b, c = program[place, 0], program[place, 1], program[place, 2], program[place, 3]
        z, d, e, f = program[place, 4], program[place, 5], program[place, 6], program[place, 7]
        of = bounds[a], bounds[b], bounds[c], bounds[z]
        sizes = (
            bounds[a + 1] - of[0],
            bounds[b + 1] - of[1],
            bounds[c + 1] - of[2],
            bounds[z + 1] - of[3],
        )
        # No instruction takes more: telling keys apart takes most.
        room = 6 * (sizes[0] + sizes[1] + sizes[2] + sizes[3]) + len(market[-1]) + 16
        lines = _with_room(lines, top, room)
        if op <= _FIND:
            size = _told_apart(op, lines, top, of, sizes)
        elif op <= _CHOSEN:
            size = _put_together(op, lines, top, of, sizes, d)
        elif op <= _SHIFTED:
            size = _changed(op, lines, top, of[0], sizes[0], d)
        elif op <= _GREATER:
            size = _compared(op, lines, top, of, sizes)
        elif op <= _DAYS:
            size = _multiplied(op, lines, top, of, sizes[0], at - e)
        elif op <= _GREATEST:
            size = _number(op, lines, top, of[0], sizes[0])
        elif op <= _HOLDS:
            size = _published(op, lines, top, of[0], sizes[0], who, others, d)
        else:
            size = _priced(op, lines, top, of, sizes, market, (d, e), at - f)
        if size < 0:
            return lines, bounds, False
        top += size
        bounds[first + place + 1] = top
    return lines, bounds, True


@compiled
def _with_room(lines: Any, top: int, room: int) -> Any:
    """The lines, moved to where there is room for more if there is none."""
    if top + room <= len(lines):
        return lines
    larger = np.empty(2 * (len(lines) + room), np.int64)
    larger[:top] = lines[:top]
    return larger


@compiled
def _slot(key: int, lines: Any, slots: int, last: int, keys: int) -> Any:
    """Where a key stands in a table of places of keys, or the empty slot where it belongs."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0xC2B2AE3D27D4EB4F)
    slot = np.int64(mixed >> np.uint64(29)) & last
    while lines[slots + slot] >= 0 and lines[keys + lines[slots + slot]] != key:
        slot = (slot + 1) & last
    return slots + slot


@compiled
def _emptied(lines: Any, slots: int, size: int) -> Any:
    """Empty slots for so many keys; how many, a power of two."""
    count = 8
    while count < 2 * size:
        count *= 2
    lines[slots : slots + count] = -1
    return count


@compiled
def _told_apart(op: int, lines: Any, top: int, of: Any, sizes: Any) -> Any:
    """Keys told apart, and found again."""
    (one, two, three, _), (size, _, sought, _) = of, sizes
    if op == _FIND:
        for place in range(sought):
            slot = _slot(lines[three + place], lines, one, size - 1, two)
            lines[top + place] = lines[slot]
        return sought
    if op == _INDEX:
        slots = _emptied(lines, top, size)
        for place in range(size):
            slot = _slot(lines[one + place], lines, top, slots - 1, one)
            if lines[slot] < 0:
                lines[slot] = place
        return slots
    # Beyond the line itself the distinct keys, and beyond these the slots.
    keys, begin, found = top + size, top + 2 * size, 0
    last = _emptied(lines, begin, size) - 1
    for place in range(size):
        key = lines[one + place]
        slot = _slot(key, lines, begin, last, keys)
        if lines[slot] < 0:
            lines[slot], lines[keys + found] = found, key
            found += 1
        lines[top + place] = lines[slot]
    return size


@compiled
def _put_together(op: int, lines: Any, top: int, of: Any, sizes: Any, d: int) -> Any:
    """Places of lines, put together anew."""
    (one, two, _, _), (size, others, keys, _) = of, sizes
    if op == _JOINED:
        end = top
        for line in range(d):
            lines[end : end + sizes[line]] = lines[of[line] : of[line] + sizes[line]]
            end += sizes[line]
        return end - top
    if op == _SUMS:
        return _sums(lines, top, of, size, keys)
    if op == _LAST:
        return _last(lines, top, of, sizes, d)
    if op == _TAKE:
        for place in range(others):
            taken = lines[two + place]
            lines[top + place] = lines[one + taken] if taken >= 0 else d
        return others
    found = 0
    for place in range(size):
        lines[top + found] = lines[one + place]
        other = lines[two + place]
        if other == found if op == _KEYS else other > 0:
            found += 1
    return found


@compiled
def _sums(lines: Any, top: int, of: Any, size: int, keys: int) -> Any:
    """What falls on each key."""
    lines[top : top + keys] = 0
    total = 0.0
    for place in range(size):
        key, value = lines[of[0] + place], lines[of[1] + place]
        if key >= 0:
            lines[top + key] += value
            total += abs(float(value))
    return keys if total < _MOST else -1


@compiled
def _last(lines: Any, top: int, of: Any, sizes: Any, sign: int) -> Any:
    """What is last of each key, or with a sign of -1 what is first."""
    (occurred, position, groups, _), keys = of, sizes[3]
    lines[top : top + keys] = -1
    for place in range(sizes[0]):
        key = lines[groups + place]
        if key < 0:
            continue
        other = lines[top + key]
        if other >= 0:
            later = lines[occurred + place] - lines[occurred + other]
            if later == 0:
                later = lines[position + place] - lines[position + other]
            if sign * later < 0:
                continue
        lines[top + key] = place
    return keys


@compiled
def _changed(op: int, lines: Any, top: int, one: int, size: int, d: int) -> Any:
    """Each place by itself."""
    for place in range(size):
        value = lines[one + place]
        if op == _FILL:
            value = d
        elif op == _AT_LEAST:
            value = 1 if value >= d else 0
        elif op == _FLOOR:
            value = max(value, d)
        else:
            value = value >> d
        lines[top + place] = value
    return size


@compiled
def _compared(op: int, lines: Any, top: int, of: Any, sizes: Any) -> Any:
    """Each place with that of another line."""
    own = lines[of[1]] if sizes[1] else MISSING
    for place in range(sizes[0]):
        value = lines[of[0] + place]
        other = own if op == _SAME else lines[of[1] + place]
        if op == _SAME:
            value = 1 if value == other and value != MISSING else 0
        elif op == _KEEP:
            value = value if other > 0 else 0
        elif op == _KEEP_STATED:
            value = value if other != MISSING else 0
        elif op == _LATER:
            value = 1 if value > other else 0
        elif op == _PLUS:
            value += other
        elif op == _LESS:
            value -= other
        else:
            value = min(value, other) if op == _LESSER else max(value, other)
        lines[top + place] = value
    return sizes[0]


@compiled
def _multiplied(op: int, lines: Any, top: int, of: Any, size: int, at: int) -> Any:
    """One place after the other, of what may be too much."""
    one, two = of[0], of[1]
    for place in range(size):
        value = lines[one + place]
        if op == _DAYS:
            value = (at - value) // DAY if value != MISSING else 0
        elif op == _PER_MILLION:
            if max(value, lines[two]) >= _MOST / 1_000_000:
                return -1
            value = value * 1_000_000 // lines[two]
        else:
            other = lines[two + place]
            magnitude = abs(float(value) * float(other))
            if magnitude >= _MOST * (1_000 if op == _WORTH else 1):
                return -1
            value = _worth(value, other) if op == _WORTH else value * other
        lines[top + place] = value
    return size


@compiled
def _worth(quantity: int, price: int) -> Any:
    """Value of a quantity at a price per 1,000 units."""
    return quantity // 1_000 * price + quantity % 1_000 * price // 1_000


@compiled
def _number(op: int, lines: Any, top: int, one: int, size: int) -> Any:
    """One number of a line."""
    found, total = 0, 0.0
    for place in range(one, one + size):
        if op == _SUM:
            found += lines[place]
            total += abs(float(lines[place]))
        else:
            found = max(found, lines[place])
    lines[top] = found
    return 1 if total < _MOST else -1


@compiled
def _published(
    op: int, lines: Any, top: int, one: int, size: int, who: Any, others: Any, d: int
) -> Any:
    """What was published at the last midnight."""
    parties, midnights, said, picked, pairs, stretches = others
    if op == _ITSELF:
        size = 1
    for place in range(size):
        value = who[0] if op == _ITSELF else lines[one + place]
        if op == _STATE:
            value = said[picked[d], value] if value >= 0 else MISSING
        elif op == _HOLDS:
            own = pairs[stretches[d, 0] : stretches[d, 1]]
            pair = (value << 31) + who[0]
            found = np.searchsorted(own, pair)
            value = 1 if value >= 0 and found < len(own) and own[found] == pair else 0
        else:
            found = np.searchsorted(parties, value)
            there = found < len(parties) and parties[found] == value
            value = found * len(midnights) + np.searchsorted(midnights, who[2]) if there else -1
        lines[top + place] = value
    return size


@compiled
def _price(good: int, at: int, market: Any) -> Any:
    """Last market price of a good as of a time; missing if there is none."""
    goods, times, keys, unit_price, known, _ = market
    place = np.searchsorted(goods, good)
    if place == len(goods) or goods[place] != good:
        return MISSING
    begin = place * (len(times) + 1)
    moment = np.searchsorted(times, at, side="right") - 1
    step = np.searchsorted(keys, begin + moment, side="right") - 1
    if moment < 0 or step < 0 or keys[step] < begin or not known[step]:
        return MISSING
    return unit_price[step]


@compiled
def _priced(
    op: int, lines: Any, top: int, of: Any, sizes: Any, market: Any, days: Any, at: int
) -> Any:
    """Goods at the market's prices."""
    one, two, three, _ = of
    if op == _PRICES:
        for place in range(sizes[0]):
            lines[top + place] = _price(lines[one + place], lines[two + place], market)
        return sizes[0]
    moments = market[-1][days[0] : days[1]]
    lines[top : top + len(moments)] = 0
    prices = np.empty((sizes[2], len(moments)), np.int64)
    for good in range(sizes[2]):
        for moment in range(len(moments)):
            prices[good, moment] = _price(lines[three + good], at - moments[moment] * DAY, market)
    total = 0.0
    for place in range(sizes[0]):
        quantity, price = lines[one + place], prices[lines[two + place]]
        if price.min() == MISSING:  # only what has a price at all of them
            continue
        for moment in range(len(moments)):
            lines[top + moment] += _worth(quantity, price[moment])
            total += abs(float(quantity) * float(price[moment]) / 1_000)
    return len(moments) if total < _MOST else -1
