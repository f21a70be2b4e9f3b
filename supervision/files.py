"""Files of the contract: which stream each carries, and its rows chunk by chunk.

A file carries one stream and is named after it: ``custody.parquet``, ``custody.csv`` or
``custody.ndjson``. Memory does not grow with the file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from supervision.chunk import Chunk
from supervision.contract.columns import columns, required
from supervision.contract.messages import STREAMS
from supervision.errors import CargoworthyError, UsageError

FORMATS = ("parquet", "csv", "ndjson")
"""The formats of files, which are also the endings of their names."""

MOST_SIGNED = 100
SIGNED = ".jws"
"""Ending of the file of signed statements beside a file."""

ALWAYS = ("message_id", "provider_id", "occurred_at", "recorded_at")
"""Fields that every message of every stream states."""


class FileError(CargoworthyError):
    """A whole file cannot be taken in; none of its rows is recorded."""


@dataclass(frozen=True)
class SourceFile:
    """A file that can be taken in.

    Attributes
    ----------
    path : Path
    stream : str
    format : {"parquet", "csv", "ndjson"}
    """

    path: Path
    stream: str
    format: str


class Rows(Protocol):
    """The rows of one opened file."""

    total: int | None

    def chunks(self, after: int, size: int) -> Iterator[Chunk]:
        """Chunks of at most ``size`` rows, from row ``after`` + 1 on."""


def expand(paths: Iterable[Path]) -> list[Path]:
    """Files named, and files of the contract's formats in folders named, in the order of streams.

    Raises
    ------
    UsageError
        If a path is not there, or a folder holds no file of the contract.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in path.iterdir() if p.suffix.lstrip(".") in FORMATS and p.is_file()]
            if not inside:
                raise UsageError(
                    f"expected files such as {path}/custody.parquet, .csv or .ndjson, found none"
                )
            found.extend(sorted(inside, key=_by_stream))
        elif path.is_file():
            found.append(path)
        else:
            raise UsageError(
                f"expected a file or a folder at {path}, found nothing; check the path"
            )
    return found


def source_of(path: Path) -> SourceFile:
    """What a file carries, by its name.

    Raises
    ------
    FileError
        If the name tells no stream or no format of the contract.
    """
    form = path.suffix.lstrip(".").lower()
    if form not in FORMATS:
        raise FileError(
            f"{path.name}: expected a file ending in .parquet, .csv or .ndjson, "
            f"found {path.suffix!r}"
        )
    if path.stem not in STREAMS:
        raise FileError(
            f"{path.name}: expected a file named after its stream ({', '.join(STREAMS)}), "
            f"found {path.stem!r:.60}; rename the file"
        )
    return SourceFile(path, path.stem, form)


def signed_beside(path: Path) -> tuple[str, ...]:
    """Signed statements about a file: lines of ``custody.parquet.jws`` beside ``custody.parquet``.

    Raises
    ------
    FileError
        If they are no text.
    """
    beside = path.with_name(path.name + SIGNED)
    try:
        text = beside.read_text(encoding="ascii")
    except FileNotFoundError:
        return ()
    except ValueError as error:
        raise FileError(f"{beside.name}: expected a signed statement a line ({error})") from error
    found = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if len(found) > MOST_SIGNED:
        raise FileError(
            f"{beside.name}: expected at most {MOST_SIGNED} signed statements, found {len(found)}"
        )
    return found


def open_rows(path: Path, stream: str, form: str) -> Rows:
    """Open a file and check that its columns are the stream's.

    Raises
    ------
    FileError
        If the file cannot be read as its format, has a column too many or lacks a required one.
    """
    # The readers are imported here because each imports this module for its errors.
    from supervision.parquet_file import ParquetRows
    from supervision.text_file import CsvRows, NdjsonRows

    if form == "parquet":
        return ParquetRows(path, stream)
    return CsvRows(path, stream) if form == "csv" else NdjsonRows(path, stream)


def check_columns(stream: str, found: Sequence[str]) -> None:
    """Check the columns of a Parquet or CSV file against the contract.

    A column may be left out where no kind of fact must state it; a file with a column
    ``reverses`` may hold reversals alone and needs only the envelope's own columns.

    Raises
    ------
    FileError
        If there is a column too many, one twice, or a required one is missing.
    """
    known = {c.name for c in columns(stream)} | {"stream"}
    unknown = [name for name in found if name not in known]
    if unknown:
        raise FileError(
            f"{stream}: expected only columns of the stream, found {unknown[:5]} besides; "
            f"take them out or correct their names (the stream has {', '.join(sorted(known))})"
        )
    twice = [name for name, count in Counter(found).items() if count > 1]
    if twice:
        raise FileError(f"{stream}: expected each column once, found {twice[:5]} more than once")
    needed = set(ALWAYS)
    if "reverses" not in found:
        needed |= {"kind"} | required(stream, "*")
    missing = sorted(needed - set(found))
    if missing:
        raise FileError(
            f"{stream}: expected the required columns {sorted(needed)}, missing {missing}; "
            "see docs/schemas for the stream's schema"
        )


def _by_stream(path: Path) -> tuple[int, str]:
    streams = tuple(STREAMS)
    return streams.index(path.stem) if path.stem in streams else len(streams), path.name
