"""The archive of what arrived."""

import hashlib
import io
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
