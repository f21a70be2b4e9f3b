"""The charting library: one file of script that an installed package carries."""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_FILE = Path("package_data", "plotly.min.js")


@dataclass(frozen=True)
class Library:
    """The script as it lies in its package, which is never imported.

    Attributes
    ----------
    path : Path
    version : str
        Of the package; part of the script's address, so that browsers may keep it.
    """

    path: Path
    version: str


@cache
def library(package: str = "plotly") -> Library | None:
    """Find the script; None where the package is not installed, or carries none."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _FILE
    try:
        return Library(path, version(package)) if path.is_file() else None
    except PackageNotFoundError:
        return None


@cache
def compressed(path: Path) -> bytes:
    """Bytes of the script as gzip; a worker does it once, when the first browser asks."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)
