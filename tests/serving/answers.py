"""What tests ask the service for, where it must answer."""

from typing import Any

import httpx
import sqlalchemy as sa

from serving.instants import text_of
from supervision.database import engine_of
from tests.serving.conftest import AS_OF


def ok(answer: httpx.Response) -> dict[str, Any]:
    """What was answered."""
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def score(client: httpx.Client, who: str, **stated: Any) -> dict[str, Any]:
    """Score an enterprise."""
    return ok(client.post("/v1/scores", json={"enterprise_id": who, **stated}))


def score_at(client: httpx.Client, who: str, as_of: int = AS_OF) -> dict[str, Any]:
    """Score an enterprise as of a time, UTC microseconds."""
    return score(client, who, as_of=text_of(as_of))


def profile(client: httpx.Client, who: str, as_of: int = AS_OF) -> dict[str, Any]:
    """Draw an enterprise's portrait as of a time, UTC microseconds."""
    path = f"/v1/enterprises/{who}/profile"
    return ok(client.get(path, params={"as_of": text_of(as_of)}))


def rows_of(ledger: str, query: str) -> list[Any]:
    """Rows of a ledger, read beside the service."""
    engine = engine_of(ledger)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found
