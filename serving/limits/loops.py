"""The loops over an enterprise's messages, lot by lot, compiled with numba.

:mod:`serving.limits.arrays` says what each is for. What is asked of each row is joined by ``&``,
for the processor guesses wrong too often which of several questions will be the last; and no
array is handed on for a row, for counting who holds it takes longer than the row.
"""

from typing import Any

import numpy as np

from features.engine.arrays import CODES
from features.engine.compiled import compiled
from supervision.arrays import MISSING, Integers


@compiled
def _admits(choices: int, code: int) -> Any:
    """Whether a code is among some."""
    return ((choices >> (code & CODES)) & 1 > 0) & (code >= 0) & (code < CODES)


@compiled
def balance(
    enterprise: int, as_of: int, flows: Any, terms: Integers
) -> tuple[Integers, Integers, float]:
    """Look each row's lot and key up in a table of places; their last bits serve as a hash."""
    most, slots = 0, 16
    for number in range(len(flows)):
        most += len(flows[number][0]) if terms[number, 0] > 0 else 0
    while slots < 2 * most:
        slots *= 2
    places, met = np.full(slots, -1, np.int64), 0
    lots, keys = np.empty(most, np.int64), np.empty(most, np.int64)
    left, moved = np.zeros(most, np.int64), np.zeros(most)
    for number in range(len(flows)):
        own, known_at, reversed_at, of_lot, of_key, amount, one, other = flows[number]
        sign, one_of, other_of = terms[number]
        for row in range(len(own)):
            counts = (
                (own[row] == enterprise) & (known_at[row] <= as_of) & (reversed_at[row] > as_of)
            )
            counts &= _admits(one_of, one[row]) & _admits(other_of, other[row])
            if not counts or amount[row] == MISSING:
                continue
            lot, key = of_lot[row], of_key[row]
            slot = (lot + 2 * key) & (slots - 1)
            place = places[slot]
            while place >= 0 and (lots[place] != lot or keys[place] != key):
                slot = (slot + 1) & (slots - 1)
                place = places[slot]
            if place < 0:
                if sign < 0:  # nothing is left of what nothing was added to
                    continue
                place = places[slot] = met
                lots[met], keys[met] = lot, key
                met += 1
            left[place] += sign * amount[row]
            moved[place] += abs(float(amount[row]))
    there = np.flatnonzero(left[:met] > 0)
    there = there[np.argsort(lots[there])]
    return lots[there], left[there], moved.max() if met else 0.0


@compiled
def about(
    lots: Integers, kinds: int, enterprise: int, as_of: int, columns: Any
) -> tuple[Integers, Integers]:
    """Few rows are about lots between the first and the last: only these are looked up."""
    own, known_at, reversed_at, of_lot, kind = columns
    rows, places, found = np.empty(len(own), np.int64), np.empty(len(own), np.int64), 0
    for row in range(len(own) if len(lots) else 0):
        lot = of_lot[row]
        chosen = (lot >= lots[0]) & (lot <= lots[-1]) & _admits(kinds, kind[row])
        chosen &= own[row] == enterprise
        if chosen & (known_at[row] <= as_of) & (reversed_at[row] > as_of):
            place = np.searchsorted(lots, lot)
            if lots[place] == lot:
                rows[found], places[found] = row, place
                found += 1
    return rows[:found].copy(), places[:found].copy()


@compiled
def latest(lots: Integers, kinds: int, enterprise: int, as_of: int, columns: Any) -> Integers:
    """One pass over the rows that are about the lots."""
    rows, places = about(lots, kinds, enterprise, as_of, columns[:5])
    occurred, position = columns[5], columns[6]
    last = np.full(len(lots), -1, np.int64)
    for found in range(len(rows)):
        row, place = rows[found], places[found]
        other = last[place]
        if other >= 0 and occurred[other] == occurred[row]:
            is_later = position[row] > position[other]
        else:
            is_later = other < 0 or occurred[row] > occurred[other]
        if is_later:
            last[place] = row
    return last
