"""Which language is asked for, and that it is what is read, kept and given again."""

import re
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.language import language_of
from serving.ledger import Ledger
from serving.scores.asked import Asked
from serving.scores.document import InsufficientAnswer, ScoredAnswer
from serving.scores.part import Part
from serving.settings import Settings
from tests.serving.conftest import DORMANT, NEWCOMER, STRONG, UNKNOWN, WEAK

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOTH = (WEAK, STRONG, NEWCOMER, DORMANT, UNKNOWN)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("en", "en"),
        ("zh", "zh"),
        ("ZH-Hant-HK", "zh"),
        ("en-GB", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US, en ; q=0.9 , zh;q=1.0", "en"),
        ("en;q=0.5, zh;q=0.501", "zh"),
        ("zh;q=0.5,en;q=0.5", "zh"),
        ("zh;q=0.5, en;q=0.5, zh-TW;q=0.5", "zh"),
        ("fr, de;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=0, *", "en"),
        ("en;q=0, *;q=0.1", "zh"),
        ("en;q=0, zh;q=0", "en"),
        ("*;q=0.5, zh;q=0.4", "en"),
        ("zh-TW;q=0.2, zh-CN;q=0.8, en;q=0.5", "zh"),
        ("zh;q=1.001", "en"),
        ("zh;q=x", "en"),
        (";;;,,zh,", "zh"),
        ("zhang", "en"),
        ("a" * 10_000 + ", zh", "en"),
    ],
)
def test_the_language_that_a_header_likes_best(header: str | None, language: str) -> None:
    assert language_of(header) == language


@given(st.text(max_size=60))
def test_any_header_asks_for_one_of_the_two(header: str) -> None:
    assert language_of(header) in ("en", "zh")


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_greater_weight_decides(english: int, chinese: int) -> None:
    header = f"en;q={english / 1000:.3f}, zh;q={chinese / 1000:.3f}"
    assert language_of(header) == ("zh" if chinese > english else "en")


def _asked(client: httpx.Client, who: str, language: str, **headers: str) -> httpx.Response:
    headers["Accept-Language"] = language
    answer = client.post("/v1/scores", json={"enterprise_id": who}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def _said(part: Any) -> list[tuple[str, str, str]]:
    """All texts of a document in the asked language, each with what stands beside it."""
    if isinstance(part, list):
        return [one for item in part for one in _said(item)]
    if not isinstance(part, dict):
        return []
    own = [
        (part[name[:-3]], text, part[f"{name[:-3]}_zh"])
        for name, text in part.items()
        if name.endswith("_en")
    ]
    return own + [one for item in part.values() for one in _said(item)]


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.parametrize(("header", "language"), [("zh-CN", "zh"), ("en-GB,zh;q=0.2", "en")])
def test_an_answer_speaks_as_it_was_asked(
    client: httpx.Client, who: str, header: str, language: str
) -> None:
    answer = _asked(client, who, header)
    assert answer.headers["Content-Language"] == answer.json()["language"] == language
    assert answer.headers["Vary"] == "Accept-Language"
    kind = ScoredAnswer if answer.json()["status"] == "scored" else InsufficientAnswer
    kind.model_validate_json(answer.content)
    said = _said(answer.json())
    assert said
    for own, english, chinese in said:
        assert bool(CHINESE.search(own)) is (language == "zh"), own
        assert own.startswith(chinese if language == "zh" else english)


def test_who_asks_for_no_language_reads_english(client: httpx.Client) -> None:
    answer = client.post("/v1/scores", json={"enterprise_id": WEAK})
    assert (answer.headers["Content-Language"], answer.json()["language"]) == ("en", "en")


def test_only_what_is_said_differs_between_two_languages(client: httpx.Client) -> None:
    english, chinese = (_asked(client, WEAK, language).json() for language in ("en", "zh"))
    differing = {"score_id", "language"}
    assert _numbers({**english, **dict.fromkeys(differing)}) == _numbers(
        {**chinese, **dict.fromkeys(differing)}
    )


def _numbers(part: Any) -> Any:
    if isinstance(part, dict):
        plain = {f"{name[:-3]}" for name in part if name.endswith("_en")}
        return {name: _numbers(one) for name, one in part.items() if name not in plain}
    return [_numbers(one) for one in part] if isinstance(part, list) else part


@pytest.mark.parametrize("who", [WEAK, NEWCOMER])
def test_an_answer_is_given_again_and_replayed_in_its_language_whoever_asks(
    client: httpx.Client, who: str
) -> None:
    first = _asked(client, who, "zh")
    score_id = first.json()["score_id"]
    again = client.get(f"/v1/scores/{score_id}", headers={"Accept-Language": "en"})
    assert again.content == first.content
    assert again.headers["Content-Language"] == "zh"
    replayed = client.post(f"/v1/replays/{score_id}", headers={"Accept-Language": "en"})
    assert replayed.json()["identical"], replayed.json()["differences"]
    assert replayed.headers["Content-Language"] == "zh"


def test_a_key_belongs_to_the_language_too(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "language-1"}
    first = _asked(client, WEAK, "zh", **key)
    second = _asked(client, WEAK, "zh-TW", **key)
    assert second.content == first.content
    assert second.headers["Content-Language"] == "zh"
    assert second.headers["Idempotency-Replayed"] == "true"
    other = client.post("/v1/scores", json={"enterprise_id": WEAK}, headers=key)
    assert other.json()["type"].endswith("idempotency-key-reused")


def test_the_language_is_kept_with_what_was_asked_and_not_where_it_is_the_default(
    fresh: httpx.Client, settings: Settings
) -> None:
    ids = [_asked(fresh, WEAK, language).json()["score_id"] for language in ("zh", "en")]
    with Ledger.open(settings.ledger) as ledger:
        chinese, english = (ledger.entry(one) for one in ids)
    assert chinese is not None
    assert english is not None
    assert chinese.request == orjson.dumps({"enterprise_id": WEAK, "language": "zh"})
    assert english.request == orjson.dumps({"enterprise_id": WEAK})
    assert Asked.again(chinese).asker.language == "zh"
    assert Asked.again(english).asker.language == "en"


def test_a_batch_speaks_as_it_was_asked(client: httpx.Client) -> None:
    body = {"requests": [{"enterprise_id": WEAK}, {"enterprise_id": "123"}]}
    answer = client.post("/v1/scores:batch", json=body, headers={"Accept-Language": "zh"})
    assert answer.headers["Content-Language"] == "zh"
    scored, refused = answer.json()["outcomes"]
    assert scored["answer"]["language"] == "zh"
    assert CHINESE.search(refused["problem"]["title"])


def test_what_stands_in_both_languages_is_declared_in_the_asked_one_too() -> None:
    kinds = [Part]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        if kind.__module__ == "serving.scores.document":
            names = kind.model_fields
            for name in names:
                if name.endswith("_en"):
                    assert {name[:-3], f"{name[:-3]}_zh"} <= set(names), kind.__name__
