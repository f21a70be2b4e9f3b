"""The two languages: every message is translated, none stands there for nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from serving.console.language import HERE, catalogues, chinese, translations
from tests.serving.conftest import STRONG
from tests.serving.console.conftest import case_path

KEYWORDS = {"mark": None, "say": None, "_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"encoding": "utf-8", "extensions": "jinja2.ext.do"}}
_PLACE = re.compile(r"%\(\w+\)s")


def written() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every message of the code and the templates, with the file that has it."""
    for found in extract_from_dir(HERE, METHODS, OPTIONS, KEYWORDS):
        yield str(found[0]), found[2]


def messages_of(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return list(read_po(file, locale="zh"))


def first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def test_every_message_is_translated() -> None:
    known = {first(message.id): message for message in chinese() if message.id}
    lacking = {(file, first(m)) for file, m in written() if first(m) not in known}
    assert not lacking
    for key, message in known.items():
        said = message.string if isinstance(message.string, str) else message.string[0]
        assert said, key
        assert set(_PLACE.findall(key)) == set(_PLACE.findall(said)), key


def test_no_translation_stands_there_for_nothing() -> None:
    used: dict[str, set[str]] = {}
    for file, message in written():
        used.setdefault(first(message), set()).add(str(Path(file).parent))
    for path in catalogues():
        home = path.parent.name
        for message in messages_of(path):
            if message.id:
                folders = used.get(first(message.id), set())
                assert folders, f"{path}: {message.id}"
                assert home == "messages" or home in folders, f"{path}: {message.id}"


def test_no_two_catalogues_say_different_things() -> None:
    told: dict[str, object] = {}
    for path in catalogues():
        for message in messages_of(path):
            if message.id:
                assert told.setdefault(first(message.id), message.string) == message.string


def test_plurals_are_told_in_both_languages() -> None:
    case = ("%(num)s case", "%(num)s cases")
    assert translations("zh").ngettext(*case, 2) == "%(num)s个案件"
    assert translations("en").ngettext(*case, 2) == "%(num)s cases"
    assert translations("en").ngettext(*case, 1) == "%(num)s case"


def test_the_language_is_chosen_kept_and_switched_on_the_same_page(officer: httpx.Client) -> None:
    officer.cookies.delete("cargoworthy_language")
    chinese_first = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    assert "待办" in officer.get("/console/worklist", headers=chinese_first).text
    assert 'lang="en"' in officer.get("/console/worklist").text
    page = officer.get(case_path(STRONG, score="x")).text
    switch = re.search(r'class="switch"[^>]*href="([^"]+)"', page)
    assert switch is not None
    target = switch[1].replace("&amp;", "&")
    assert target == case_path(STRONG, score="x", lang="zh")
    turned = officer.get(target)
    assert turned.headers["content-language"] == "zh"
    assert "评分原因" in turned.text
    assert "评分原因" in officer.get(case_path(STRONG)).text
    officer.get("/console/worklist", params={"lang": "en"})
    assert 'lang="en"' in officer.get("/console/worklist").text


def test_an_unknown_language_is_ignored(officer: httpx.Client) -> None:
    assert 'lang="en"' in officer.get("/console/worklist", params={"lang": "xx"}).text
