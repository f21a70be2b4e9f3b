import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from simulator.texts import column, decimal, hexadecimal, mixed, taken

SOME = st.lists(st.one_of(st.none(), st.integers(0, 10**9 - 1)), min_size=1, max_size=40)


@given(SOME)
def test_numbers_come_out_as_python_would_format_them(values: list[int | None]) -> None:
    stated = np.array([v for v in values if v is not None], np.int64)
    present = np.array([v is not None for v in values])
    found = column(decimal(b"RO", stated, 9), present).to_pylist()
    assert found == [None if v is None else f"RO{v:09d}" for v in values]


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=40, unique=True))
def test_scrambled_numbers_stay_different_and_show_as_sixteen_digits(values: list[int]) -> None:
    scrambled = mixed(np.array(values, np.int64), 5)
    shown = column(hexadecimal(scrambled), np.ones(len(values), np.bool_)).to_pylist()
    assert len(set(shown)) == len(values)
    assert shown == [f"{int(v):016x}" for v in scrambled]


def test_a_vocabulary_gives_null_where_nothing_is_present() -> None:
    found = taken(pa.array(["a", "b"]), np.array([1, -(2**63), 0]), np.array([True, False, True]))
    assert found.to_pylist() == ["b", None, "a"]
