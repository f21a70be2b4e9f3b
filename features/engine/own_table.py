"""A table's rows as far as they concern the enterprises of a spine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.engine.sums import joined
from supervision.arrays import MISSING, Columns, Integers


class OwnTable:
    """Rows of a table that concern some enterprises, with their columns as they are asked for.

    Attributes
    ----------
    party : Integers
        Place of each row's enterprise among them.
    """

    def __init__(self, columns: Columns, parties: Integers) -> None:
        numbers = columns["enterprise_id"]
        if len(parties) == 1:
            place = np.zeros(len(numbers), np.int64)
            theirs = numbers == parties[0]
        else:
            place = parties.searchsorted(numbers)
            place[place == len(parties)] = 0
            theirs = parties[place] == numbers if len(parties) else np.zeros(len(numbers), bool)
        self._columns = columns
        all_theirs = np.count_nonzero(theirs) == len(theirs)
        self._own = None if all_theirs else theirs.nonzero()[0]
        self._values = dict(columns) if self._own is None else {}
        self._amounts: dict[str, Integers] = {}
        self.party: Integers = place if self._own is None else place[self._own]

    def __len__(self) -> int:
        return len(self.party)

    def values(self, name: str) -> Integers:
        """One column; derived columns are reckoned here."""
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def stack(self, names: tuple[str, ...]) -> Integers:
        """Several columns, one below the other."""
        return np.array([self.values(name) for name in names])

    def amounts(self, name: str) -> Integers:
        """One column, 0 where a message left it out."""
        if name not in self._amounts:
            values = self.values(name)
            self._amounts[name] = np.where(values == MISSING, 0, values)
        return self._amounts[name]

    def _read(self, name: str) -> Integers:
        if name in DERIVED:
            return DERIVED[name](self.values)
        values = self._columns[name]
        return values if self._own is None else values[self._own]


# Hundreds are made for one enterprise; a frozen one takes three times as long to make.
@dataclass(eq=False, slots=True)
class Span:
    """Rows that count somewhere, with the first spine row that sees each and the end.

    Attributes
    ----------
    table : OwnTable
    index : Integers
        Places of the rows in it.
    first, end : Integers
    """

    table: OwnTable
    index: Integers
    first: Integers
    end: Integers

    def __len__(self) -> int:
        return len(self.index)

    def values(self, name: str) -> Integers:
        """One column of the rows."""
        return self.table.values(name)[self.index]

    def amounts(self, name: str) -> Integers:
        """One column of the rows, 0 where a message left it out."""
        return self.table.amounts(name)[self.index]

    @property
    def party(self) -> Integers:
        """Place of each row's enterprise in the spine's list."""
        return self.table.party[self.index]


def derived(columns: Columns, names: Sequence[str]) -> list[Integers]:
    """Derived columns of a table as it stands."""
    if not len(columns["enterprise_id"]):
        return [columns["enterprise_id"]] * len(names)
    known = dict(columns)

    def read(name: str) -> Integers:
        if name not in known:
            known[name] = DERIVED[name](read)
        return known[name]

    return [read(name) for name in names]


Reader = Callable[[str], Integers]
"""Gives the columns of a table by their names."""


def _days_late(values: Reader) -> Integers:
    late: Integers = (values("occurred_at") - values("due_at")) // DAY
    return np.maximum(late, 0)


def _flags(flags: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Integers:
    return np.asarray(flags, np.int64)


def _value_through_agent(values: Reader) -> Integers:
    agent = values("trading_party")
    through = (agent != MISSING) & (agent != values("enterprise_id"))
    return np.where(through, values("declared_value"), 0)


DERIVED: dict[str, Callable[[Reader], Integers]] = {
    "days_late": _days_late,
    "was_late": lambda values: _flags(values("days_past_due") > 0),
    "paid_late": lambda values: _flags(values("days_late") > 0),
    "is_renewal": lambda values: _flags(values("renewed_from") != MISSING),
    "each": lambda values: np.ones_like(values("enterprise_id")),
    "lot_of_lender": lambda values: joined(values("cargo_code"), values("lender")),
    "value_through_agent": _value_through_agent,
}
"""Columns that no message has: each is reckoned from others."""
