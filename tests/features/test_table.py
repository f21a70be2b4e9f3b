import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.table import FeatureTable
from supervision.errors import CargoworthyError


def _table() -> FeatureTable:
    values = np.array([[1.0, np.nan], [0.1, 2.0]])
    return FeatureTable(
        np.array(["A", "B"]), np.array([5, 6]), ("x", "y"), values, "h" * 64, "r" * 32, 9
    )


def test_a_table_reads_back_bit_for_bit(tmp_path: Path) -> None:
    _table().write(tmp_path / "t.parquet")
    found = FeatureTable.read(tmp_path / "t.parquet")
    assert found.values.tobytes() == _table().values.tobytes()
    assert (found.names, found.catalogue_hash) == (("x", "y"), "h" * 64)
    assert (found.record, found.position) == ("r" * 32, 9)
    assert found.enterprise_id.tolist() == ["A", "B"]
    assert found.as_of.tolist() == [5, 6]
    assert list(tmp_path.iterdir()) == [tmp_path / "t.parquet"]


def test_the_fingerprint_is_of_what_is_said_not_of_the_record() -> None:
    table = _table()
    other = dataclasses.replace(table, record="s" * 32, position=10)
    assert other.fingerprint == table.fingerprint
    changed = dataclasses.replace(table, values=table.values + 1)
    assert changed.fingerprint != table.fingerprint
    named = dataclasses.replace(table, names=("x", "z"))
    assert named.fingerprint != table.fingerprint


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CargoworthyError, match="features build"):
        FeatureTable.read(tmp_path / "none.parquet")


def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(CargoworthyError, match="Parquet"):
        FeatureTable.read(tmp_path / "t.parquet")


def test_a_parquet_file_of_another_kind_is_told(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    with pytest.raises(CargoworthyError, match="catalogue"):
        FeatureTable.read(tmp_path / "t.parquet")
