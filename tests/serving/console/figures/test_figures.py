"""Amounts, points and times as a banker reads them."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import parse_time
from serving.console.figures import money, quantities, times


@given(st.integers(-(10**15), 10**15))
def test_an_amount_is_rounded_once_and_half_up(fen: int) -> None:
    whole = (Decimal(abs(fen)) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    sign = "−" if fen < 0 else ""
    assert money.yuan(fen) == f"{sign}¥{whole:,}"
    ten_thousands = (Decimal(abs(fen)) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert money.wan(fen) == f"{sign}{ten_thousands:,}"


@pytest.mark.parametrize(
    ("fen", "english", "chinese"),
    [
        (None, "–", "–"),
        (0, "¥0", "0元"),
        (999_900, "¥10k", "9,999元"),
        (256_600_000, "¥2.57m", "256.6万"),
        (-12_345_678_900, "−¥123.46m", "−1.23亿"),
    ],
)
def test_a_narrow_place_has_the_languages_own_units(
    fen: int | None, english: str, chinese: str
) -> None:
    assert (money.short(fen, "en"), money.short(fen, "zh")) == (english, chinese)


def test_points_carry_their_sign() -> None:
    shown = [quantities.signed(points) for points in (-3, 0, 3, None)]
    assert shown == ["−3", "0", "+3", "–"]


def test_a_value_has_its_features_unit() -> None:
    assert quantities.value(162.0, "days_past_due_max_365d", "zh") == "162天"
    assert quantities.value(None, "days_past_due_max_365d", "zh") == "–"


def test_times_stand_on_the_ports_clock_and_tell_utc_on_hover() -> None:
    at = parse_time("2023-01-01")
    shown = '<time datetime="2022-12-31T16:00:00Z" title="2022-12-31 16:00:00 UTC">{}</time>'
    assert times.day(at) == shown.format("2023-01-01")
    assert times.moment("2022-12-31T16:00:00Z") == shown.format("2023-01-01 00:00")
    assert times.day(None) == "–"
