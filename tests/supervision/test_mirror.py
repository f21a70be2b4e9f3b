import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supervision import mirror_files, runs
from supervision.archive import Archive
from supervision.arrays import MISSING, Columns
from supervision.contract.columns import column
from supervision.contract.messages import STREAMS
from supervision.ingestion import Ingestion, Terms
from supervision.mirror import Mirror
from supervision.record import Record
from tests.supervision.facts import NOW, credit_code, fact, lot, table

OF_ENTERPRISES = (*(s for s in STREAMS if s != "valuation"), "purchase", "appraisal", "lots")
YES = column("title", "in_storage").code("yes")
MARKET = column("valuation", "kind").code("market_price")

Row = tuple[int, ...]
Tables = dict[str, list[dict[str, int]]]


def _shrink(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mirror_files, "_CHUNK", 700)
    patch.setattr(mirror_files, "RANGE_ROWS", 256)
    patch.setattr(runs, "_RANGE_MARKS", 256 // 16)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows at a time, so that a small record makes many runs and row groups."""
    _shrink(monkeypatch)


@pytest.fixture(scope="module")
def port(
    recorded_port: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Record, Mirror, Tables]:
    """The port's record, a mirror of many small row groups, and what it should hold."""
    mirror = Mirror(tmp_path_factory.mktemp("port") / "mirror")
    with pytest.MonkeyPatch.context() as patch:
        _shrink(patch)
        mirror.refresh(recorded_port.record)
    return recorded_port.record, mirror, _expected(recorded_port.record)


def _rows(columns: Columns) -> list[Row]:
    return list(zip(*(values.tolist() for values in columns.values()), strict=True))


def _expected(record: Record) -> Tables:
    """What each table should hold, row by row, from the record alone."""
    said = {
        stream: [
            dict(zip(chunk, row, strict=True))
            for chunk in record.scan(stream)
            for row in _rows(chunk)
        ]
        for stream in STREAMS
    }
    bought = [
        {**row, "enterprise_id": row["buyer"], "buyer": row["enterprise_id"]}
        for row in said["title"]
    ]
    held: dict[int, set[int]] = {}
    for row in [*said["custody"], *(row for row in bought if row["in_storage"] == YES)]:
        held.setdefault(row["cargo_code"], set()).add(row["enterprise_id"])
    appraised = [
        {**row, "enterprise_id": holder}
        for row in said.pop("valuation")
        if row["kind"] != MARKET
        for holder in held.get(row["cargo_code"], ())
    ]
    tables = {**said, "purchase": bought, "appraisal": appraised}
    for name, rows in tables.items():
        named = [row for row in rows if row["enterprise_id"] != MISSING]
        tables[name] = sorted(
            named, key=lambda row: (row["enterprise_id"], row["occurred_at"], row["position"])
        )
    return tables


def test_every_table_holds_each_row_under_whom_it_concerns_in_order(port: Any) -> None:
    _, mirror, tables = port
    for name, rows in tables.items():
        found = mirror.read(name)
        assert _rows(found) == [tuple(row[n] for n in found) for row in rows], name
    about = {row["enterprise_id"] for s in STREAMS if s in tables for row in tables[s]}
    assert mirror.enterprises().tolist() == sorted(about)


def test_the_market_is_sorted_by_commodity(port: Any) -> None:
    record, mirror, _ = port
    prices = [
        dict(zip(chunk, row, strict=True))
        for chunk in record.scan("valuation")
        for row in _rows(chunk)
    ]
    prices = [row for row in prices if row["kind"] == MARKET]
    prices.sort(key=lambda row: (row["hs_code"], row["occurred_at"], row["position"]))
    assert prices
    assert _rows(mirror.read("market")) == [tuple(row.values()) for row in prices]


def test_lots_stand_under_everyone_whose_messages_name_them(port: Any) -> None:
    record, mirror, tables = port
    known = {row[0]: row for row in _rows(record.lots())}
    expected = {
        (row["enterprise_id"], *known[row["cargo_code"]])
        for rows in tables.values()
        for row in rows
        if row["cargo_code"] != MISSING
    }
    lots = mirror.read("lots")
    assert tuple(lots) == ("enterprise_id", "lot", "owner", "commodity")
    assert _rows(lots) == sorted(expected)


def test_a_range_of_enterprises_is_read_as_cut_out_of_the_whole(port: Any) -> None:
    _, mirror, _ = port
    numbers = mirror.enterprises()
    ranges = [(int(numbers[place]), int(numbers[place + 6])) for place in range(0, 54, 7)]
    ranges += [(int(numbers[3]) + 1, int(numbers[4]) - 1), (-9, -1), (-9, int(numbers[-1]) + 9)]
    for name in OF_ENTERPRISES:
        whole = mirror.read(name)
        for first, last in ranges:
            kept = (whole["enterprise_id"] >= first) & (whole["enterprise_id"] <= last)
            found = mirror.read(name, between=(first, last))
            assert _rows(found) == _rows({n: values[kept] for n, values in whole.items()}), name
            some = tuple(whole)[1:3]
            assert tuple(mirror.read(name, some, (first, last))) == some


def test_row_groups_of_other_enterprises_are_not_touched(tmp_path: Path, small: None) -> None:
    """All that lies in other row groups is destroyed, and the range is read as before."""
    record = _record(tmp_path, 9_000)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    record.close()
    path = mirror.folder / "custody.parquet"
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(place) for place in range(file.num_row_groups)]
        kept = file.read_row_group(20)["enterprise_id"].to_numpy()
    between = (int(kept[0]), int(kept[-1]))
    rows = _rows(mirror.read("custody", None, between))
    content = bytearray(path.read_bytes())
    for other in (*groups[:20], *groups[21:]):
        start = other.column(0).data_page_offset
        end = other.column(other.num_columns - 1).data_page_offset
        content[start:end] = bytes(end - start)
    path.write_bytes(content)
    assert len(groups) > 30
    assert len(rows) == len(kept)
    assert _rows(mirror.read("custody", None, between)) == rows
    with pytest.raises(OSError, match="page"):
        mirror.read("custody", None, (between[0] - 1, between[1]))


@pytest.mark.parametrize("table_", ["enterprise", "custody", "appraisal", "enterprises"])
def test_a_refresh_that_was_stopped_leaves_the_mirror_as_it_was(
    table_: str, tmp_path: Path, small: None
) -> None:
    record = _record(tmp_path, 300)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    shown, rows = mirror.shows, _rows(mirror.read("custody"))
    _ingest(record, tmp_path, range(300, 900))

    def stops(name: str) -> None:
        if name == table_:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror.refresh(record, stops)
    assert mirror.shows == shown
    assert _rows(mirror.read("custody")) == rows
    mirror.refresh(record)
    assert mirror.shows != shown
    assert len(mirror.read("custody")["position"]) == 900
    assert sorted(path.name for path in tmp_path.glob("mirror*")) == ["mirror"]
    assert not list(mirror.folder.glob("*.runs"))
    record.close()


def test_ten_times_the_messages_need_no_more_memory(tmp_path: Path, small: None) -> None:
    _peak(tmp_path / "warm", 1_500)  # what is imported and cached at first use
    few, many = _peak(tmp_path / "few", 1_500), _peak(tmp_path / "many", 15_000)
    assert many < 1.5 * few


def _peak(folder: Path, rows: int) -> int:
    """Most bytes that Python and Arrow held at once while a record of so many rows was mirrored."""
    folder.mkdir()
    record = _record(folder, rows)
    held = 0

    def watch(_: str) -> None:
        nonlocal held
        held = max(held, pa.total_allocated_bytes())

    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        Mirror(folder / "mirror").refresh(record, watch)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        record.close()
    return most + held - before


def _record(folder: Path, rows: int) -> Record:
    record = Record.open(f"sqlite:///{folder / 'record.db'}", create=True)
    _ingest(record, folder, range(rows))
    return record


def _ingest(record: Record, folder: Path, numbers: range) -> None:
    """Custody of as many lots as there are messages by ten, of some enterprises."""
    messages = [
        fact("custody", n, cargo_code=lot(n // 10), enterprise_id=credit_code(n % 300))
        for n in numbers
    ]
    path = folder / "custody.parquet"
    pq.write_table(table("custody", messages), path)
    Ingestion(record.engine, Archive(folder / "archive"), Terms(NOW)).run([path])
