"""Circles against the plainest way to find them: who reaches whom, step by step."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.circles import circles

SIZE = 7
arrows = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=16)


@given(arrows)
def test_two_are_on_a_circle_if_each_reaches_the_other(drawn: list[tuple[int, int]]) -> None:
    start, end = np.array(drawn, np.int64).reshape(-1, 2).T
    reach = np.zeros((SIZE, SIZE), bool)
    reach[start, end] = True
    for between in range(SIZE):
        reach |= reach[:, [between]] & reach[[between], :]
    together = reach & reach.T & ~np.eye(SIZE, dtype=bool)
    found = circles(SIZE, start, end)
    on_one = (found[:, None] == found) & (found >= 0) & ~np.eye(SIZE, dtype=bool)
    np.testing.assert_array_equal(on_one, together)
    np.testing.assert_array_equal(found >= 0, together.any(axis=1))


def test_a_long_circle_needs_no_deep_recursion() -> None:
    size = 50_000
    start = np.arange(size)
    assert set(circles(size, start, (start + 1) % size).tolist()) == {0}
    assert set(circles(size, start[:-1], start[1:]).tolist()) == {-1}
    assert circles(0, start[:0], start[:0]).tolist() == []
