"""A model card as a part of a page: Markdown in, markup out, nothing in it runs."""

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_DEEPER = 2
"""Headings stand so many levels below the page's own."""


def rendered(card: str) -> Markup:
    """Render a card; HTML within it is shown as text."""
    reader = _reader()
    tokens = reader.parse(card)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + _DEEPER)}"
        if token.type == "table_open":
            token.attrSet("class", "list")
        if token.attrs.pop("style", None) == "text-align:right":  # no style may stand in a page
            token.attrSet("class", "num")
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 its own markup


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
