"""A real receiver of events, which does as it is told: answers, refuses, hangs, breaks off."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from serving.app import create_app
from serving.settings import Settings
from serving.state import wall_clock
from serving.webhooks.settings import WebhookSettings
from tests.serving.answers import ok, rows_of, score
from tests.serving.conftest import DEFAULTED, World, served

BEFORE, AFTER = "2022-12-01T00:00:00+08:00", "2023-01-01T00:00:00+08:00"
"""Before and after the default of one enterprise came into force."""
QUICK: dict[str, Any] = {"first_delay_seconds": 0.05, "longest_delay_seconds": 0.4}


@dataclass(frozen=True)
class Received:
    """One request, and how it was answered."""

    headers: dict[str, str]
    body: bytes
    status: int | str

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """A server of HTTP on this machine; ``plan`` says how it answers, 204 once it is used up."""

    plan: list[int | str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    url: str = ""
    let_go: threading.Event = field(default_factory=threading.Event)

    def accepted(self) -> list[Received]:
        return [each for each in self.received if each.status == 204]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        receiver = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = receiver.plan.pop(0) if receiver.plan else 204
        receiver.received.append(Received(headers, body, status))
        self.close_connection = True
        if status == "hang":
            receiver.let_go.wait(30)
        elif status == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not receiver.let_go.wait(0.05):
                try:
                    self.wfile.write(b"x")
                    self.wfile.flush()
                except OSError:
                    return
        elif status == "nonsense":
            self.wfile.write(b"what?\r\n\r\n")
        elif isinstance(status, int):
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            if status == 302:
                self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def receiving(*plan: int | str) -> Iterator[Receiver]:
    found = Receiver(list(plan))
    handler = type("Handler", (_Handler,), {"receiver": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/events?from=port"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def signed_right(each: Received, secret: str) -> bool:
    """Whether a request is signed as the standard says; reckoned here from the standard alone."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{each.headers['webhook-id']}.{each.headers['webhook-timestamp']}.".encode()
    expected = hmac.new(key, signed + each.body, hashlib.sha256).digest()
    return each.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


@dataclass
class Bank:
    """A service that delivers, asked by one bank."""

    client: httpx.Client
    settings: Settings

    def register(self, url: str, *events: str) -> Any:
        body: dict[str, Any] = {"url": url}
        if events:
            body["events"] = list(events)
        return ok(self.client.post("/v1/webhooks", json=body))

    def score(self, who: str = DEFAULTED, as_of: str = AFTER) -> Any:
        return score(self.client, who, as_of=as_of)

    def fall(self, who: str = DEFAULTED) -> tuple[Any, Any]:
        """Two scores of one enterprise, the second after its default."""
        return self.score(who, BEFORE), self.score(who, AFTER)

    def deliveries(self, webhook_id: str) -> Any:
        return self.client.get(f"/v1/webhooks/{webhook_id}/deliveries").json()["deliveries"]

    def rows(self, query: str) -> list[Any]:
        return rows_of(self.settings.ledger, query)


def settings_of(world: World, folder: Path, **changed: Any) -> Settings:
    stated = WebhookSettings(key=folder / "webhooks.json", **{**QUICK, **changed})
    return world.settings(folder / "ledger.db", webhooks=stated)


@contextmanager
def opened(settings: Settings) -> Iterator[Bank]:
    with served(create_app(settings, clock=wall_clock)) as client:
        yield Bank(client, settings)


@pytest.fixture
def bank(world: World, tmp_path: Path) -> Iterator[Bank]:
    with opened(settings_of(world, tmp_path, patience_seconds=1.0)) as found:
        yield found
