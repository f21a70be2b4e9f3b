import json
import logging
import sys

import pytest

from serving.app import create_app
from serving.request_log import REQUEST_ID, JsonLines
from serving.settings import Settings
from tests.serving.conftest import NOW, STRONG, served


def test_every_request_has_an_id_and_one_line_without_values(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "cargoworthy.requests")
    with served(create_app(settings, clock=lambda: NOW)) as client:
        named = client.get(f"/v1/scores/{STRONG}", headers={"X-Request-Id": "bank-17"})
        assert named.headers["x-request-id"] == "bank-17"
        own = client.get("/nowhere", headers={"X-Request-Id": 'a "b'})
        assert len(own.headers["x-request-id"]) == 32
    lines = [r for r in caplog.records if r.name == "cargoworthy.requests"]
    first, second = (record.fields for record in lines)  # type: ignore[attr-defined]
    assert first["route"] == "/v1/scores/{score_id}"
    assert (first["method"], first["status"], first["client"]) == ("GET", 404, "open")
    assert 0 < first["milliseconds"] < 60_000
    assert second["status"] == 404
    assert STRONG not in JsonLines().format(lines[0])


def test_a_line_is_json_and_names_its_request() -> None:
    before = REQUEST_ID.set("r-1")
    try:
        raise ValueError('two\nlines and "quotes"')
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "failed: %s", ("é",), sys.exc_info())
    text = JsonLines().format(record)
    REQUEST_ID.reset(before)
    assert "\n" not in text
    found = json.loads(text)
    assert (found["message"], found["level"], found["request_id"]) == ("failed: é", "error", "r-1")
    assert "two\nlines" in found["exception"]
    assert found["at"].endswith("+00:00")
