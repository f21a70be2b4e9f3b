"""A chunk of a stream's rows, as contract-typed Arrow columns with the cells that did not fit."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from supervision.arrays import Integers
from supervision.reasons import Reason


@dataclass(frozen=True)
class Fault:
    """A cell, or a whole row, that could not be read as the contract's type.

    Attributes
    ----------
    index : int
        Place of the row in its chunk.
    reason : Reason
    field : str
        The column, or "" where the fault is the row's.
    found : str
        What stood there.
    """

    index: int
    reason: Reason
    field: str
    found: str


@dataclass(frozen=True)
class Chunk:
    """Rows of one stream.

    Attributes
    ----------
    stream : str
    numbers : int64 array
        The row's number in its file, from 1 (of a CSV file: after the header).
    end : int
        How many rows (lines) of the file have been read once this chunk is.
    columns : dict of str to pyarrow array
        ``int64`` for integer columns, dictionary-encoded strings for names and enumerated
        columns, strings for texts. A column that is not there is empty in every row.
    faults : tuple of Fault
        In the order in which they were found; the cell concerned is null in ``columns``.
    content : callable
        From the place of a row in the chunk to its content as JSON, as it came.
    """

    stream: str
    numbers: Integers
    end: int
    columns: dict[str, pa.Array]
    faults: tuple[Fault, ...]
    content: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.numbers)
