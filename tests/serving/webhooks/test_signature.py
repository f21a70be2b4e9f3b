"""Signatures against the standard, and secrets that only their key opens."""

import base64
import hashlib
import hmac
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.webhooks.errors import MalformedSealingKey
from serving.webhooks.signature import Sealing, new_secret, signature


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The example that the standard's libraries test themselves with."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(0, 2**40), st.uuids())
def test_a_signature_is_hmac_over_id_time_and_body(body: bytes, at: int, event: object) -> None:
    secret = new_secret()
    key = base64.b64decode(secret[6:])
    assert len(key) == 32
    signed = str(event).encode() + b"." + str(at).encode() + b"." + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert signature(secret, str(event), at, body) == f"v1,{expected}"


def test_what_is_sealed_is_opened_by_its_key_alone(tmp_path: Path) -> None:
    sealing, secret = Sealing(tmp_path / "a" / "key.json"), new_secret()
    sealed = sealing.seal(secret)
    assert secret not in sealed
    assert sealing.seal(secret) != sealed
    assert sealing.open(sealed) == Sealing(tmp_path / "a" / "key.json").open(sealed) == secret
    other = Sealing(tmp_path / "b.json")
    with pytest.raises(MalformedSealingKey):
        other.open(sealed)
    other.seal(secret)
    with pytest.raises(MalformedSealingKey):
        other.open(sealed)
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(MalformedSealingKey):
        other.seal(secret)


def test_keys_that_are_made_at_once_are_one(tmp_path: Path) -> None:
    path, sealed, barrier = tmp_path / "key.json", [], threading.Barrier(8)

    def seal() -> None:
        barrier.wait(10)
        sealed.append(Sealing(path).seal("whsec_x"))

    threads = [threading.Thread(target=seal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert {Sealing(path).open(each) for each in sealed} == {"whsec_x"}
    assert [each.name for each in tmp_path.iterdir()] == ["key.json"]
