from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from training.arff import read_arff
from training.bank_table import BankTable, TableDescription, encode, from_frame, read_table
from training.errors import TableError


def frame(**columns: object) -> pd.DataFrame:
    rows = {"bad": [0, 1, 0, 1], "x": [1.0, 2.0, np.nan, 4.0], "city": ["a", "b", None, "a"]}
    return pd.DataFrame({**rows, **columns})


def read(data: pd.DataFrame, **described: object) -> BankTable:
    return from_frame(data, TableDescription("bad", **described))  # type: ignore[arg-type]


def test_numbers_stay_and_text_becomes_codes_of_its_categories() -> None:
    found = read(frame(flag=[True, False, True, True]))
    assert found.names == ("x", "city", "flag")
    assert found.categories == {"city": ("a", "b")}
    expected = np.array([[1, 0, 1], [2, 1, 0], [np.nan, np.nan, 1], [4, 0, 1]])
    np.testing.assert_array_equal(found.values, expected)
    assert found.target.tolist() == [0, 1, 0, 1]


def test_new_rows_get_the_codes_of_the_training_and_unknown_text_is_missing() -> None:
    table = read(frame())
    rows = pd.DataFrame({"city": ["b", "zz", None], "x": [1, 2, 3], "more": [0, 0, 0]})
    found = encode(rows, table.names, table.categories)
    np.testing.assert_array_equal(found, [[1, 1], [2, np.nan], [3, np.nan]])
    with pytest.raises(TableError, match="'city', which the table does not have"):
        encode(rows.drop(columns="city"), table.names, table.categories)
    with pytest.raises(TableError, match=r"column x is infinite in 1 rows, the first: \[2\]"):
        encode(rows.assign(x=[1.0, np.inf, np.nan]), table.names, table.categories)
    with pytest.raises(TableError, match="'x' should be numbers"):
        encode(rows.assign(x="many"), table.names, table.categories)


def test_dates_become_days() -> None:
    since = pd.to_datetime(["1970-01-03", "NaT", "1970-01-02", "1970-01-01"])
    found = read(frame(since=since))
    np.testing.assert_array_equal(found.values[:, 2], [2, np.nan, 1, 0])


def test_rows_need_no_order_as_long_as_time_does_not_run_backwards() -> None:
    found = read(frame(month=[3, 1, 2, 1]), time="month")
    assert found.time is not None
    assert found.time.tolist() == [2, 0, 1, 0]


def test_text_that_differs_in_most_rows_is_left_out_with_a_notice() -> None:
    data = pd.DataFrame(
        {"bad": [0, 1] * 30, "x": range(60), "name": [f"firm {k}" for k in range(60)]}
    )
    found = read(data)
    assert found.names == ("x",)
    assert "column name is left out: 60 different texts" in found.notices[0]


def test_roles_are_no_features() -> None:
    found = read(
        frame(month=["2024-01", "2024-03", "2024-02", "2024-01"], firm=["p", "q", "p", "q"]),
        time="month",
        group="firm",
        drop=("city",),
        decreasing=("x",),
    )
    assert found.names == ("x",)
    assert found.directions == (-1,)
    assert found.time is not None
    assert found.time.tolist() == [0, 2, 1, 0]
    assert found.group is not None
    assert found.group.tolist() == ["p", "q", "p", "q"]


WRONG: dict[str, tuple[pd.DataFrame, dict[str, object], str]] = {
    "a missing target column": (frame().drop(columns="bad"), {}, "--target: .*no column 'bad'"),
    "one class": (frame(bad=[0, 0, 0, 0]), {}, "one class only: all 4 rows are 0"),
    "a target of text": (frame(bad=["y", "n", "y", "n"]), {}, r"numbers 0 and 1, found .*\['n'"),
    "a target of other numbers": (frame(bad=[0, 1, 2, 1]), {}, "0 or 1, found 2 in row 3"),
    "a target with gaps": (frame(bad=[0, 1, None, 1]), {}, r"missing in 1 rows, the first: \[3\]"),
    "a column to drop that is not there": (frame(), {"drop": ("zz",)}, "--drop: .*'zz'"),
    "a group that is not there": (frame(), {"group": "zz"}, "--group: .*'zz'"),
    "a group with gaps": (frame(), {"group": "city"}, r"group city is missing .*\[3\]"),
    "a time that is no time": (
        frame(when=["2024-01-01", "soon", "2024-01-02", "2024-01-03"]),
        {"time": "when"},
        "cannot be put in order: .*'soon' in row 2",
    ),
    "a time with gaps": (frame(), {"time": "x"}, r"time x is missing in 1 rows, the first: \[3\]"),
    "a time that never changes": (
        frame(when=[5, 5, 5, 5]),
        {"time": "when"},
        "same in all rows",
    ),
    "a time that counts down": (
        frame(months_ago=[9, 7, 7, 1]),
        {"time": "months_ago"},
        "runs backwards: it never rises from the first row, 9, to the last, 1",
    ),
    "the newest first": (
        frame(when=["2024-03-31", "2024-02-29", "2024-02-28", "2023-12-31"]),
        {"time": "when"},
        "runs backwards: .*sort the table",
    ),
    "infinity": (
        frame(ratio=[1, np.inf, -np.inf, 2]),
        {},
        r"column ratio is infinite in 2 rows, the first: \[2, 3\]; .*leave the cell empty",
    ),
    "a time of true and false": (
        frame(when=[True, False, True, True]),
        {"time": "when"},
        "dates or numbers",
    ),
    "nothing to learn from": (frame(), {"drop": ("x", "city")}, "no column is left"),
    "a direction of text": (frame(), {"increasing": ("city",)}, "city cannot have a direction"),
    "both directions": (frame(), {"increasing": ("x",), "decreasing": ("x",)}, "cannot be both"),
    "no rows": (frame().head(0), {}, "expected rows, found none"),
    "a column twice": (
        pd.concat([frame(), frame()[["x"]]], axis=1),
        {},
        r"each column once, found \['x'\]",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_it_tells_what_is_wrong_with(case: str) -> None:
    data, described, message = WRONG[case]
    with pytest.raises(TableError, match=message):
        read(data, **described)


def test_csv_and_parquet_are_read_alike(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "t.csv", index=False)
    frame().to_parquet(tmp_path / "t.parquet")
    found = [
        read_table(tmp_path / f"t.{end}", TableDescription("bad")) for end in ("csv", "parquet")
    ]
    np.testing.assert_array_equal(found[0].values, found[1].values)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"PK", r"expected a table in \.csv, \.parquet, \.arff"),
        ("t.parquet", b"no parquet", "cannot be read as .parquet"),
        ("t.csv", b"", "cannot be read as .csv"),
        ("t.arff", b"@relation x\n@attribute a numeric\n", "no @data line"),
        ("t.arff", b"hello\n", "line 1: expected @relation"),
        ("t.arff", b"@attribute a numeric\n@data\n1,2\n", "line 3: expected 1 values, found 2"),
        ("t.arff", b"@attribute a numeric\n@data\nx\n", "attribute a should be a number"),
        ("t.arff", b"@attribute a numeric\n@data\n{0 1}\n", "sparse"),
        ("t.arff", b"@attribute a\n@data\n1\n", "expected @attribute NAME TYPE"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(tmp_path / name, TableDescription("bad"))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no table at"):
        read_table(tmp_path / "none.csv", TableDescription("bad"))


def test_arff_keeps_numbers_text_and_gaps(tmp_path: Path) -> None:
    (tmp_path / "t.arff").write_text(
        "% a comment\n@RELATION 'x y'\n@attribute 'a b' REAL\n@attribute kind {red, 'dark blue'}\n"
        "@attribute class {0,1}\n\n@DATA\n1.5,'dark blue',0\n?,red,1\n"
    )
    found = read_arff(tmp_path / "t.arff")
    assert found.columns.tolist() == ["a b", "kind", "class"]
    assert found["a b"].tolist()[0] == 1.5
    assert np.isnan(found["a b"].tolist()[1])
    assert found["kind"].tolist() == ["dark blue", "red"]
    assert found["class"].tolist() == [0, 1]
