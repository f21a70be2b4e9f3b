from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features import building
from features.building import build
from features.catalogue import CATALOGUE
from features.engine import evaluate
from features.online import facts_of
from features.sweep import Spine
from features.table import FeatureTable
from supervision.arrays import Integers
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror, Shown
from supervision.record import Record


@pytest.fixture(scope="module")
def as_of(recorded_port: Any) -> Integers:
    return np.asarray(recorded_port.month_ends[-9:])


@pytest.fixture(scope="module")
def built(
    recorded_port: Any, as_of: Integers, tmp_path_factory: pytest.TempPathFactory
) -> FeatureTable:
    out = tmp_path_factory.mktemp("built") / "features.parquet"
    return build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None, 1)


def _same(left: FeatureTable, right: FeatureTable) -> bool:
    return (
        left.enterprise_id.tolist() == right.enterprise_id.tolist()
        and left.as_of.tolist() == right.as_of.tolist()
        and left.values.tobytes() == right.values.tobytes()
    )


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


def test_processes_and_ranges_do_not_matter(
    recorded_port: Any,
    built: FeatureTable,
    as_of: Integers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(building, "RANGE", 7)
    out = tmp_path / "features.parquet"
    other = build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None, 2)
    assert _same(built, other)
    assert _same(other, FeatureTable.read(out))


def test_a_stopped_build_goes_on_where_it_stood(
    recorded_port: Any,
    built: FeatureTable,
    as_of: Integers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(building, "RANGE", 20)
    out = tmp_path / "features.parquet"
    whole = building.build_part
    made: list[Path] = []

    def stops_after_two(part: building.Part) -> None:
        if len(made) == 2:
            raise KeyboardInterrupt
        whole(part)
        made.append(part.path)

    monkeypatch.setattr(building, "build_part", stops_after_two)
    with pytest.raises(KeyboardInterrupt):
        build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None, 1)
    assert not out.exists()
    first = list(made)

    def counts(part: building.Part) -> None:
        whole(part)
        made.append(part.path)

    monkeypatch.setattr(building, "build_part", counts)
    again = build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None, 1)
    assert _same(built, again)
    assert len(made) == len(set(made)), "a part was built twice"
    assert set(first) < set(made)


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
        build(recorded_port.record, recorded_port.mirror, out, as_of, lambda *_: None, 1)


def test_an_empty_record_is_told(as_of: Integers, tmp_path: Path) -> None:
    record = Record.open(f"sqlite:///{tmp_path / 'record.db'}", create=True)
    mirror = Mirror(tmp_path / "mirror")
    mirror.refresh(record)
    with pytest.raises(CargoworthyError, match="cargoworthy ingest"):
        build(record, mirror, tmp_path / "f.parquet", as_of, lambda *_: None, 1)
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
