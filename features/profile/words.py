"""Words: how a profile's numbers are written for people."""

from features.calendar import show_time
from features.profile.measures import Flag, Verdict

DIRECTIONS = {-1: "falls", 0: "either way", 1: "rises"}
"""How risk moves as the value grows."""

VERDICTS: dict[Verdict, str] = {
    "agrees": "agrees",
    "against": "AGAINST",
    "unclear": "unclear",
    "free": "free",
}

FLAGS: dict[Flag, str] = {
    "all missing": "no row has a value",
    "constant": "one value only",
    "changed": "PSI at least 0.25",
    "watch": "PSI from 0.10 to 0.25",
    "against its direction": "default rate moves against the declared direction",
}

_SCALES = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def number(value: float | None, unit: str) -> str:
    """Write a value in its unit: money in yuan, shares in per cent."""
    if value is None:
        return "–"
    if unit in ("share", "rate"):
        return f"{100.0 * value:.3g} %"
    if unit == "fen":
        return f"¥{_short(value / 100.0)}"
    return _short(value)


def percent(share: float) -> str:
    """Write a share; what is not quite 0 or 1 is not written as if it were."""
    if 0.0 < share < 0.001:
        return "<0.1 %"
    if 0.999 < share < 1.0:
        return ">99.9 %"
    return f"{100.0 * share:.1f} %"


def day(as_of: int) -> str:
    """Date at the port of an as-of point."""
    return show_time(as_of)[:10]


def _short(value: float) -> str:
    for scale, letter in _SCALES:
        if abs(value) >= (scale if scale > 1e3 else 1e4):
            return f"{value / scale:.3g}{letter}"
    if abs(value) >= 100.0 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
