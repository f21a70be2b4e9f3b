"""What a page carries beside a drawing that can be explored."""

from dataclasses import dataclass
from typing import Literal

import orjson
from markupsafe import Markup

from serving.console.explore.library import library
from serving.console.explore.network import NetworkFigure
from serving.console.explore.timeline import TimelineFigure
from serving.console.visit import Visit

Kind = Literal["timeline", "network"]
_SIGNS = {b"<": b"\\u003c", b">": b"\\u003e", b"&": b"\\u0026"}
"""What could end a script element or begin a comment in it, as JSON may write it instead."""


@dataclass(frozen=True)
class Explored:
    """A figure's data and the address of the library that draws them.

    Attributes
    ----------
    kind : str
        By which ``static/explore.js`` knows how to draw it.
    title : str
        What the figure says in one sentence.
    library : str
        Address of the library.
    data : Markup
        JSON, safe within a script element.
    """

    kind: Kind
    title: str
    library: str
    data: Markup


def explored(visit: Visit, kind: Kind, figure: TimelineFigure | NetworkFigure) -> Explored | None:
    """Put a figure beside a drawing; None where the library is not installed."""
    found = library()
    if found is None:
        return None
    return Explored(kind, figure.title, visit.url("library", v=found.version), embedded(figure))


def embedded(told: object) -> Markup:
    r"""JSON that can stand within a script element, whatever its texts say.

    Examples
    --------
    >>> print(embedded({"said": "</script><!-- &"}))
    {"said":"\u003c/script\u003e\u003c!-- \u0026"}
    """
    text = orjson.dumps(told)
    for sign, written in _SIGNS.items():
        text = text.replace(sign, written)
    return Markup(text.decode())  # noqa: S704 - no sign of HTML is left in it
