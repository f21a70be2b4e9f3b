"""Values of features in words, English and Chinese."""

from decimal import Decimal

from features.feature import Feature, Phrase

_AS_PERCENT = frozenset(
    (
        "basket_return_90d",
        "basket_return_365d",
        "basket_volatility_90d",
        "guarantees_to_capital_now",
        "received_to_declared_quantity_365d",
        "repaid_to_due_90d",
        "utilisation_now",
    )
)
"""Ratios that a banker says in percent."""
_CUSTOMS_GRADES = (
    Phrase("advanced certified", "高级认证企业"),
    Phrase("registered", "注册登记和备案企业"),
    Phrase("dishonest", "失信企业"),
)
_FEN = 100
_MILLION = 1_000_000
_WAN = 10_000
_YI = 100_000_000


def worded(value: float, feature: Feature) -> Phrase:
    """Say a value of a feature with its unit."""
    unit = feature.unit
    if unit in ("share", "rate") or feature.name in _AS_PERCENT:
        return _percent(value)
    if unit == "fen":
        return _money(value / _FEN)
    if unit in ("days", "months"):
        return _time(value, unit)
    if feature.name == "customs_credit_grade_now":
        return _CUSTOMS_GRADES[int(value)]
    if unit == "ratio":
        return _plain(f"{value:,.2f}")
    return _plain(f"{value:,.0f}")


def _plain(text: str) -> Phrase:
    return Phrase(text, text)


def _percent(share: float) -> Phrase:
    percent = share * 100
    text = f"{percent:.1f}".removesuffix(".0")
    if 0 < abs(percent) < 0.1:
        text = f"{Decimal(f'{percent:.1g}'):f}"
    return Phrase(f"{text} %", f"{text}%")


def _money(yuan: float) -> Phrase:
    large = abs(yuan) >= _MILLION
    english = f"{yuan / _MILLION:,.1f} million CNY" if large else f"{yuan:,.0f} CNY"
    if abs(yuan) >= _YI:
        return Phrase(english, f"{yuan / _YI:,.2f}亿元")
    if abs(yuan) >= _WAN:
        return Phrase(english, f"{yuan / _WAN:,.0f}万元")
    return Phrase(english, f"{yuan:,.0f}元")


def _time(value: float, unit: str) -> Phrase:
    text = f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:,.0f}"
    english = unit.removesuffix("s") if text == "1" else unit
    return Phrase(f"{text} {english}", f"{text}{'天' if unit == 'days' else '个月'}")
