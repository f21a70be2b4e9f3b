"""Amounts of money: whole yuan with separators, or in units of ten thousand (万元)."""

FEN = 100
_WAN = 10_000
_MINUS = "−"


def yuan(fen: int | None) -> str:
    """Whole yuan.

    Examples
    --------
    >>> yuan(285_900_049), yuan(-150), yuan(None)
    ('¥2,859,000', '−¥2', '–')
    """
    if fen is None:
        return "–"
    return f"{_MINUS if fen < 0 else ''}¥{_rounded(abs(fen), FEN):,}"


def wan(fen: int | None) -> str:
    """Units of ten thousand yuan with two decimals, as a bank's papers state them.

    Examples
    --------
    >>> wan(285_900_000), wan(123_456_789_000)
    ('285.90', '123,456.79')
    """
    if fen is None:
        return "–"
    hundredths = _rounded(abs(fen), FEN * _WAN // 100)
    return f"{_MINUS if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def short(fen: int | None, language: str) -> str:
    """For a narrow place: millions in English, 万 and 亿 in Chinese.

    Examples
    --------
    >>> short(285_900_000, "en"), short(285_900_000, "zh"), short(70_000, "en")
    ('¥2.86m', '285.9万', '¥700')
    """
    if fen is None:
        return "–"
    whole = abs(fen) / FEN
    sign = _MINUS if fen < 0 else ""
    if language == "zh":
        if whole >= 100_000_000:
            return f"{sign}{whole / 100_000_000:,.2f}亿"
        return f"{sign}{whole / _WAN:,.1f}万" if whole >= _WAN else f"{sign}{whole:,.0f}元"
    if whole >= 1_000_000:
        return f"{sign}¥{whole / 1_000_000:,.2f}m"
    return f"{sign}¥{whole / 1_000:,.0f}k" if whole >= 1_000 else f"{sign}¥{whole:,.0f}"


def _rounded(value: int, unit: int) -> int:
    return (value + unit // 2) // unit
