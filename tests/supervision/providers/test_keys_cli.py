"""The commands with which a provider signs and the port registers keys."""

import json
import stat
from pathlib import Path

import pytest

from supervision.errors import CargoworthyError, UsageError
from tests.supervision.facts import fact, write
from tests.supervision.test_cli import Shell, shell

__all__ = ["shell"]


@pytest.fixture
def key(shell: Shell) -> Path:
    """The private key of WH-1, whose public half is registered."""
    private, public = shell.folder / "wh-1.jwk", shell.folder / "wh-1.pub.jwk"
    public.write_text(shell.alone("record", "keys", "make", "--out", str(private)))
    shell.run("record", "keys", "add", "WH-1", "--key", str(public), "--by", "lin")
    return private


def test_a_signed_file_is_taken_in_as_signed(shell: Shell, key: Path) -> None:
    path = write(shell.folder / "custody.parquet", [fact("custody", 1)])
    for _ in range(2):  # once is enough
        shell.alone("record", "sign", str(path), "--key", str(key))
    assert len(path.with_name("custody.parquet.jws").read_text().splitlines()) == 1
    assert "signed by WH-1" in shell.run("ingest", str(path))


def test_a_file_that_was_changed_is_refused(shell: Shell, key: Path) -> None:
    path = write(shell.folder / "custody.ndjson", [fact("custody", 1)])
    shell.alone("record", "sign", str(path), "--key", str(key))
    write(path, [fact("custody", 2)])
    with pytest.raises(CargoworthyError, match="expected a signature of this file"):
        shell.run("ingest", str(path))


def test_a_private_key_is_its_owners_and_never_overwritten(shell: Shell, key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "d" in json.loads(key.read_text())
    assert "d" not in json.loads((shell.folder / "wh-1.pub.jwk").read_text())
    with pytest.raises(UsageError, match="a key is never overwritten"):
        shell.alone("record", "keys", "make", "--out", str(key))
    with pytest.raises(UsageError, match="found a private one"):
        shell.run("record", "keys", "add", "WH-2", "--key", str(key), "--by", "lin")


def test_keys_are_listed_and_withdrawn(shell: Shell, key: Path) -> None:
    (told,) = json.loads(shell.run("record", "keys", "list", "--format", "json"))
    assert (told["provider"], told["by"], told["withdrawn_at"]) == ("WH-1", "lin", None)
    shell.run("record", "keys", "withdraw", told["key_id"], "--by", "chen", "--reason", "lost")
    assert "lost" in shell.run("record", "keys", "list")
    path = write(shell.folder / "custody.parquet", [fact("custody", 1)])
    shell.alone("record", "sign", str(path), "--key", str(key))
    with pytest.raises(CargoworthyError, match="found a withdrawn one of WH-1"):
        shell.run("ingest", str(path))


def test_a_file_that_was_changed_can_be_signed_again(shell: Shell, key: Path) -> None:
    path = write(shell.folder / "custody.ndjson", [fact("custody", 1)])
    shell.alone("record", "sign", str(path), "--key", str(key))
    write(path, [fact("custody", 2)])
    shell.alone("record", "sign", str(path), "--key", str(key))
    assert "signed by WH-1" in shell.run("ingest", str(path))
