"""An answer of an older form, and the same reckoned now."""

from typing import Any

import httpx
import orjson
import pytest

from serving.ledger import Ledger
from serving.scores.document import VERSION
from serving.scores.forms import in_form
from serving.settings import Settings
from tests.serving.conftest import DORMANT, NEWCOMER, STRONG, UNKNOWN, WEAK, World
from tests.serving.test_replays import kept
from tests.serving.test_scores import ask

ADDED = {
    "language", "title", "text", "cure", "assumed", "binding_text", "usual", "score_range",
    "held_by", "sources", "late_streams", "disputed", "pd_interval",
}  # fmt: skip
"""Fields that later versions have and version 2 had nowhere."""
TOP = {
    "answered_at", "as_of", "catalogue_hash", "client_reference", "consent_id", "data_depth",
    "enterprise_id", "model", "newest_message", "policy", "record_position", "score_id", "status",
    "version",
}  # fmt: skip
SCORED = TOP | {
    "base_micro_points", "base_points", "default_in_force", "grade", "graded_by", "limit",
    "model_pd", "pd", "pd_through_the_cycle", "points", "reasons", "score", "score_micro_points",
}  # fmt: skip


def names(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(names, part))
    if not isinstance(part, dict):
        return set()
    own = {name: value for name, value in part.items() if name != "streams"}
    return set(own).union(*map(names, own.values()))


@pytest.mark.parametrize("who", [WEAK, STRONG, NEWCOMER, DORMANT, UNKNOWN])
def test_version_2_has_its_fields_and_no_others(client: httpx.Client, who: str) -> None:
    newest = ask(client, who)
    older = orjson.loads(in_form(orjson.dumps(newest), 2))
    assert older["version"] == 2
    assert set(older) == (SCORED if newest["status"] == "scored" else TOP | {"causes", "missing"})
    assert not names(older) & ADDED
    assert set(older["data_depth"]) == {
        "days_on_record", "features_missing", "messages", "recent_streams", "streams",
    }  # fmt: skip
    assert older["data_depth"]["streams"] == newest["data_depth"]["streams"]
    for name in set(older) - {"version"}:
        _within(older[name], newest[name])


@pytest.mark.parametrize("who", [WEAK, UNKNOWN])
def test_version_3_lacks_the_interval_alone(client: httpx.Client, who: str) -> None:
    newest = ask(client, who)
    older = orjson.loads(in_form(orjson.dumps(newest), 3))
    assert older.pop("version") == 3
    assert older == {k: v for k, v in newest.items() if k not in ("version", "pd_interval")}
    assert ("pd_interval" in newest) == (newest["status"] == "scored")


def _within(older: Any, newest: Any) -> None:
    """What stayed is what it was."""
    if isinstance(older, dict):
        for name, value in older.items():
            _within(value, newest[name])
    elif isinstance(older, list):
        assert len(older) == len(newest)
        for one, other in zip(older, newest, strict=True):
            _within(one, other)
    else:
        assert older == newest


def test_the_newest_form_is_left_as_it_is() -> None:
    assert in_form(b'{"anything": 1}', VERSION) == b'{"anything": 1}'


def test_an_answer_of_version_2_is_replayed_byte_for_byte(
    fresh: httpx.Client, settings: Settings, world: World
) -> None:
    entry = kept(settings, ask(fresh, WEAK)["score_id"])
    stated = {**orjson.loads(entry.document), "score_id": "of-version-2"}
    document = in_form(orjson.dumps(stated), 2)
    older = type(entry)(**{**vars(entry), "score_id": "of-version-2", "document": document})
    with Ledger.open(settings.ledger) as ledger:
        ledger.append(older)
    again = fresh.post("/v1/replays/of-version-2")
    assert again.json()["identical"], again.json()["differences"]
    assert document in again.content
    read = fresh.get("/v1/scores/of-version-2")
    assert read.content == document
    assert read.headers["Content-Language"] == "en, zh"
