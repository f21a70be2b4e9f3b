"""Amounts of third parties: bands, and none of fewer than five."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.console.portrait.bands import band, band_over

FEN = st.integers(1, 200_000_000_000)


@given(FEN, FEN)
def test_a_greater_amount_is_in_no_lower_band(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert band(low).rank <= band(high).rank


def test_bands_say_where_they_begin_and_end() -> None:
    assert band(100_000_000).words.en == "up to ¥1 million"
    assert band(100_000_001).words.en == "¥1 million to 5 million"
    assert band(50_000_000_001).words.en == "over ¥500 million"
    assert band(700_000_000).words.zh == "500万元–1,000万元"


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 10**12)), max_size=20))
def test_nothing_is_told_of_fewer_than_five(rows: list[tuple[int, int]]) -> None:
    parties, fen = (
        (np.array(each, np.int64) for each in zip(*rows, strict=True))
        if rows
        else (
            np.array([], np.int64),
            np.array([], np.int64),
        )
    )
    having_part = {party for party, amount in rows if amount}
    told = band_over(parties, fen)
    assert (told is not None) == (len(having_part) >= 5)
    if told is not None:
        assert told == band(sum(amount for _, amount in rows))
