"""Custody messages about everyone whose goods lie in some warehouses, some at a time."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from supervision.arrays import Columns, Integers
from supervision.record import Record
from supervision.warehouses import custody_of


class Custody(Protocol):
    """Gives custody messages of some warehouses, about all their clients."""

    def __call__(
        self, warehouses: Integers, kinds: Sequence[str], between: tuple[int, int]
    ) -> Iterator[Columns]:
        """Those of some kinds, some at a time.

        Parameters
        ----------
        warehouses : Integers
            Numbers of names.
        kinds : sequence of str
        between : (int, int)
            UTC microseconds: at least those that occurred after the one and were known by the
            other.
        """
        ...


def custody_in(record: Record, up_to: int | None) -> Custody:
    """Custody messages of a record, up to a position."""

    def read(
        warehouses: Integers, kinds: Sequence[str], between: tuple[int, int]
    ) -> Iterator[Columns]:
        for warehouse in np.unique(warehouses).tolist():
            yield from custody_of(record, warehouse, kinds, between, up_to)

    return read
