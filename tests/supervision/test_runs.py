from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision import runs
from supervision.arrays import Columns
from supervision.runs import Runs

NAMES = ("a", "b", "c")
KEYS = ("b", "c", "a")

rows = st.tuples(st.integers(0, 9), st.integers(-3, 12), st.integers(0, 2))
added = st.lists(st.lists(rows, max_size=60), max_size=6)


def _columns(some: list[tuple[int, int, int]]) -> Columns:
    return dict(zip(NAMES, np.array(some, np.int64).reshape(-1, 3).T, strict=True))


def _rows(columns: Columns) -> list[tuple[int, ...]]:
    return list(zip(*(columns[name].tolist() for name in NAMES), strict=True))


def _order(row: tuple[int, ...]) -> tuple[int, ...]:
    return row[1], row[2], row[0]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of some 24 rows, and every fourth key kept."""
    monkeypatch.setattr(runs, "_EVERY", 4)
    monkeypatch.setattr(runs, "_RANGE_MARKS", 6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(added=added)
def test_ranges_are_all_rows_in_order_and_cut_no_value(
    added: list[list[tuple[int, int, int]]], tmp_path: Path
) -> None:
    every = [row for some in added for row in some]
    with Runs(tmp_path / "runs", NAMES, KEYS) as sorted_:
        for some in added:
            sorted_.add(_columns(some))
        ranges = [_rows(found) for found in sorted_.ranges()]
    assert [row for found in ranges for row in found] == sorted(every, key=_order)
    values = [{row[1] for row in found} for found in ranges]
    assert all(values)
    assert sum(map(len, values)) == len({row[1] for row in every})
    if len(every) > 24 + 4 * 6 + max(sum(row[1] == v for row in every) for v in range(-3, 13)):
        assert len(ranges) > 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(added=added, first=st.integers(-4, 13), more=st.integers(0, 9))
def test_between_two_values_are_exactly_their_rows(
    added: list[list[tuple[int, int, int]]], first: int, more: int, tmp_path: Path
) -> None:
    with Runs(tmp_path / "runs", NAMES, KEYS) as sorted_:
        for some in added:
            sorted_.add(_columns(some))
        found = _rows(sorted_.between(first, first + more))
    expected = (row for some in added for row in some if first <= row[1] <= first + more)
    assert found == sorted(expected, key=_order)


def test_rows_can_be_added_after_some_were_read(tmp_path: Path) -> None:
    with Runs(tmp_path / "runs", NAMES, KEYS) as sorted_:
        sorted_.add(_columns([(1, 5, 0)] * 40))
        assert len(_rows(sorted_.between(5, 5))) == 40
        sorted_.add(_columns([(2, 4, 0)]))
        assert _rows(sorted_.between(0, 9))[0] == (2, 4, 0)


def test_the_file_is_removed_whatever_happens(tmp_path: Path) -> None:
    def stopped() -> None:
        with Runs(tmp_path / "runs", NAMES, KEYS) as sorted_:
            sorted_.add(_columns([(1, 5, 0)]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not list(tmp_path.iterdir())


def test_most_of_a_range_is_read_and_little_else(tmp_path: Path) -> None:
    """Or the work would grow with the square of the rows."""
    read = []
    with Runs(tmp_path / "runs", NAMES, KEYS) as sorted_:
        for start in range(0, 2_000, 200):
            sorted_.add(_columns([(0, n * 7 % 500, 0) for n in range(start, start + 200)]))
        whole = Runs._read

        def counting(self: Runs, places: list[tuple[int, int]]) -> np.ndarray:
            read.append(sum(count for _, count in places))
            return whole(self, places)

        with patch.object(Runs, "_read", counting):
            ranges = list(sorted_.ranges())
    assert len(ranges) > 40
    assert sum(read) < 2_000 + len(ranges) * 10 * 2 * 4
