import base64
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from training.model.signature import is_signed, sign
from training.promotion.errors import PeopleError
from training.promotion.keys import make_key, public_key, read_key


def test_a_new_key_is_its_owners_alone_and_signs(tmp_path: Path) -> None:
    path = tmp_path / "li.pem"
    public = public_key(make_key(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    signature = sign(read_key(path), b"word")
    assert is_signed(public, b"word", signature)
    assert not is_signed(public, b"another word", signature)
    assert not is_signed(public_key(make_key(tmp_path / "other.pem")), b"word", signature)
    assert not is_signed(public, b"word", "no base64 !")
    assert not is_signed(public, b"word", "签名")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "li.pem"
    make_key(path)
    before = path.read_bytes()
    with pytest.raises(PeopleError, match="never overwritten"):
        make_key(path)
    assert path.read_bytes() == before


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "li.pem"
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(PeopleError, match="found mode 640"):
        read_key(path)


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match="no key at"):
        read_key(tmp_path / "none.pem")
    path = tmp_path / "x.pem"
    path.write_bytes(b"nothing")
    path.chmod(0o600)
    with pytest.raises(PeopleError, match="no private key in PEM form"):
        read_key(path)
    path.write_bytes(
        generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(PeopleError, match="expected an Ed25519 key"):
        read_key(path)


@pytest.mark.parametrize("text", ["", "abc", "A" * 43, "A" * 42 + "B=", " " + "A" * 43 + "="])
def test_a_public_key_has_one_spelling(text: str) -> None:
    # "AA...AB=" has bits beyond the 32 bytes set: lenient readers take it for "AA...AA=".
    public_key("A" * 43 + "=")
    with pytest.raises(PeopleError, match="32 bytes in base64"):
        public_key(text)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_finds_the_signature_valid(tmp_path: Path) -> None:
    path = tmp_path / "li.pem"
    make_key(path)
    (tmp_path / "word").write_bytes(b"word")
    (tmp_path / "signature").write_bytes(base64.b64decode(sign(read_key(path), b"word")))
    arguments = ["-rawin", "-inkey", "li.pem", "-in", "word", "-sigfile", "signature"]
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", *arguments], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
