"""What arrived, as it came: files kept under the SHA-256 of their content, before any judgement."""

import fcntl
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20
_INCOMING = "incoming-"


@dataclass(frozen=True)
class Archived:
    """A file of the archive.

    Attributes
    ----------
    digest : str
        SHA-256 of the content, hexadecimal.
    path : Path
        Where the archive keeps it.
    size : int
        Bytes.
    """

    digest: str
    path: Path
    size: int


@dataclass(frozen=True)
class Archive:
    """A folder of contents, each named by its SHA-256 under a folder of its first two digits."""

    folder: Path

    def put(self, source: BinaryIO) -> Archived:
        """Keep a content. It stands under its final name only when it is whole and on the disk.

        Parameters
        ----------
        source : binary file
            Read once, block by block.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        handle, name = tempfile.mkstemp(prefix=_INCOMING, dir=self.folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                fcntl.flock(copy, fcntl.LOCK_EX)
                while block := source.read(_BLOCK):
                    digest.update(block)
                    copy.write(block)
                    size += len(block)
                copy.flush()
                os.fsync(copy.fileno())
                final = self.path_of(digest.hexdigest())
                # Also where it stands there already: what is read next is what just came.
                final.parent.mkdir(exist_ok=True)
                temporary.chmod(0o444)
                temporary.replace(final)
                _sync_folder(final.parent)
                _sync_folder(self.folder)
        finally:
            temporary.unlink(missing_ok=True)
        return Archived(digest.hexdigest(), final, size)

    def clear(self) -> None:
        """Remove what killed processes left half copied; what is being copied now is locked."""
        for left in self.folder.glob(f"{_INCOMING}*"):
            with left.open("rb") as copy:
                try:
                    fcntl.flock(copy, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                left.unlink(missing_ok=True)

    def path_of(self, digest: str) -> Path:
        """Where the content of this SHA-256 is kept, whether or not it is there."""
        return self.folder / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
