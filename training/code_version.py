"""The version of the code that trains: what the checkout says, and what its files hash to."""

import hashlib
from pathlib import Path

ROOMS = ("supervision", "features", "training")
UNKNOWN = "unknown"


def source_hash(root: Path) -> str:
    """SHA-256 over the Python files of the rooms that a model depends on, hexadecimal.

    Parameters
    ----------
    root : Path
        Folder of the rooms.
    """
    digest = hashlib.sha256()
    for path in sorted(p for room in ROOMS for p in (root / room).rglob("*.py")):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def commit(root: Path) -> str:
    """Commit that is checked out, or ``unknown`` outside a checkout."""
    folder = root / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        reference = head.removeprefix("ref: ")
        loose = folder / reference
        if loose.is_file():
            return loose.read_text(encoding="utf-8").strip()
        for line in (folder / "packed-refs").read_text(encoding="utf-8").splitlines():
            if line.endswith(f" {reference}"):
                return line.split()[0]
    except OSError:
        return UNKNOWN
    return UNKNOWN
