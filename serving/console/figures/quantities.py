"""Shares, points, counts and values of features, as tables show them."""

from features.catalogue import CATALOGUE
from serving.profiles.wording import worded

_MINUS = "−"


def percent(share: float | None, digits: int = 2) -> str:
    """A share in percent.

    Examples
    --------
    >>> percent(0.00664), percent(0.5, 0), percent(None)
    ('0.66%', '50%', '–')
    """
    return "–" if share is None else f"{share * 100:,.{digits}f}%"


def signed(points: int | None) -> str:
    """Points with their sign, a true minus among figures of equal width.

    Examples
    --------
    >>> signed(-12), signed(3), signed(0)
    ('−12', '+3', '0')
    """
    if points is None:
        return "–"
    return f"{_MINUS if points < 0 else '+' if points else ''}{abs(points):,}"


def count(number: int | None) -> str:
    """A whole number with separators."""
    return "–" if number is None else f"{number:,}"


def value(number: float | None, feature: str, language: str) -> str:
    """The value of a feature with its unit."""
    if number is None:
        return "–"
    said = worded(number, CATALOGUE.feature(feature))
    text = said.zh if language == "zh" else said.en
    return text.replace("-", _MINUS, 1) if number < 0 else text
