from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from features.batch import parts
from features.batch.execution import in_this_process
from features.batch.parts import Stage, complete, join, key_of
from features.batch.replacement import replacing
from supervision.errors import CargoworthyError


@dataclass(frozen=True)
class Letters:
    path: Path
    text: str

    def __len__(self) -> int:
        return len(self.text)


def _write(part: Letters) -> None:
    part.path.write_text(part.text)


def _rows(n: int) -> pa.Table:
    rng = np.random.default_rng(n)
    values = np.where(rng.random(n) < 0.2, np.nan, rng.random(n))
    names = pa.array([f"E{i % 7}" for i in range(n)])
    return pa.table({"name": names, "at": np.arange(n), "value": values}).replace_schema_metadata(
        {"of": "test"}
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 23), min_size=1, max_size=8))
def test_a_joined_file_is_the_same_however_its_rows_were_split(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("joined")
    table = _rows(sum(lengths))
    starts = np.cumsum([0, *lengths])
    paths = []
    for place, length in enumerate(lengths):
        paths.append(folder / f"{place}.parquet")
        pq.write_table(table.slice(starts[place], length), paths[-1])
    pq.write_table(table, folder / "one.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROW_GROUP", 10)
        join(paths, folder / "joined.parquet")
        join([folder / "one.parquet"], folder / "whole.parquet")
    assert (folder / "joined.parquet").read_bytes() == (folder / "whole.parquet").read_bytes()
    found = pq.read_table(folder / "joined.parquet")
    assert found.equals(table, check_metadata=True) or np.isnan(table["value"].to_numpy()).any()
    for name in table.column_names:
        np.testing.assert_array_equal(found[name].to_numpy(), table[name].to_numpy())
    assert found.schema.metadata == {b"of": b"test"}
    groups = pq.read_metadata(folder / "joined.parquet")
    sizes = [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]
    assert all(size == 10 for size in sizes[:-1])
    assert max(sizes, default=0) <= 10


def test_a_part_of_another_table_is_not_joined(tmp_path: Path) -> None:
    pq.write_table(_rows(3), tmp_path / "a.parquet")
    pq.write_table(_rows(3).replace_schema_metadata({"of": "other"}), tmp_path / "b.parquet")
    with pytest.raises(CargoworthyError, match="of the same table as a"):
        join([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "out.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"a.parquet", "b.parquet"}


def test_only_parts_that_are_not_there_are_made(tmp_path: Path) -> None:
    letters = [Letters(tmp_path / text, text) for text in ("ab", "c", "def")]
    letters[1].path.write_text("made before")
    told: list[tuple[str, int, int]] = []
    complete(Stage("letters", letters, _write), in_this_process, lambda *now: told.append(now))
    assert [part.path.read_text() for part in letters] == ["ab", "made before", "def"]
    assert told == [("letters", 1, 6), ("letters", 3, 6), ("letters", 6, 6)]


def test_a_part_that_another_worker_has_made_meanwhile_is_left(tmp_path: Path) -> None:
    letters = [Letters(tmp_path / text, text) for text in ("ab", "c")]

    def late(work: Any, tasks: Any) -> Any:
        letters[1].path.write_text("made meanwhile")
        return in_this_process(work, tasks)

    complete(Stage("letters", letters, _write), late, lambda *_: None)
    assert letters[1].path.read_text() == "made meanwhile"


def test_a_part_written_where_nobody_sees_it_is_told(tmp_path: Path) -> None:
    def elsewhere(work: Any, tasks: Any) -> Any:
        yield from tasks

    stage = Stage("letters", [Letters(tmp_path / "a", "a")], _write)
    with pytest.raises(CargoworthyError, match="shared disk"):
        complete(stage, elsewhere, lambda *_: None)


def test_parts_of_other_things_have_other_names() -> None:
    assert key_of("a", 1, (2, 3)) == key_of("a", 1, [2, 3])
    names = {key_of("a", 1), key_of("a", 2), key_of("a1"), key_of(["a", 1]), key_of("b", 1)}
    assert len(names) == 5


def test_a_file_is_replaced_wholly_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    with replacing(path) as one, replacing(path) as other:
        one.write_text("one")
        other.write_text("other")
        assert not path.exists()
    assert path.read_text() == "one"


def test_what_was_there_stays_where_writing_was_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    with replacing(path) as unfinished:
        unfinished.write_text("one")

    def interrupted() -> None:
        with replacing(path, within=tmp_path) as unfinished:
            assert unfinished.parent == tmp_path
            unfinished.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "one"
    assert [each.name for each in tmp_path.rglob("*")] == ["new", "file"]
