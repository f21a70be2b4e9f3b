from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.batch import building
from features.batch.building import Part, build, build_part
from features.batch.execution import executor, in_this_process
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.online import facts_of
from features.table import FeatureTable, Heading
from supervision.arrays import Integers
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror, Shown
from supervision.record import Record


@pytest.fixture(scope="module")
def as_of(recorded_port: Any) -> Integers:
    return np.asarray(recorded_port.month_ends[-9:])


@pytest.fixture(scope="module")
def table(recorded_port: Any, as_of: Integers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table built in one process, all enterprises in one part."""
    out = tmp_path_factory.mktemp("built") / "features.parquet"
    heading = build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None)
    assert heading == Heading.read(out)
    return out


@pytest.fixture(scope="module")
def built(table: Path) -> FeatureTable:
    return FeatureTable.read(table)


def test_a_batch_and_a_single_call_give_the_same_bits(
    recorded_port: Any, built: FeatureTable
) -> None:
    """The mirror in ranges on one side, the record by index on the other: 0 differing cells."""
    numbers = recorded_port.record.number_of(sorted(set(built.enterprise_id.tolist())))
    differing = 0
    for code, number in numbers.items():
        rows = np.flatnonzero(built.enterprise_id == code)
        facts = facts_of(recorded_port.record, [number])
        spine = Spine(np.full(len(rows), number), built.as_of[rows])
        alone = evaluate(facts, spine).values
        batch = built.values[rows]
        differing += int((alone.view(np.int64) != batch.view(np.int64)).sum())
    assert len(numbers) > 50
    assert differing == 0


def test_ranges_do_not_matter_to_a_single_byte(
    recorded_port: Any, table: Path, as_of: Integers, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(building, "RANGE", 7)
    out = tmp_path / "features.parquet"
    build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None)
    assert out.read_bytes() == table.read_bytes()


def test_processes_do_not_matter_to_a_single_byte(
    recorded_port: Any, table: Path, as_of: Integers, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(building, "RANGE", 20)
    out = tmp_path / "features.parquet"
    told: list[tuple[str, int, int]] = []
    with executor(workers=2) as run:
        build(
            recorded_port.record, recorded_port.mirror, out, as_of,
            lambda *now: told.append(now), run,
        )  # fmt: skip
    assert out.read_bytes() == table.read_bytes()
    total = len(recorded_port.mirror.enterprises())
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["snapshot", "enterprises"]
    for stage in ("snapshot", "enterprises"):
        done = [now for of, now, _ in told if of == stage]
        assert (done[0], done[-1]) == (0, total)
        assert done == sorted(done)


def test_a_stopped_build_goes_on_where_it_stood(
    recorded_port: Any, table: Path, as_of: Integers, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(building, "RANGE", 20)
    out = tmp_path / "features.parquet"
    asked = []

    def stops_after_two(work: Any, tasks: Any) -> Any:
        if not isinstance(tasks[0], Part):
            yield from in_this_process(work, tasks)
            return
        asked.append(tasks)
        yield from in_this_process(work, tasks[:2])
        raise KeyboardInterrupt

    def counts(work: Any, tasks: Any) -> Any:
        asked.append(tasks)
        return in_this_process(work, tasks)

    made_of = (recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        build(*made_of, stops_after_two)
    assert not out.exists()
    build(*made_of, counts)
    assert out.read_bytes() == table.read_bytes()
    first, second = asked
    assert second == first[2:]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_parts_of_another_record_or_other_points_are_not_taken(
    recorded_port: Any, as_of: Integers, tmp_path: Path
) -> None:
    out = tmp_path / "features.parquet"
    made_of = (recorded_port.record, recorded_port.mirror, out)

    def stops(work: Any, tasks: Any) -> Any:
        yield from in_this_process(work, tasks)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(*made_of, as_of[:1], lambda *_: None, stops)
    build(*made_of, as_of[-1:], lambda *_: None)
    assert set(FeatureTable.read(out).as_of.tolist()) == {int(as_of[-1])}


def test_a_worker_with_another_catalogue_refuses(
    recorded_port: Any, as_of: Integers, tmp_path: Path
) -> None:
    path = tmp_path / "part.parquet"
    mirror = recorded_port.mirror
    made_for = (((1, "X"),), (int(as_of[0]),), "0" * 64, tmp_path / "snapshot.parquet", path)
    part = Part(mirror.folder, mirror.shows, *made_for)
    with pytest.raises(CargoworthyError, match="same version on all machines"):
        build_part(part)
    assert not path.exists()


def test_a_mirror_that_is_refreshed_meanwhile_is_told(
    recorded_port: Any, as_of: Integers, tmp_path: Path
) -> None:
    path = tmp_path / "part.parquet"
    before = Shown(recorded_port.record.identity(), 1)
    folder = recorded_port.mirror.folder
    made_for = (((1, "X"),), (int(as_of[0]),), CATALOGUE.hash, tmp_path / "snapshot.parquet", path)
    part = Part(folder, before, *made_for)
    with pytest.raises(CargoworthyError, match="refreshed meanwhile"):
        build_part(part)
    assert not path.exists()


def test_a_table_names_its_catalogue_and_position(recorded_port: Any, built: FeatureTable) -> None:
    assert built.catalogue_hash == CATALOGUE.hash
    assert built.record == recorded_port.record.identity()
    assert built.position == recorded_port.record.position()
    assert built.names == tuple(f.name for f in CATALOGUE.features)


def test_a_table_of_another_catalogue_is_not_overwritten(
    recorded_port: Any, built: FeatureTable, as_of: Integers, tmp_path: Path
) -> None:
    out = tmp_path / "old.parquet"
    parts = (built.enterprise_id, built.as_of, built.names, built.values)
    FeatureTable(*parts, catalogue_hash="0" * 64, record="r", position=1).write(out)
    with pytest.raises(CargoworthyError, match="recipes have changed"):
        build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None)


def test_an_empty_record_is_told(as_of: Integers, tmp_path: Path) -> None:
    record = Record.open(f"sqlite:///{tmp_path / 'record.db'}", create=True)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    with pytest.raises(CargoworthyError, match="cargoworthy ingest"):
        build(record, mirror, tmp_path / "f.parquet", as_of, lambda *_: None)
    record.close()


def test_the_mirror_is_rebuilt_only_when_the_record_has_moved(
    recorded_port: Any, tmp_path: Path
) -> None:
    mirror = Mirror(tmp_path / "mirror")
    told: list[str] = []
    assert mirror.shows is None
    mirror.refresh(recorded_port.record, told.append)
    assert "appraisal" in told
    before = len(told)
    mirror.refresh(recorded_port.record, told.append)
    assert len(told) == before
    assert mirror.shows == Shown(recorded_port.record.identity(), recorded_port.record.position())


def test_another_record_at_the_same_position_is_not_mistaken(
    recorded_port: Any, tmp_path: Path
) -> None:
    """Two records number their names differently: one's rows under the other's would be wrong."""
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(recorded_port.record)
    copied = (mirror.folder / "mirror.json").read_text()
    said = copied.replace(recorded_port.record.identity(), "0" * 32)
    (mirror.folder / "mirror.json").write_text(said)
    told: list[str] = []
    mirror.refresh(recorded_port.record, told.append)
    assert told
    assert (mirror.folder / "mirror.json").read_text() == copied
