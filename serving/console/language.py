"""The pages' two languages: English stands in the code, Chinese in catalogues beside it.

``messages/zh.po`` has what all pages share, and each page's folder a ``zh.po`` of its own; they
are read when the console starts and make one catalogue. Nothing has to be compiled.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.requests import Request

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
COOKIE = "cargoworthy_language"
PARAMETER = "lang"
HERE = Path(__file__).parent


def mark(text: str) -> str:
    """Mark a text that is translated where it is shown; returns it as it is."""
    return text


def catalogues() -> tuple[Path, ...]:
    """All files of Chinese messages, the shared one first."""
    own = sorted(path for path in HERE.glob("*/zh.po") if path.parent.name != "messages")
    return (HERE / "messages" / "zh.po", *own)


def chinese() -> Catalog:
    """All Chinese messages in one catalogue."""
    joined = Catalog(locale="zh")
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                if message.id:
                    joined.add(message.id, message.string, context=message.context)
    return joined


@cache
def translations(language: Language) -> Translations:
    """Translations of a language; of English those that change nothing."""
    if language == "en":
        return Translations()
    file = BytesIO()
    write_mo(file, chinese())
    file.seek(0)
    return Translations(file)


def chosen(request: Request) -> Language:
    """The language of a request: as its address says, else as its cookie, else as its browser."""
    said = (request.query_params.get(PARAMETER), request.cookies.get(COOKIE))
    for text in said:
        for language in LANGUAGES:
            if text == language:
                return language
    wanted = request.headers.get("accept-language", "").lower()
    chinese_at, english_at = wanted.find("zh"), wanted.find("en")
    return "zh" if chinese_at >= 0 and (english_at < 0 or chinese_at < english_at) else "en"
