"""Words: how the report writes figures, verdicts and months, in English and in Chinese."""

from training.validation.check import Check, Verdict

VERDICTS_ZH: dict[Verdict, str] = {
    "red": "红色",
    "amber": "黄色",
    "green": "绿色",
    "not applicable": "不适用",
}

_TINY, _SMALL, _LARGE = 1e-4, 1e-3, 1e4


def number(value: float | None) -> str:
    """Write a figure or a bound shortly; none is a dash."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < _LARGE:
        return f"{value:.0f}"
    if _TINY <= abs(value) < _SMALL:
        return f"{value:.5f}"
    if abs(value) < _SMALL or abs(value) >= _LARGE:
        return f"{value:.1e}"
    return f"{value:.3f}"


def bounds(check: Check) -> str:
    """Write from where a check is amber and red."""
    asked = check.standard
    sign = ">" if asked.worse == "above" else "<"
    said = [
        f"{name} {sign} {bound:g}"
        for name, bound in (("amber", asked.amber), ("red", asked.red))
        if bound is not None and not (name == "amber" and asked.amber == asked.red)
    ]
    return ", ".join(said) or "none"


def month_zh(month: str) -> str:
    """Write a month such as 2021-06 as 2021年6月."""
    year, number_ = month.split("-")
    return f"{year}年{int(number_)}月"
