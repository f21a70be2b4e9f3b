"""The record under test, on SQLite and on PostgreSQL."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from supervision.archive import Archive
from supervision.ingestion import Ingestion, IngestReport, Terms
from supervision.record import Record
from tests.supervision.facts import NOW

_NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database: a file, or a schema of its own on the server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'record.db'}"
        return
    server = request.getfixturevalue("postgresql")
    schema = f"cargoworthy_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    separator = "&" if "?" in server else "?"
    yield f"{server}{separator}options={quote(f'-csearch_path={schema}')}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def record(url: str) -> Iterator[Record]:
    """An empty record."""
    opened = Record.open(url, create=True)
    yield opened
    opened.close()


Ingest = Callable[..., IngestReport]


@pytest.fixture
def ingest(record: Record, tmp_path: Path) -> Ingest:
    """Ingest files into the record: ``ingest(*paths, chunk=..., now=..., backfill=...)``."""

    def run(*paths: Path, chunk: int = 100_000, now: int = NOW, **terms: object) -> IngestReport:
        on = Terms(now=now, **terms)  # type: ignore[arg-type]
        archive = Archive(tmp_path / "archive")
        return Ingestion(record.engine, archive, on, chunk=chunk).run(paths)

    return run
