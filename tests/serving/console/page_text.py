"""What a page says."""

import re
from html import unescape


def words(page: str) -> str:
    """The text of a page without its marks, each gap a single space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
