import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from supervision import cli
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import column
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror
from supervision.packed import packing, reading
from supervision.packed.layout import OWN, Layout
from supervision.packed.packing import Packing, pack
from supervision.packed.reading import Own, PackedReader
from supervision.packed.store import PackedMissing, PackedStore
from supervision.record import Record
from tests.supervision.facts import NOW, Row, credit_code, fact, lot, reversal, write

HS = ("0306170000", "7403110000")
WHO = tuple(credit_code(number) for number in range(1, 6))
"""The last of them only ever buys: no message is about it."""
LOTS = tuple(lot(number) for number in range(12))
LIKELY = ("custody", "custody", "title", "title", "valuation", "valuation", "market")
RARE = ("enterprise", "declaration", "document", "pledge", "financing", "outcome")

Integer = st.integers(MISSING, NEVER)
Narrow = st.integers(0, 6).flatmap(
    lambda width: st.integers(-(2 ** (10 * width)), 2 ** (10 * width) - 1)
)
Values = st.one_of(
    st.lists(Integer, max_size=9),
    st.lists(Narrow, max_size=9),
    st.lists(st.one_of(st.just(MISSING), Narrow), max_size=9),
    st.tuples(Integer, st.integers(0, 9)).map(lambda pair: [pair[0]] * pair[1]),
)


@given(st.lists(Values, min_size=1, max_size=4), st.lists(Integer, max_size=9))
def test_whatever_numbers_are_written_are_read_again(
    tables: list[list[int]], reversed_at: list[int]
) -> None:
    layout = Layout(
        (*((f"t{place}", ("a", "b", "reversed_at")) for place in range(len(tables))), ("r", ("x",)))
    )
    whole: dict[str, Columns] = {}
    for place, values in enumerate(tables):
        times = [*reversed_at, *[NEVER] * len(values)][: len(values)]
        columns = {"a": values, "b": values[::-1], "reversed_at": times}
        whole[f"t{place}"] = {n: np.array(v, np.int64) for n, v in columns.items()}
    whole["r"] = {"x": np.array(reversed_at, np.int64)}
    found = layout.decode(layout.encode(whole))
    for table, columns_ in whole.items():
        for name, expected in columns_.items():
            assert found[table][name].dtype == np.int64
            assert found[table][name].tolist() == expected.tolist()
            found[table][name][:] = 0  # decoded columns may be changed


def test_narrow_columns_take_few_bytes() -> None:
    layout = Layout((("t", ("a", "b")),))
    many = {"a": np.arange(10_000) % 250 + NOW, "b": np.full(10_000, NOW)}
    assert len(layout.encode({"t": many})) < 10_500


class Port:
    """Draws messages about a few enterprises and lots, so that all of them meet."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.number = 0
        self.stated: dict[str, list[str]] = {}

    def step(self, folder: Path, count: int) -> list[Path]:
        """Files of some messages; a tenth of them take an earlier one back."""
        rows: dict[str, list[Row]] = {}
        for _ in range(count):
            stream, row = self._message()
            rows.setdefault(stream, []).append(row)
        folder.mkdir()
        return [write(folder / f"{stream}.ndjson", some) for stream, some in rows.items()]

    def _message(self) -> tuple[str, Row]:
        self.number += 1
        stream = str(self.rng.choice(LIKELY if self.rng.random() < 0.8 else RARE))
        name = "valuation" if stream == "market" else stream
        ids = self.stated.setdefault(name, [])
        if ids and self.rng.random() < 0.1:
            target = ids.pop(-int(self.rng.integers(1, min(len(ids), 9) + 1)))
            return name, reversal(self.number, target, enterprise_id=None, cargo_code=None)
        ids.append(f"m-{self.number}")
        return name, fact(name, self.number, **self._changes(stream))

    def _changes(self, stream: str) -> dict[str, Any]:
        lots = LOTS[: 4 + self.number // 25]  # new ones come as time goes on
        who, of = (str(name) for name in (self.rng.choice(WHO[:4]), self.rng.choice(lots)))
        if stream == "market":
            good = str(self.rng.choice(HS))
            price = int(self.rng.integers(1, 1000))
            changes = {"kind": "market_price", "hs_code": good, "unit_price": price}
            return {**changes, "enterprise_id": None, "cargo_code": None}
        changes = {"enterprise_id": who, "cargo_code": of}
        if stream == "title":
            stored = str(self.rng.choice(("yes", "no")))
            return {**changes, "buyer": str(self.rng.choice(WHO)), "in_storage": stored}
        return changes


def rows_of(columns: Columns, names: tuple[str, ...]) -> list[tuple[int, ...]]:
    return sorted(zip(*(columns[name].tolist() for name in names), strict=True))


def same(record: Record, own: Own, enterprise: int, up_to: int) -> bool:
    """Whether what was read packed is what the record's rows say, looked up one by one."""
    expected = {}
    for table, _ in OWN.tables:
        if table not in ("purchase", "appraisal", "lots"):
            expected[table] = record.rows(table, "enterprise_id", [enterprise], up_to)
    bought = record.rows("title", "buyer", [enterprise], up_to)
    mine = np.full(len(bought["position"]), enterprise)
    expected["purchase"] = {**bought, "enterprise_id": mine, "buyer": bought["enterprise_id"]}
    stored = bought["in_storage"] == column("title", "in_storage").code("yes")
    held = {*expected["custody"]["cargo_code"].tolist(), *bought["cargo_code"][stored].tolist()}
    valued = record.rows("valuation", "cargo_code", sorted(held), up_to)
    mine = np.full(len(valued["position"]), enterprise)
    expected["appraisal"] = {**valued, "enterprise_id": mine}
    named = {*held, *expected["title"]["cargo_code"].tolist()}
    lots = record.lots(sorted(named))
    found = dict(zip(own.lots["lot"].tolist(), own.lots["commodity"].tolist(), strict=True))
    known = zip(lots["lot"].tolist(), lots["commodity"].tolist(), strict=True)
    for table, names in OWN.tables:
        if table != "lots":
            assert rows_of(own.tables[table], names) == rows_of(expected[table], names)
    assert all(found[lot] == commodity for lot, commodity in known)
    return len(found) == len(own.lots["lot"])


def same_market(record: Record, reader: PackedReader, up_to: int) -> bool:
    moved_at = reader.market_moved_at(up_to)
    assert moved_at is not None
    market = reader.market(moved_at)
    assert market is not None
    goods = list(record.number_of(HS).values())
    expected = record.rows("valuation", "hs_code", goods, up_to, kind="market_price")
    names = ("position", "hs_code", "unit_price", "known_at", "reversed_at")
    return rows_of(market, names) == rows_of(expected, names)


def quiet(*_: object) -> None:
    pass


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Mirror]:
    return tmp_path / "packed.db", Mirror(tmp_path / "mirror")


Repack = Callable[[], Packing]


@pytest.fixture
def repack(record: Record, paths: tuple[Path, Mirror]) -> Repack:
    return lambda: pack(record, *paths, quiet)


@pytest.fixture
def open_reader(record: Record, paths: tuple[Path, Mirror]) -> Iterator[Callable[[], PackedReader]]:
    opened = []

    def run() -> PackedReader:
        opened.append(PackedReader.open(record, paths[0]))
        return opened[-1]

    yield run
    for reader in opened:
        reader.close()


@pytest.mark.parametrize("seed", range(2))
def test_base_and_tail_are_what_the_record_holds_at_any_position(
    seed: int, record: Record, ingest: Any, repack: Repack, open_reader: Any, tmp_path: Path
) -> None:
    """Before and after packing anew, by readers that were opened before it and after."""
    port = Port(seed)
    ingest(*port.step(tmp_path / "a", 80))
    first = repack()
    assert first.whole
    readers = [open_reader()]
    bases = [first.position]
    for name in "bcde":
        ingest(*port.step(tmp_path / name, 30))
        if name == "d":
            again = repack()
            assert not again.whole
            readers.append(open_reader())
            bases.append(again.position)
        numbers = record.number_of(WHO).values()
        newest = record.position()
        for reader in readers:
            for up_to in {max(bases[0], newest - back) for back in (0, *range(1, 32, 3), 45)}:
                for number in numbers:
                    own = reader.own(number, up_to)
                    assert own is not None or up_to < bases[-1]
                    assert own is None or same(record, own, number, up_to)
            assert same_market(record, reader, newest)
    assert readers[0].own(next(iter(numbers)), bases[0] - 1) is None
    assert readers[0].complete == bases[1]  # it went over to the newer base


def test_only_those_of_whom_something_new_came_are_packed_again(
    record: Record, ingest: Any, repack: Repack, open_reader: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    held = [
        fact("custody", place, enterprise_id=who, cargo_code=of)
        for place, (who, of) in enumerate(zip(WHO[:4], LOTS[:4], strict=True))
    ]
    ingest(write(folder / "custody.ndjson", held))
    assert repack().packed == 4
    assert repack().packed == 0
    ingest(write(folder / "valuation.ndjson", [fact("valuation", 9, cargo_code=LOTS[2])]))
    assert repack().packed == 1
    number = record.number_of([WHO[2]])[WHO[2]]
    assert len(open_reader().own(number, record.position()).tables["appraisal"]["position"]) == 1
    ingest(write(folder / "custody.ndjson", [reversal(10, "m-3", enterprise_id=None)]))
    assert repack().packed == 1
    number = record.number_of([WHO[3]])[WHO[3]]
    tables = open_reader().own(number, record.position()).tables
    assert tables["custody"]["reversed_at"].tolist() != [NEVER]


def test_packing_that_was_interrupted_goes_on(
    record: Record,
    ingest: Any,
    paths: tuple[Path, Mirror],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    open_reader: Any,
) -> None:
    monkeypatch.setattr(packing, "RANGE", 1)
    port = Port(7)

    def stop(what: str, done: int, _: int) -> None:
        if what == "enterprises" and done == 2:
            raise KeyboardInterrupt

    for name, missing in (("a", True), ("b", False)):
        ingest(*port.step(tmp_path / name, 90))
        with pytest.raises(KeyboardInterrupt):
            pack(record, *paths, stop)
        if missing:
            with pytest.raises(PackedMissing, match="never finished"):
                open_reader()
        else:
            # Some bases are now newer than the rest: a reader takes each as it is.
            reader = open_reader()
            for more in "cdef":
                newest = record.position()
                for number in record.number_of(WHO).values():
                    assert same(record, reader.own(number, newest), number, newest)
                ingest(*port.step(tmp_path / more, 12))
            with pytest.raises(KeyboardInterrupt):
                pack(record, *paths, stop)
        done = pack(record, *paths, quiet)
        assert done.packed == len(WHO) - 2
        reader = open_reader()
        for number in record.number_of(WHO).values():
            assert same(record, reader.own(number, done.position), number, done.position)


def test_a_tail_too_long_is_left_to_the_record_until_packed_anew(
    record: Record,
    ingest: Any,
    repack: Repack,
    open_reader: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    port = Port(1)
    ingest(*port.step(tmp_path / "a", 60))
    repack()
    reader = open_reader()
    ingest(*port.step(tmp_path / "b", 40))
    number, newest = record.number_of(WHO)[WHO[0]], record.position()
    for module in (reading, packing):
        monkeypatch.setattr(module, "MOST", 30)
    assert reader.own(number, newest) is None
    assert reader.market_moved_at(newest) is None
    assert repack().whole
    assert same(record, reader.own(number, newest), number, newest)


def test_a_file_of_another_record_or_damaged_is_refused_and_made_anew(
    record: Record, ingest: Any, paths: tuple[Path, Mirror], repack: Repack, tmp_path: Path
) -> None:
    path, _ = paths
    with pytest.raises(PackedMissing, match="no file"):
        PackedReader.open(record, path)
    port = Port(2)
    ingest(*port.step(tmp_path / "a", 40))
    repack()
    with pytest.raises(PackedMissing, match="another record"):
        PackedStore.open(path, "0" * 32)
    with sqlite3.connect(path) as other:
        other.execute("UPDATE state SET form = 'older'")
    other.close()
    with pytest.raises(PackedMissing, match="version"):
        PackedReader.open(record, path)
    assert repack().whole
    path.write_bytes(b"no database at all" * 400)
    with pytest.raises(PackedMissing):
        PackedReader.open(record, path)
    assert repack().whole
    with sqlite3.connect(path) as other:
        other.execute("ALTER TABLE base RENAME TO gone")
    other.close()
    with pytest.raises(PackedMissing, match="cannot be read"):
        PackedReader.open(record, path).own(1, record.position())
    ingest(*port.step(tmp_path / "b", 20))
    assert repack().whole
    PackedReader.open(record, path).close()


def test_threads_read_one_position_while_the_record_and_the_file_move_on(
    record: Record, ingest: Any, repack: Repack, open_reader: Any, tmp_path: Path
) -> None:
    port = Port(5)
    ingest(*port.step(tmp_path / "a", 60))
    repack()
    reader, numbers = open_reader(), list(record.number_of(WHO).values())
    over = threading.Event()

    def read() -> list[tuple[int, int, Own]]:
        found = []
        while not over.is_set() and len(found) < 2_000:
            up_to = record.position()
            read = [(number, up_to, reader.own(number, up_to)) for number in numbers]
            found += [one for one in read if one[2] is not None]
        return found[:: max(len(found) // 40, 1)]

    with ThreadPoolExecutor(3) as pool:
        reading_ = [pool.submit(read) for _ in range(3)]
        for name in "bcdef":
            ingest(*port.step(tmp_path / name, 12))
            if name == "d":
                repack()
        over.set()
        found = [one for read in reading_ for one in read.result()]
    assert len({up_to for _, up_to, _ in found}) > 3
    for number, up_to, own in found:
        assert same(record, own, number, up_to)


def test_the_command_packs_and_says_what_it_packed(
    record: Record, url: str, ingest: Any, tmp_path: Path
) -> None:
    ingest(*Port(6).step(tmp_path / "a", 30))
    words = ["pack", "--database", url, "--packed", str(tmp_path / "var" / "packed.db")]
    words += ["--mirror", str(tmp_path / "mirror")]
    for said in ("5 packed (all enterprises)", "0 packed (those with news)"):
        found = CliRunner().invoke(cli.record, words)
        assert found.exit_code == 0, found.output
        assert f"{said}, up to position {record.position()}" in found.stderr


def test_two_do_not_pack_into_one_file(
    record: Record, ingest: Any, paths: tuple[Path, Mirror], tmp_path: Path
) -> None:
    ingest(*Port(3).step(tmp_path / "a", 20))

    def meanwhile(*_: object) -> None:
        pack(record, *paths, quiet)

    with pytest.raises(CargoworthyError, match="only process"):
        pack(record, *paths, meanwhile)
