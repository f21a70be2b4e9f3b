import random
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.table import Table, distinct, first_of_each, sums

STEPS = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 5), st.booleans()), max_size=12)


@given(STEPS)
def test_live_rows_are_those_added_and_not_closed(steps: list[tuple[int, int, bool]]) -> None:
    table, expected = Table("value"), []
    for count, closed, compacted in steps:
        rows = table.add(count, value=np.arange(count))
        expected += rows.tolist()
        gone = expected[:closed]
        table.close(np.array(gone, np.int64))
        expected = expected[closed:]
        assert table["value"][rows].tolist() == list(range(count))
        if compacted:
            table.compact(table.marks())
            assert table.numbers.tolist() == expected
    assert table.live.tolist() == expected


@given(STEPS, st.randoms(use_true_random=False))
def test_a_compacted_table_says_the_same_of_what_it_keeps(
    steps: list[tuple[int, int, bool]], chance: random.Random
) -> None:
    table, full, kept = Table("value", "other"), Table("value", "other"), np.zeros(0, np.int64)
    for count, closed, compacted in steps:
        for each in (table, full):
            each.add(count, value=np.arange(count) * 7)
            each.close(each.live[:closed])
            each.increase("other", np.repeat(each.live[-3:], 2), 5)
        if compacted:
            marks = table.marks()
            table.mark(marks, np.array([chance.randint(-1, max(full.size - 1, 0))]))
            kept = table.marked(marks)
            table.compact(marks)
            assert table.numbers.tolist() == kept.tolist()
    for rows in (table.live, table.numbers, table.live[::-1]):
        assert [c.tolist() for c in table.of(rows, "value", "other")] == [
            c.tolist() for c in full.of(rows, "value", "other")
        ]
    assert table.live.tolist() == full.live.tolist()


def _compacted() -> Table:
    table = Table("value")
    table.add(6, value=np.arange(6))
    table.close(np.array([1, 2, 4]))
    marks = table.marks()
    table.mark(marks, np.array([-1, 2]))
    table.compact(marks)
    return table


@pytest.mark.parametrize("row", [1, 4, 6, -1])
def test_reading_or_writing_a_row_that_was_dropped_or_never_was_is_an_error(row: int) -> None:
    table = _compacted()
    rows = np.array([0, row])
    for wrong in (
        lambda: table["value"][rows],
        lambda: table.of(rows, "value"),
        lambda: table["value"].__setitem__(rows, 0),
        lambda: table.increase("value", rows, 1),
        lambda: table.close(rows),
    ):
        with pytest.raises(IndexError, match=rf"found \[{row}\].*dropped or never"):
            wrong()
    assert table["value"][table.numbers].tolist() == [0, 2, 3, 5]


def test_a_mask_is_not_taken_for_numbers() -> None:
    with pytest.raises(IndexError, match="found a mask"):
        _compacted()["value"][np.array([True, False, True])]


def test_a_row_that_stands_twice_is_increased_twice() -> None:
    table = _compacted()
    table.increase("value", np.array([5, 3, 5]), np.array([10, 1, -3]))
    assert table["value"][np.array([2, 3, 5])].tolist() == [2, 4, 12]


def test_a_new_row_is_zero_where_a_dropped_one_stood() -> None:
    table = _compacted()
    assert table["value"][table.add(4)].tolist() == [0, 0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=20))
def test_live_rows_say_the_same_whether_read_before_or_not(steps: list[tuple[int, int]]) -> None:
    table = Table("value")
    for kind, number in steps:
        live = table.live
        chosen = live[live % 41 == number]
        before = table.of(live, "value")[0]
        match kind:
            case 0:
                table.add(number, value=number)
            case 1:
                table["value"][chosen] = number
            case 2:
                table.increase("value", chosen, number)
            case _:
                table.close(chosen)
        read = table.of(table.live, "value")[0]
        assert read.tolist() == table.of(table.live.copy(), "value")[0].tolist()
        assert not read.flags.writeable
        if kind == 0:
            assert before.tolist() == read[: len(before)].tolist()
        assert table.is_live(table.numbers).tolist() == np.isin(table.numbers, table.live).tolist()


def test_live_rows_can_be_decreased_in_place() -> None:
    table = Table("value")
    table.add(3, value=5)
    table["value"][table.live] -= 2
    assert table["value"][table.live].tolist() == [3, 3, 3]


def test_a_copy_and_its_original_go_their_own_ways() -> None:
    table = _compacted()
    copy = deepcopy(table)
    copy["value"][np.array([3])] = 99
    copy.close(np.array([0]))
    copy.add(2_000, value=1)
    copy.compact(copy.marks())
    assert table.live.tolist() == table.numbers[[0, 2, 3]].tolist() == [0, 3, 5]
    assert table.of(table.numbers, "value")[0].tolist() == [0, 2, 3, 5]
    assert table.size == 6
    table["value"][np.array([5])] = 0
    assert copy["value"][np.array([3, 5])].tolist() == [99, 5]


@given(st.lists(st.integers(-9, 9)))
def test_distinct_values_come_once_and_in_order(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


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
