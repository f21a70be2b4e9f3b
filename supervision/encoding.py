"""Screened rows as the integers that the record holds."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy.engine import Connection

from supervision.arrays import MISSING, Integers
from supervision.chunk import Chunk
from supervision.contract.columns import Column, columns
from supervision.names import Names
from supervision.reasons import Reason
from supervision.screening import Mask, Verdicts, integers, places


@dataclass(frozen=True)
class Encoded:
    """The rows of a chunk that stood its screening, ``n`` of them, in the file's order.

    Attributes
    ----------
    stream : str
    indices : int64 array [n]
        Place of each row in its chunk.
    numbers : int64 array [n]
        Number of each row in its file.
    values : dict of str to int64 array [n]
        Integer, enumerated and name columns; ``MISSING`` where left out.
    texts : dict of str to pyarrow string array [n]
        Text columns.
    """

    stream: str
    indices: Integers
    numbers: Integers
    values: dict[str, Integers]
    texts: dict[str, pa.StringArray]

    def __len__(self) -> int:
        return len(self.indices)

    def reversing(self) -> Mask:
        """Rows that take a message back."""
        reverses = self.texts.get("reverses")
        if reverses is None:
            return np.zeros(len(self), bool)
        mask: Mask = reverses.is_valid().to_numpy(zero_copy_only=False)
        return mask

    def lists(self, names: tuple[str, ...], rows: Integers | None = None) -> list[list[object]]:
        """Columns as lists of what the database is given: None where a field is left out."""
        return [self._list(name, rows) for name in names]

    def states(self, name: str) -> bool:
        """Whether any row states the field."""
        if name in self.texts:
            return bool(self.texts[name].null_count < len(self))
        return name in self.values and bool((self.values[name] != MISSING).any())

    def _list(self, name: str, rows: Integers | None) -> list[object]:
        size = len(self) if rows is None else len(rows)
        if name in self.texts:
            array = self.texts[name]
            taken = array if rows is None else array.take(pa.array(rows))
            texts: list[object] = taken.to_pylist()
            return texts
        if name not in self.values:
            return [None] * size
        return optional(self.values[name] if rows is None else self.values[name][rows])


def optional(values: Integers) -> list[object]:
    """An array as a list, None for MISSING."""
    missing = values == MISSING
    if not missing.any():
        plain: list[object] = values.tolist()
        return plain
    boxed = values.astype(object)
    boxed[missing] = None
    listed: list[object] = boxed.tolist()
    return listed


def encode(chunk: Chunk, verdicts: Verdicts, names: Names, connection: Connection) -> Encoded:
    """Check the names that rows bring, give new ones their numbers, and encode what stands.

    Rows with a name whose own check characters do not fit are refused in ``verdicts``.
    """
    named = [c for c in columns(chunk.stream) if c.kind == "name" and c.name in chunk.columns]
    entries = {one.name: _entries(chunk, one, verdicts.passed) for one in named}
    before = int(verdicts.passed.sum())
    for one in named:
        if one.check is not None:
            _check(one, entries[one.name], verdicts, names)
    if int(verdicts.passed.sum()) < before:  # what only refused rows name is not kept
        entries = {one.name: _entries(chunk, one, verdicts.passed) for one in named}
    indices = np.flatnonzero(verdicts.passed)
    selection = None if len(indices) == len(chunk) else pa.array(indices)
    values: dict[str, Integers] = {}
    texts: dict[str, pa.StringArray] = {}
    for one in columns(chunk.stream):
        if one.name not in chunk.columns:
            continue
        if one.kind == "text":
            array = chunk.columns[one.name]
            texts[one.name] = array if selection is None else array.take(selection)
        elif one.kind == "integer":
            values[one.name] = integers(chunk, one.name, MISSING)[indices]
        elif one.kind == "enumerated":
            place = places(chunk, one)[indices]
            values[one.name] = np.where(place < 0, MISSING, place)
        else:
            numbers = names.numbers(connection, entries[one.name].texts, one.check)
            values[one.name] = entries[one.name].translated(numbers)[indices]
    return Encoded(chunk.stream, indices, chunk.numbers[indices], values, texts)


@dataclass(frozen=True)
class _Entries:
    """The names that the rows of a column use.

    Attributes
    ----------
    codes : int64 array
        For each row of the chunk the place of its name in the column's dictionary, or -1.
    size : int
        Length of the dictionary.
    used : int64 array
        Places that occur.
    texts : list of str
        The names at those places.
    """

    codes: Integers
    size: int
    used: Integers
    texts: list[str]

    def translated(self, numbers: list[int]) -> Integers:
        """The column as numbers; ``MISSING`` where no name stands, or one that is not used."""
        table = np.full(self.size + 1, MISSING, np.int64)
        table[self.used] = numbers
        result: Integers = table[self.codes]  # -1 takes the last entry
        return result


def _entries(chunk: Chunk, one: Column, passed: Mask) -> _Entries:
    encoded = chunk.columns[one.name]
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    size = len(encoded.dictionary)
    counts = np.bincount(codes[passed] + 1, minlength=size + 1)[1:]
    used = np.flatnonzero(counts)
    return _Entries(codes, size, used, encoded.dictionary.take(pa.array(used)).to_pylist())


def _check(one: Column, entries: _Entries, verdicts: Verdicts, names: Names) -> None:
    faults = names.faults(one.check or "", entries.texts)
    for code, text in zip(entries.used.tolist(), entries.texts, strict=True) if faults else ():
        if text in faults:
            for index in np.flatnonzero((entries.codes == code) & verdicts.passed).tolist():
                verdicts.refuse(index, faults[text], _refusal(one, faults[text], text))


def _refusal(one: Column, reason: Reason, text: str) -> str:
    expected = {
        Reason.BAD_CREDIT_CODE: "a unified social credit code whose check character fits",
        Reason.BAD_CARGO_CODE: "a cargo code whose parts and check digits fit",
    }.get(reason, "a cargo code that the port has issued under its key")
    return f"{one.name}: expected {expected}, found {text!r:.80}"
