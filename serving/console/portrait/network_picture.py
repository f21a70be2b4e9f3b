"""A picture of an enterprise among those with whom it deals: kinds of parties, nobody named."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from serving.console.charts.svg import circle, number, svg, text

_WIDTH, _ROW, _TOP, _LINE = 440, 56, 8, 15
_CENTRE, _NODES, _WORDS, _APART = 34, 106, 200, 14
_DOTS = {"fewer than 5": 1, "5 to 9": 3, "10 to 24": 4, "25 to 49": 5, "50 or more": 6}
"""Dots that stand for a band: no count."""


@dataclass(frozen=True)
class Spoke:
    """One kind of parties.

    Attributes
    ----------
    title : str
    about : sequence of str
        What is told of them, line by line.
    count : str
        A band of :func:`serving.profiles.trade.partners`.
    rank : int or None
        Of the band of the amount; None where none is told.
    is_trade : bool
        Whether they are dealt with, or tied to.
    """

    title: str
    about: Sequence[str]
    count: str
    rank: int | None
    is_trade: bool


def network_picture(spokes: Sequence[Spoke], centre: str, title: str) -> Markup:
    """Draw the enterprise, and each kind of parties at the end of a line.

    The line is the stronger the higher the band of the amount, and broken where none is told.

    Parameters
    ----------
    spokes : sequence of Spoke
    centre : str
        What is written below the enterprise.
    title : str
        What the picture says in one sentence.
    """
    height = _TOP + max(len(spokes), 2) * _ROW
    middle = height / 2
    lines, ends = [], []
    for place, spoke in enumerate(spokes):
        y = _TOP + (place + 0.5) * _ROW
        kind = "trade" if spoke.is_trade else "tie"
        lines.append(_line(middle, y, spoke.rank, kind))
        ends += [
            circle(_NODES + dot * _APART, y, 7, f"node {kind}") for dot in range(dots(spoke.count))
        ]
        top = y + 4 - len(spoke.about) * _LINE / 2
        ends.append(text(_WORDS, top, spoke.title, "value"))
        ends += [
            text(_WORDS, top + (line + 1) * _LINE, said, "label")
            for line, said in enumerate(spoke.about)
        ]
    own = [
        circle(_CENTRE, middle, 17, "own"),
        text(_CENTRE, middle + 34, centre, "value", "middle"),
    ]
    return svg(_WIDTH, height, title, [*lines, *ends, *own], "network")


def dots(count: str) -> int:
    """How many dots stand for a band."""
    return _DOTS.get(count, 1)


def _line(start: float, end: float, rank: int | None, kind: str) -> Markup:
    bend = (_CENTRE + _NODES) / 2
    path = (
        f"M{_CENTRE} {number(start)} C{number(bend)} {number(start)} "
        f"{number(bend)} {number(end)} {_NODES} {number(end)}"
    )
    told = "untold" if rank is None else "told"
    return Markup('<path class="spoke {} {}" stroke-width="{}" d="{}"/>').format(
        kind, told, 1.5 if rank is None else 1 + rank, path
    )
