"""What tests of objections share: a service of their own, and how its facts are found."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving.app import create_app
from tests.serving.answers import ok
from tests.serving.conftest import NOW, World, served

Clock = list[int]


@pytest.fixture
def clock() -> Clock:
    """The service's clock; a test may turn it."""
    return [NOW]


@pytest.fixture
def desk(world: World, tmp_path: Path, clock: Clock) -> Iterator[httpx.Client]:
    """A service with an empty ledger, whose clock the test holds."""
    with served(create_app(world.settings(tmp_path / "ledger.db"), lambda: clock[0])) as client:
        yield client


def said(world: World, stream: str, who: str, **stated: Any) -> list[dict[str, Any]]:
    """Messages about an enterprise as they were handed in, the oldest first."""
    lines = (world.folder / "messages" / f"{stream}.ndjson").read_text().splitlines()
    every = map(json.loads, lines)
    return [m for m in every if m["enterprise_id"] == who and stated.items() <= m.items()]


def objecting(who: str, message_id: str, **stated: Any) -> dict[str, Any]:
    told = {"ground": "wrong_quantity", "text": "Eight pallets were left out."}
    return {"enterprise_id": who, "message_id": message_id, **told, **stated}


def lodged(client: httpx.Client, who: str, message_id: str, **stated: Any) -> dict[str, Any]:
    return ok(client.post("/v1/objections", json=objecting(who, message_id, **stated)))


def settled(client: httpx.Client, objection_id: str, outcome: str) -> dict[str, Any]:
    body = {"outcome": outcome, "text": "We looked at it again."}
    return ok(client.post(f"/v1/objections/{objection_id}/resolve", json=body))


Ask = Callable[[httpx.Client, str], dict[str, Any]]
