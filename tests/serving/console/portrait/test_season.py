"""Seasonality: whole years of months that have ended, at the port."""

from datetime import datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.console.portrait.season import months_of, season

PORT = timezone(timedelta(hours=8))


def at(year: int, month: int, day: int = 15, hour: int = 12) -> int:
    return int(datetime(year, month, day, hour, tzinfo=PORT).timestamp()) * 1_000_000


def rows(*told: tuple[int, int]) -> dict[str, np.ndarray]:
    return {
        "occurred_at": np.array([when for when, _ in told], np.int64),
        "price": np.array([fen for _, fen in told], np.int64),
    }


@given(st.integers(-(10**9), 3 * 10**9))
def test_a_month_is_the_one_of_the_port(seconds: int) -> None:
    when = datetime.fromtimestamp(seconds, PORT)
    expected = 12 * (when.year - 1970) + when.month - 1
    assert months_of(np.array([seconds * 1_000_000])).tolist() == [expected]


def test_shares_are_of_all_whole_years_and_of_the_last() -> None:
    told = rows(
        (at(2020, 3), 1_000_000),  # before two whole years back from June 2022
        (at(2020, 6, 1, 0), 100),
        (at(2020, 12), 200),
        (at(2021, 6), 300),
        (at(2021, 12), 300),
        (at(2022, 5, 31, 23), 100),
        (at(2022, 6), 5_000_000),  # a month that has not ended
    )
    found = season(told, "price", at(2022, 6, 20))
    assert found is not None
    assert found.years == 2
    usual = {month.number: month.usual for month in found.months if month.usual}
    assert usual == {5: 0.1, 6: 0.4, 12: 0.5}
    assert {month.number: month.fen for month in found.months if month.fen} == {
        5: 100,
        6: 300,
        12: 300,
    }
    assert found.strongest.number == 12
    assert sum(month.last for month in found.months) == 1.0


def test_less_than_a_year_has_no_season() -> None:
    assert season(rows((at(2022, 1), 100), (at(2022, 11), 100)), "price", at(2022, 12, 31)) is None
    assert season(rows(), "price", at(2022, 12, 31)) is None


def test_three_years_at_most() -> None:
    told = rows(*((at(year, 1), 100) for year in range(2015, 2023)))
    found = season(told, "price", at(2022, 12, 31))
    assert found is not None
    assert found.years == 3
