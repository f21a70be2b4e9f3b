"""Segments: region, size, industry and commodity of each row, as the record knew them then."""

from collections.abc import Mapping
from contextlib import closing

import numpy as np

from features.calendar import DAY
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.record import Record
from training.sample import Names

UNKNOWN = "unknown"
_PROVINCE, _CLASS, _CHAPTER = 2, 4, 2
"""Leading characters of GB/T 2260, GB/T 4754 and HS that make a segment."""


def segments(url: str, position: int, enterprise: Names, as_of: Integers) -> Mapping[str, Names]:
    """Segment of each row by each dimension.

    Region is the province's two digits of GB/T 2260, industry the letter and three digits of
    GB/T 4754, commodity the HS chapter with the largest declared value in the 365 days before.

    Parameters
    ----------
    url : str
        Of the record.
    position : int
        Up to which it is read.
    enterprise, as_of : str [n], int64 [n]
        The rows.
    """
    with closing(Record.open(url)) as record:
        firms, firm = np.unique(enterprise, return_inverse=True)
        numbers = record.number_of([str(name) for name in firms])
        number = np.array([numbers.get(str(name), MISSING) for name in firms], np.int64)
        known = number[number != MISSING].tolist()
        registered = record.rows("enterprise", "enterprise_id", known, position, "registration")
        declared = record.rows("declaration", "enterprise_id", known, position, "declared")
        last = _latest(registered, number[firm], as_of)
        sizes = np.array([*column("enterprise", "size_class").choices, UNKNOWN], dtype=np.str_)
        return {
            "region": _texts(record, _at(registered["region"], last), _PROVINCE),
            "size": sizes[np.where(last >= 0, _at(registered["size_class"], last), -1)],
            "industry": _texts(record, _at(registered["industry"], last), _CLASS),
            "commodity": _chapters(record, declared, number[firm], as_of),
        }


def _latest(rows: Columns, firm: Integers, as_of: Integers) -> Integers:
    """Place of the last row of each firm that was known by its time and stood; -1 if none."""
    found = np.full(len(firm), -1, dtype=np.int64)
    order = np.lexsort((rows["position"], rows["known_at"], rows["enterprise_id"]))
    for at in np.unique(as_of):
        here = np.flatnonzero(as_of == at)
        stood = order[(rows["known_at"][order] <= at) & (rows["reversed_at"][order] > at)]
        owner = rows["enterprise_id"][stood]
        place = np.searchsorted(owner, firm[here], side="right") - 1
        has = np.isin(firm[here], owner)
        found[here[has]] = stood[place[has]]
    return found


def _chapters(record: Record, rows: Columns, firm: Integers, as_of: Integers) -> Names:
    """HS chapter with the largest declared value in the year before; a tie goes to the lower."""
    text = _texts(record, rows["hs_code"], _CHAPTER)
    chapters, chapter = np.unique(text, return_inverse=True)
    found = np.full(len(firm), UNKNOWN, dtype="<U7")
    for at in np.unique(as_of):
        here = np.flatnonzero(as_of == at)
        firms, place = np.unique(firm[here], return_inverse=True)
        counted = (rows["known_at"] <= at) & (rows["reversed_at"] > at)
        counted &= np.maximum(rows["known_at"], rows["occurred_at"] + 365 * DAY) > at
        counted &= np.isin(rows["enterprise_id"], firms)
        cell = np.searchsorted(firms, rows["enterprise_id"][counted]) * len(chapters)
        value = np.zeros(len(firms) * len(chapters), dtype=np.int64)
        # Whole yuan: a year's sum stays far from the end of int64.
        np.add.at(value, cell + chapter[counted], rows["declared_value"][counted] // 100)
        table = value.reshape(len(firms), len(chapters))
        if table.size:
            best = np.where(table.max(axis=1) > 0, chapters[table.argmax(axis=1)], UNKNOWN)
            found[here] = best[place]
    return found


def _at(values: Integers, place: Integers) -> Integers:
    found = np.full(len(place), MISSING, dtype=np.int64)
    found[place >= 0] = values[place[place >= 0]]
    return found


def _texts(record: Record, numbers: Integers, length: int) -> Names:
    """First characters of names by their numbers."""
    distinct, place = np.unique(numbers, return_inverse=True)
    texts = record.text_of([int(one) for one in distinct if one != MISSING])
    known = [texts.get(int(one), UNKNOWN) for one in distinct]
    return np.array([t if t == UNKNOWN else t[:length] for t in known], dtype="<U7")[place]
