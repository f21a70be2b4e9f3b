import json
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from serving.access.errors import MalformedKey
from serving.access.keys import RemoteKeys, create, load, public_keys
from supervision.errors import UsageError


def jwks(*keys: ECKey | OKPKey | RSAKey | OctKey, private: bool = False) -> str:
    return json.dumps(KeySet(list(keys)).as_dict(private=private))


def test_the_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create(tmp_path / "var" / "key.json")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "var" / "key.json").stat().st_mode) == 0o600
    assert len(load(tmp_path / "var" / "key.json").keys) == 1


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create(tmp_path / "key.json")
    (tmp_path / "key.json").chmod(0o640)
    with pytest.raises(MalformedKey, match="chmod 600"):
        load(tmp_path / "key.json")


def test_a_key_file_is_not_overwritten_but_rotated(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    create(path)
    first = load(path).keys[0].kid
    with pytest.raises(UsageError, match="--rotate"):
        create(path)
    create(path, rotate=True)
    second = load(path)
    assert second.keys[0].kid != first
    assert second.keys[1].kid == first
    create(path, rotate=True)
    assert [key.kid for key in load(path).keys[1:]] == [second.keys[0].kid]


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"keys": []}', '{"keys": [{}]}', "1"])
def test_what_is_no_key_set_is_told(text: str) -> None:
    with pytest.raises(MalformedKey):
        public_keys(text)


def test_only_public_halves_are_taken() -> None:
    pairs = [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")]
    assert '"d"' not in json.dumps(public_keys(jwks(*pairs)))
    for pair in pairs:
        with pytest.raises(MalformedKey, match="secret one"):
            public_keys(jwks(pair, private=True))
    with pytest.raises(MalformedKey, match="secret one"):
        public_keys(jwks(OctKey.generate_key(256), private=True))


def test_keys_of_another_issuer_are_read_again_when_a_new_one_signs(tmp_path: Path) -> None:
    first, second = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    path, now = tmp_path / "jwks.json", [0.0]
    path.write_text(jwks(first))
    keys = RemoteKeys(str(path), lambda: now[0])
    assert [key.kid for key in keys(None)] == [first.thumbprint()]
    path.write_text(jwks(first, second))
    assert len(keys(second.thumbprint()).keys) == 1, "at most once in half a minute"
    now[0] = 31
    assert len(keys(first.thumbprint()).keys) == 1, "a known key asks nobody"
    assert len(keys(second.thumbprint()).keys) == 2
    path.unlink()
    now[0] = 1_000
    assert len(keys(None).keys) == 2, "an issuer that is away ends nothing"


@pytest.mark.parametrize("host", ["issuer.example", "127.0.0.1.issuer.example", "10.0.0.1"])
def test_keys_that_come_unprotected_are_refused(host: str) -> None:
    with pytest.raises(UsageError, match="https"):
        RemoteKeys(f"http://{host}/jwks.json")


class Publisher(BaseHTTPRequestHandler):
    """Gives the keys at /jwks.json, and leads from /moved to an unprotected place."""

    body = b""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header(
                "Location", f"http://127.0.0.2:{self.server.server_address[1]}/jwks.json"
            )
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_keys_are_read_from_an_address_and_not_from_where_it_leads() -> None:
    Publisher.body = jwks(ECKey.generate_key("P-256")).encode()
    with ThreadingHTTPServer(("0.0.0.0", 0), Publisher) as server:  # noqa: S104 loopback has two
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        assert len(RemoteKeys(f"{address}/jwks.json")(None).keys) == 1
        with pytest.raises(MalformedKey, match="unprotected"):
            RemoteKeys(f"{address}/moved")(None)
        server.shutdown()


def test_an_issuer_that_never_answered_is_told(tmp_path: Path) -> None:
    with pytest.raises(MalformedKey, match="--jwks"):
        RemoteKeys(str(tmp_path / "none.json"))(None)
