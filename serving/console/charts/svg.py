"""The frame of a chart: an SVG element that a screen reader reads as one picture."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def svg(width: int, height: int, title: str, parts: Iterable[Markup], kind: str) -> Markup:
    """Put a chart's parts into their frame.

    Parameters
    ----------
    width, height : int
        Of the drawing's own units; the page scales it.
    title : str
        What the chart says in one sentence; empty where the text beside it says the same.
    parts : iterable of Markup
    kind : str
        Class of the chart.
    """
    hidden = Markup('aria-hidden="true"')
    named = Markup('role="img" aria-label="{}"').format(title) if title else hidden
    return Markup('<svg class="chart {}" viewBox="0 0 {} {}" {}>{}</svg>').format(
        kind, width, height, named, Markup("").join(parts)
    )


def rect(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    """A filled rectangle."""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>').format(
        kind, number(x), number(y), number(max(width, 0)), number(max(height, 0))
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A straight line."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, number(x1), number(y1), number(x2), number(y2)
    )


def text(x: float, y: float, said: object, kind: str = "", anchor: str = "start") -> Markup:
    """A line of text."""
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        kind, number(x), number(y), anchor, escape(said)
    )


def circle(x: float, y: float, radius: float, kind: str, hint: str = "") -> Markup:
    """A filled dot; its hint shows on hover."""
    told = Markup("<title>{}</title>").format(hint) if hint else Markup("")
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>').format(
        kind, number(x), number(y), number(radius), told
    )


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
