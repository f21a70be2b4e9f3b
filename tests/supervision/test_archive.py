"""The archive of what arrived."""

import fcntl
import hashlib
import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.archive import Archive


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=5000))
def test_a_content_is_kept_under_its_sha256(tmp_path_factory: pytest.TempPathFactory, content):
    archive = Archive(tmp_path_factory.mktemp("archive"))
    kept = archive.put(io.BytesIO(content))
    assert kept.digest == hashlib.sha256(content).hexdigest()
    assert kept.path.read_bytes() == content
    assert kept.size == len(content)
    assert archive.path_of(kept.digest) == kept.path


def test_the_same_content_is_kept_once(tmp_path: Path):
    archive = Archive(tmp_path / "archive")
    first, second = archive.put(io.BytesIO(b"a")), archive.put(io.BytesIO(b"a"))
    assert first == second
    assert [p for p in archive.folder.rglob("*") if p.is_file()] == [first.path]


class Torn(io.BytesIO):
    """A source that breaks off after its first block."""

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size)
        if not block:
            raise OSError("torn off")
        return block


def test_a_content_that_breaks_off_is_not_kept(tmp_path: Path):
    archive = Archive(tmp_path / "archive")
    with pytest.raises(OSError, match="torn off"):
        archive.put(Torn(b"half"))
    assert list(archive.folder.rglob("*")) == []


def test_what_is_kept_cannot_be_written_over(tmp_path: Path):
    kept = Archive(tmp_path / "archive").put(io.BytesIO(b"a"))
    assert kept.path.stat().st_mode & 0o222 == 0


def test_what_a_killed_process_left_is_removed_and_what_is_being_copied_is_not(tmp_path: Path):
    archive = Archive(tmp_path / "archive")
    kept = archive.put(io.BytesIO(b"a"))
    left, copied = archive.folder / "incoming-left", archive.folder / "incoming-copied"
    left.write_bytes(b"half")
    with copied.open("wb") as copy:
        fcntl.flock(copy, fcntl.LOCK_EX)
        archive.clear()
    assert sorted(p for p in archive.folder.rglob("*") if p.is_file()) == sorted(
        [kept.path, copied]
    )


def test_an_archive_that_is_not_there_yet_has_nothing_to_clear(tmp_path: Path):
    Archive(tmp_path / "archive").clear()
    assert not (tmp_path / "archive").exists()


def test_the_folders_that_name_a_new_content_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    synced: set[int] = set()
    really = os.fsync

    def noted(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        really(handle)

    monkeypatch.setattr(os, "fsync", noted)
    archive = Archive(tmp_path / "archive")
    path = archive.put(io.BytesIO(b"a")).path
    assert {p.stat().st_ino for p in (path, path.parent, archive.folder)} <= synced
