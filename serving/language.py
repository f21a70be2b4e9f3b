"""The language of an answer: English or Chinese, as ``Accept-Language`` asks (RFC 9110, 12.5.4).

A language range asks for a language with all its regions and scripts (RFC 4647, basic filtering):
``zh``, ``zh-CN`` and ``zh-Hans-CN`` are Chinese, ``en-GB`` is English. Who asks for neither, or
says nothing, reads English.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, get_args

from features.feature import Phrase

Language = Literal["en", "zh"]
DEFAULT: Final[Language] = "en"
BOTH = "en, zh"
"""``Content-Language`` of an answer whose texts are all in both."""
LONGEST = 500
"""Characters of the header that are looked at."""
_RANGE = re.compile(
    r"[ \t]*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)[ \t]*"
    r"(?:;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*)?",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=256)
def language_of(header: str | None) -> Language:
    """Choose the language that a header likes best; among equals, the one that it names first.

    Examples
    --------
    >>> language_of("zh-CN,zh;q=0.9,en;q=0.8")
    'zh'
    >>> language_of("fr, en;q=0.2, zh;q=0.7")
    'zh'
    >>> language_of("zh;q=0, *")
    'en'
    """
    liked: dict[str, tuple[float, int]] = {}
    for place, part in enumerate((header or "")[:LONGEST].split(",")):
        found = _RANGE.fullmatch(part)
        if found is not None:
            primary = found[1].partition("-")[0].lower()
            known = liked.get(primary)
            weight = 1.0 if found[2] is None else float(found[2])
            if known is None or weight > known[0]:
                liked[primary] = weight, -place
    order = {name: liked.get(name) or _of_any(liked) for name in get_args(Language)}
    best: Language = max(get_args(Language), key=lambda name: order[name])
    return best if order[best][0] > 0 else DEFAULT


def _of_any(liked: Mapping[str, tuple[float, int]]) -> tuple[float, int]:
    """Weight of a language that is not named: that of ``*``, after all that are."""
    weight, _ = liked.get("*", (0.0, 0))
    return weight, -LONGEST


def spoken(phrase: Phrase, language: Language) -> str:
    """A phrase in a language."""
    return phrase.en if language == "en" else phrase.zh
