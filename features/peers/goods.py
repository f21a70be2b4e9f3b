"""The goods in which an enterprise mostly trades, by HS section."""

from collections.abc import Mapping

import numpy as np

from features.calendar import DAY
from features.peers.sections import section_of
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.record import Record

YEAR = 365
_MOST_SECTIONS = 32


def sections_of(record: Record, hs_codes: Integers) -> dict[int, int]:
    """Section of each commodity code that belongs to one, by the code's number in the record."""
    stated = np.unique(hs_codes[hs_codes != MISSING])
    texts = record.text_of(stated.tolist())
    sections = {number: section_of(text) for number, text in texts.items()}
    return {number: section for number, section in sections.items() if section is not None}


def main_sections(
    declarations: Columns, as_of: int, sections: Mapping[int, int], up_to: int | None = None
) -> dict[int, int]:
    """Find the section in which each enterprise declared most in the last 365 days.

    Parameters
    ----------
    declarations : Columns
        Rows of any enterprises.
    as_of : int
        UTC microseconds: only what was known and stood then counts.
    sections : mapping of int to int
        See :func:`sections_of`.
    up_to : int, optional
        Only messages up to this position.

    Returns
    -------
    dict of int to int
        By the enterprise's number; who declared nothing of value is not in it. Of two equal
        sums the lower section counts.
    """
    counts = declarations["kind"] == column("declaration", "kind").code("declared")
    counts &= (declarations["known_at"] <= as_of) & (declarations["reversed_at"] > as_of)
    counts &= declarations["occurred_at"] > as_of - YEAR * DAY
    counts &= (declarations["declared_value"] > 0) & (declarations["hs_code"] != MISSING)
    if up_to is not None:
        counts &= declarations["position"] <= up_to
    codes, place = np.unique(declarations["hs_code"][counts], return_inverse=True)
    section = np.array([sections.get(code, 0) for code in codes.tolist()], np.int64)[place]
    key = declarations["enterprise_id"][counts] * _MOST_SECTIONS + section
    keys, place = np.unique(key, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, place, declarations["declared_value"][counts])
    enterprises, section = keys // _MOST_SECTIONS, keys % _MOST_SECTIONS
    order = np.lexsort((-section, sums, enterprises))  # the last of an enterprise has most
    best = dict(zip(enterprises[order].tolist(), section[order].tolist(), strict=True))
    return {enterprise: number for enterprise, number in best.items() if number}
