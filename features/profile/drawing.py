"""Small plots of one feature, as SVG that needs nothing else."""

from collections.abc import Sequence
from html import escape

from features.profile.measures import Bin, Histogram, Outcome, Point
from features.profile.words import day, number, percent

_WIDTH, _HEIGHT = 260, 128
_LEFT, _RIGHT, _TOP, _FOOT = 4, 256, 22, 108

Floats = Sequence[float]


def histogram(found: Histogram, unit: str) -> str:
    """Present values as bars, the reference's as a line of steps."""
    top = max(*found.current, *found.reference, 1e-12)
    count = len(found.current)
    step = (_RIGHT - _LEFT) / count
    bars = "".join(
        _bar(_LEFT + i * step, step, share / top, "present", percent(share))
        for i, share in enumerate(found.current)
        if share > 0
    )
    steps = ""
    if any(found.reference):
        path = [f"M{_LEFT} {_FOOT}"]
        for i, share in enumerate(found.reference):
            path.append(f"V{_at(share / top)}H{_LEFT + (i + 1) * step:.1f}")
        steps = f'<path class="reference" d="{"".join(path)}V{_FOOT}"/>'
    low, high = number(found.low, unit), number(found.high, unit)
    return _plot("values", percent(top), bars + steps, (low, high))


def missing(trend: Sequence[Point]) -> str:
    """Share of missing values at each as-of point, on a scale from 0 to 1."""
    step = (_RIGHT - _LEFT) / len(trend)
    bars = "".join(
        _bar(
            _LEFT + i * step,
            step,
            point.missing_share,
            "missing",
            f"{day(point.as_of)}: {percent(point.missing_share)}",
        )
        for i, point in enumerate(trend)
        if point.missing_share > 0
    )
    return _plot("missing, by as-of point", "100 %", bars, _ends(trend))


def median(trend: Sequence[Point], unit: str) -> str:
    """Median of the known values at each as-of point; a gap where there is none."""
    known = [point.median for point in trend if point.median is not None]
    if not known:
        return _plot("median, by as-of point", "", _said("no value"), _ends(trend))
    low, high = min(known), max(known)
    spread = high - low
    path, pen, dots = [], "M", []
    for i, point in enumerate(trend):
        if point.median is None:
            pen = "M"
            continue
        x = _LEFT + (i + 0.5) * (_RIGHT - _LEFT) / len(trend)
        y = _at(0.05 + 0.9 * (point.median - low) / spread if spread > 0 else 0.5)
        path.append(f"{pen}{x:.1f} {y}")
        told = f"{day(point.as_of)}: {number(point.median, unit)}"
        dots.append(f'<circle cx="{x:.1f}" cy="{y}" r="1.8"><title>{told}</title></circle>')
        pen = "L"
    line = f'<path class="median" d="{"".join(path)}"/>{"".join(dots)}'
    words = number(low, unit)
    if spread > 0:
        words = f"{words} to {number(high, unit)}"
    return _plot("median, by as-of point", words, line, _ends(trend))


def default_rate(outcome: Outcome, unit: str, direction: str) -> str:
    """Default rate of each bin, the mean as a broken line, missing values apart."""
    rates = [_rate(one) for one in outcome.bins]
    mean = outcome.defaults / outcome.rows
    top = max(*rates, mean)
    # A gap of half a bar keeps what is missing from looking like the highest bin.
    gap = 0.5 if outcome.bins[-1].missing else 0.0
    step = (_RIGHT - _LEFT) / (len(rates) + gap)
    parts = []
    for i, (one, rate) in enumerate(zip(outcome.bins, rates, strict=True)):
        x = _LEFT + (i + (gap if one.missing else 0.0)) * step
        told = f"{_range(one, unit)}: {percent(rate)}, {one.right:,} of {one.left + one.right:,}"
        kind = "missing" if one.missing else "bad"
        parts.append(_bar(x, step, rate / top, kind, told))
    line = _at(mean / top)
    parts.append(f'<path class="mean" d="M{_LEFT} {line}H{_RIGHT}"/>')
    last = "missing" if gap else "high"
    return _plot(f"default rate; risk {direction}", percent(top), "".join(parts), ("low", last))


def nothing(title: str, why: str) -> str:
    """A plot's place, where there is nothing to draw."""
    return _plot(title, "", _said(why), ("", ""))


def _plot(title: str, top: str, body: str, ends: tuple[str, str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<text class="name" x="{_LEFT}" y="12">{escape(title)}</text>'
        f'<text class="end" x="{_RIGHT}" y="12" text-anchor="end">{escape(top)}</text>'
        f'{body}<path class="axis" d="M{_LEFT} {_FOOT}H{_RIGHT}"/>'
        f'<text class="end" x="{_LEFT}" y="{_FOOT + 14}">{escape(ends[0])}</text>'
        f'<text class="end" x="{_RIGHT}" y="{_FOOT + 14}" text-anchor="end">{escape(ends[1])}'
        "</text></svg>"
    )


def _bar(x: float, step: float, height: float, kind: str, told: str) -> str:
    tall = max(height * (_FOOT - _TOP), 0.6)
    wide = max(step * 0.86, 0.8)
    return (
        f'<rect class="{kind}" x="{x + (step - wide) / 2:.1f}" y="{_FOOT - tall:.1f}" '
        f'width="{wide:.1f}" height="{tall:.1f}"><title>{escape(told)}</title></rect>'
    )


def _said(text: str) -> str:
    middle = (_LEFT + _RIGHT) / 2
    return f'<text class="none" x="{middle}" y="70" text-anchor="middle">{escape(text)}</text>'


def _at(height: float) -> str:
    return f"{_FOOT - height * (_FOOT - _TOP):.1f}"


def _ends(trend: Sequence[Point]) -> tuple[str, str]:
    return day(trend[0].as_of), day(trend[-1].as_of)


def _rate(one: Bin) -> float:
    rows = one.left + one.right
    return one.right / rows if rows else 0.0


def _range(one: Bin, unit: str) -> str:
    if one.missing:
        return "missing"
    if one.low is None:
        return "all" if one.high is None else f"up to {number(one.high, unit)}"
    if one.high is None:
        return f"above {number(one.low, unit)}"
    return f"{number(one.low, unit)} to {number(one.high, unit)}"
