"""Texts made from integers by the column: never one Python string a row."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from simulator.table import Bools, Ints

Bytes = npt.NDArray[np.uint8]
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def mixed(values: Ints, seed: int) -> npt.NDArray[np.uint64]:
    """A one-to-one scrambling of 64-bit integers (splitmix64, Steele et al. 2014)."""
    x = values.astype(np.uint64) + np.uint64(seed & 0xFFFFFFFFFFFFFFFF)
    x = x * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)), np.uint64)


def hexadecimal(values: npt.NDArray[np.uint64]) -> Bytes:
    """Sixteen hexadecimal digits of each value, one row a value."""
    raw = values.astype(">u8").view(np.uint8).reshape(-1, 8)
    digits = np.empty((len(values), 16), np.uint8)
    digits[:, 0::2] = _HEX[raw >> 4]
    digits[:, 1::2] = _HEX[raw & 15]
    return digits


def decimal(prefix: bytes, values: Ints, width: int) -> Bytes:
    """A prefix and the value with leading zeros, one row a value."""
    rows = np.empty((len(values), len(prefix) + width), np.uint8)
    rows[:, : len(prefix)] = np.frombuffer(prefix, np.uint8)
    rest = values.astype(np.int64)
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        rows[:, len(prefix) + place] = digit + 48
    return rows


def column(rows: Bytes, present: Bools) -> pa.Array:
    """Texts of one width as an arrow column; ``rows`` holds only those present."""
    width = rows.shape[1]
    ends = np.cumsum(present, dtype=np.int64) * width
    offsets = np.concatenate((np.zeros(1, np.int64), ends)).astype(np.int32)
    bitmap = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.StringArray.from_buffers(
        len(present), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows)), bitmap
    )


def taken(vocabulary: pa.Array, places: Ints, present: Bools) -> pa.Array:
    """Texts of a vocabulary by their places, null where none is present."""
    return vocabulary.take(pa.array(np.where(present, places, 0), mask=~present))
