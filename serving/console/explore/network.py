"""The network around an enterprise: the drawing's own spokes, laid out on a ring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from serving.console.language import mark
from serving.console.portrait.network_picture import Spoke, dots

Say = Callable[[str], str]
Place = tuple[float, float]
_APART = 0.11
"""From one dot to the next, where the ring is one away."""


@dataclass(frozen=True)
class Party:
    """All parties of one kind.

    Attributes
    ----------
    title : str
    about : tuple of str
        How many as a band, then what else the drawing tells; line by line, for hovering.
    colour : str
        As a variable of the style.
    place : (float, float)
        Of its middle; the enterprise is at (0, 0), the ring one away.
    dots : tuple of (float, float)
        They stand for a band, not a number.
    width : float
        Of the line to the enterprise, in pixels.
    told : bool
        Whether an amount is; else the line is broken.
    """

    title: str
    about: tuple[str, ...]
    colour: str
    place: Place
    dots: tuple[Place, ...]
    width: float
    told: bool


@dataclass(frozen=True)
class NetworkFigure:
    """All that is drawn.

    Attributes
    ----------
    title : str
        What the figure says in one sentence.
    centre : str
        What is written at the enterprise.
    parties : tuple of Party
    """

    title: str
    centre: str
    parties: tuple[Party, ...]


def network_figure(spokes: Sequence[Spoke], say: Say) -> NetworkFigure:
    """Lay the spokes of the drawing out around the enterprise, clockwise from the top."""
    parties = tuple(_party(spoke, n / len(spokes)) for n, spoke in enumerate(spokes))
    return NetworkFigure(say(_TITLE), say("Enterprise"), parties)


_TITLE = mark("The enterprise and the kinds of parties around it")


def _party(spoke: Spoke, turn: float) -> Party:
    angle = pi / 2 - 2 * pi * turn
    x, y = cos(angle), sin(angle)
    return Party(
        spoke.title,
        tuple(part for line in spoke.about for part in line.split(" · ")),
        "marked" if spoke.is_trade else "costs",
        _rounded(x, y),
        _cluster(x, y, dots(spoke.count)),
        1.5 if spoke.rank is None else 1.0 + spoke.rank,
        spoke.rank is not None,
    )


def _cluster(x: float, y: float, number: int) -> tuple[Place, ...]:
    """Dots at the corners of a polygon, the first on top; one alone is in the middle."""
    away = 0.0 if number == 1 else _APART / (2 * sin(pi / number))
    angles = [pi / 2 + 2 * pi * n / number for n in range(number)]
    return tuple(_rounded(x + away * cos(a), y + away * sin(a)) for a in angles)


def _rounded(x: float, y: float) -> Place:
    return round(x, 3), round(y, 3)
