"""Facts read packed, with a tail, on one side; the record's rows on the other: the same bits."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.online import FactsReader, facts_of
from features.snapshots.publishing import Shelf, publish
from supervision.archive import Archive
from supervision.arrays import Integers
from supervision.batches import Backfill
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.mirror import Mirror
from supervision.packed.packing import pack
from supervision.packed.reading import PackedReader
from supervision.record import Record
from tests.conftest import RecordedPort

TAIL_DAYS = 60


@dataclass(frozen=True)
class Growing:
    """A port whose last weeks were recorded after it was packed, in two parts.

    Attributes
    ----------
    record : Record
    packed : Path
    base : int
        Position up to which it was packed.
    between : int
        Position of the last message of the first part.
    enterprises, as_of : Integers
    """

    record: Record
    packed: Path
    base: int
    between: int
    enterprises: Integers
    as_of: Integers


@pytest.fixture(scope="module")
def growing(
    recorded_port: RecordedPort, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Growing]:
    folder = tmp_path_factory.mktemp("growing")
    over = int(recorded_port.month_ends[-1])
    weeks = np.array([TAIL_DAYS, TAIL_DAYS // 2, -1_000]) * 86_400_000_000
    cuts = [0, *(over - weeks).tolist()]
    record = Record.open(f"sqlite:///{folder}/record.db", create=True)
    positions = []
    for part, (after, until) in enumerate(pairwise(cuts)):
        (folder / f"{part}").mkdir()
        for path in sorted((recorded_port.folder / "world").glob("*.parquet")):
            rows = pq.read_table(path)
            if "recorded_at" not in rows.column_names:
                continue
            at = rows.column("recorded_at").cast("int64")
            kept = pc.and_(pc.greater_equal(at, after), pc.less(at, until))
            pq.write_table(rows.filter(kept), folder / f"{part}" / path.name)
        terms = Terms(now=over + 10**13, backfill=Backfill("test", "tests"), port_key=None)
        ingestion = Ingestion(record.engine, Archive(folder / "archive"), terms)
        ingestion.run(expand([folder / f"{part}"]))
        positions.append(record.position())
        if part == 0:
            pack(record, folder / "packed.db", Mirror(folder / "mirror"), lambda *_: None)
    months = recorded_port.month_ends[[8, 17, 22, 23]]
    yield Growing(
        record, folder / "packed.db", positions[0], positions[1], record.enterprises(), months
    )
    record.close()


def bits(facts: Facts, enterprise: int, as_of: Integers) -> Integers:
    spine = Spine(np.full(len(as_of), enterprise), as_of)
    return evaluate(facts, spine, CATALOGUE.features).values.view(np.int64)


def test_packed_and_plain_reading_give_the_same_bits_at_any_position(growing: Growing) -> None:
    """0 differing cells, at the packed position, after it, and before it, where it is no use."""
    newest = growing.record.position()
    assert growing.base < growing.between < newest
    packed = PackedReader.open(growing.record, growing.packed)
    reader = FactsReader(growing.record, packed)
    differing, moved = 0, 0
    for enterprise in growing.enterprises.tolist()[::3]:
        before = None
        for up_to in (newest, growing.between, growing.base, growing.base - 1_000):
            assert (packed.own(enterprise, up_to) is None) == (up_to < growing.base)
            plain = bits(facts_of(growing.record, [enterprise], up_to), enterprise, growing.as_of)
            found = bits(reader.facts_of(enterprise, up_to), enterprise, growing.as_of)
            differing += int((found != plain).sum())
            moved += before is not None and bool((before != plain).any())
            before = plain
    packed.close()
    assert differing == 0
    assert moved > 10  # what came since does change features


def test_what_was_published_of_others_leaves_the_bits_as_they_are(
    growing: Growing, tmp_path: Path
) -> None:
    packed = PackedReader.open(growing.record, growing.packed)
    at, newest = int(growing.as_of[-1]), growing.record.position()
    publish(growing.record, tmp_path, at)
    reader = FactsReader(growing.record, packed, Shelf(growing.record, tmp_path))
    for enterprise in growing.enterprises.tolist()[:20]:
        facts = reader.facts_of(enterprise, newest, at)
        assert facts.others is not None
        assert set(facts.tables["financing"]["enterprise_id"].tolist()) <= {enterprise}
        plain = facts_of(growing.record, [enterprise], newest)
        point = np.array([at])
        assert np.array_equal(bits(facts, enterprise, point), bits(plain, enterprise, point))
    packed.close()


def test_without_a_packed_file_or_with_one_that_is_damaged_the_record_is_read(
    growing: Growing, tmp_path: Path
) -> None:
    copy = tmp_path / "packed.db"
    whole = sqlite3.connect(growing.packed)
    whole.execute("VACUUM INTO ?", (str(copy),))
    whole.close()
    part = sqlite3.connect(copy)
    part.execute("DROP TABLE base")
    part.close()
    newest, enterprise = growing.record.position(), int(growing.enterprises[0])
    plain = bits(facts_of(growing.record, [enterprise], newest), enterprise, growing.as_of)
    damaged = PackedReader.open(growing.record, copy)
    for one in (FactsReader(growing.record, damaged), FactsReader(growing.record)):
        one.prepare()
        found = bits(one.facts_of(enterprise, newest), enterprise, growing.as_of)
        assert np.array_equal(found, plain)
    damaged.close()
