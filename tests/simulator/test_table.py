import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.table import Table, first_of_each, sums


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 5)), max_size=12))
def test_live_rows_are_those_added_and_not_closed(steps: list[tuple[int, int]]) -> None:
    table, expected = Table("value"), []
    for count, closed in steps:
        rows = table.add(count, value=np.arange(count))
        expected += rows.tolist()
        gone = expected[:closed]
        table.close(np.array(gone, np.int64))
        expected = expected[closed:]
        assert table["value"][rows].tolist() == list(range(count))
    assert table.live.tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50))))
def test_the_first_of_each_group_has_its_smallest_key(pairs: list[tuple[int, int]]) -> None:
    group = np.array([g for g, _ in pairs], np.int64)
    key = np.array([k for _, k in pairs], np.int64)
    found = first_of_each(group, key)
    assert sorted(group[found].tolist()) == sorted(set(group.tolist()))
    smallest = {g: min(k for h, k in pairs if h == g) for g, _ in pairs}
    assert dict(zip(group[found].tolist(), key[found].tolist(), strict=True)) == smallest


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**17), 10**17)), max_size=30))
def test_sums_are_exact_where_floats_are_not(pairs: list[tuple[int, int]]) -> None:
    found = sums(
        np.array([g for g, _ in pairs], np.int64), np.array([v for _, v in pairs], np.int64), 4
    )
    assert found.tolist() == [sum(v for g, v in pairs if g == place) for place in range(4)]
