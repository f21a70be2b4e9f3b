"""The lots that an enterprise's own messages name, by which a page of a lot is found."""

from collections.abc import Iterator

import numpy as np

from features.facts import Facts
from serving.console.cargo.lot_name import LotName, lot_name
from serving.console.cargo.standpoint import Standpoint
from supervision.arrays import MISSING, Integers
from supervision.record import Record

_TABLES = ("declaration", "document", "custody", "title", "purchase")


def find_lot(record: Record, facts: Facts, at: Standpoint, tail: str) -> tuple[int, LotName] | None:
    """Find a lot of an enterprise by its code without the owner; None of one that it never had."""
    numbers = np.unique(np.concatenate(list(_named(facts, at)))).tolist()
    texts = record.text_of(numbers)
    for number in numbers:
        name = lot_name(texts[number], at.enterprise_id)
        if name.tail == tail:
            return number, name
    return None


def _named(facts: Facts, at: Standpoint) -> Iterator[Integers]:
    for table in _TABLES:
        columns = facts.tables[table]
        chosen = columns["enterprise_id"] == at.enterprise
        chosen &= (columns["known_at"] <= at.as_of) & (columns["cargo_code"] != MISSING)
        yield columns["cargo_code"][chosen]
