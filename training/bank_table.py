"""A table that a bank brings: any CSV, Parquet or ARFF file with a target column.

Types are read off the columns: numbers stay, booleans become 0 and 1, dates become days, text
becomes the code of its category. Text that differs in most rows is an identifier and is left
out, with a notice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from supervision.arrays import Integers
from training.arff import read_arff
from training.errors import TableError
from training.model.scale import Floats
from training.sample import Labels, Names

_MOST_CATEGORIES = 1000
_IDENTIFIER_SHARE = 0.5
_SHOWN = 8


@dataclass(frozen=True)
class TableDescription:
    """What the columns of a table are to a training.

    Attributes
    ----------
    target : str
        1 where the bad outcome followed, else 0.
    time : str or None
        Orders the rows: each test fold is later than what it is fitted on.
    group : str or None
        Rows of one group never stand on both sides of a fold.
    drop : tuple of str
        Columns to leave out.
    increasing, decreasing : tuple of str
        Columns of which a larger value may only raise, or only lower, the risk.
    """

    target: str
    time: str | None = None
    group: str | None = None
    drop: tuple[str, ...] = ()
    increasing: tuple[str, ...] = ()
    decreasing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class BankTable:
    """A table, ready to be learnt from.

    Attributes
    ----------
    names : tuple of str
    values : float64 [n, f]
    target : int8 [n]
    time : int64 [n] or None
        Place of each row's time among the distinct times.
    group : str [n] or None
    directions : tuple of int
    categories : mapping of str to tuple of str
        Of each categorical column; a category's code is its place.
    notices : tuple of str
        What was left out, and why.
    """

    names: tuple[str, ...]
    values: Floats
    target: Labels
    time: Integers | None
    group: Names | None
    directions: tuple[int, ...]
    categories: Mapping[str, tuple[str, ...]]
    notices: tuple[str, ...] = field(default=())


def read_table(path: Path, described: TableDescription) -> BankTable:
    """Read a file and check it against its description.

    Raises
    ------
    TableError
        If the file cannot be read, a named column is missing, the target is not 0 and 1 with
        both present, the time cannot be read or runs backwards, a number is infinite, or no
        column is left to learn from.
    """
    return from_frame(_frame(path), described)


def from_frame(frame: pd.DataFrame, described: TableDescription) -> BankTable:
    """Check a frame against its description and turn it into numbers; see :func:`read_table`."""
    frame = frame.rename(columns=str)
    if frame.columns.duplicated().any():
        twice = sorted(set(frame.columns[frame.columns.duplicated()]))
        raise TableError(f"expected each column once, found {twice[:5]} more than once")
    if len(frame) == 0:
        raise TableError("expected rows, found none")
    _require_columns(frame, described)
    target = _target(frame[described.target])
    time = None if described.time is None else _time(frame[described.time])
    group = None if described.group is None else _group(frame[described.group])
    aside = {described.target, described.time, described.group, *described.drop}
    names: list[str] = []
    columns: list[Floats] = []
    categories: dict[str, tuple[str, ...]] = {}
    notices: list[str] = []
    for name in (name for name in frame.columns if name not in aside):
        numbers, known = _numbers(frame[name])
        if known is not None and _is_identifier(known, len(frame)):
            notices.append(
                f"column {name} is left out: {len(known):,} different texts in {len(frame):,} rows "
                "look like an identifier"
            )
            continue
        names.append(name)
        columns.append(numbers)
        if known is not None:
            categories[name] = known
    if not names:
        raise TableError(
            f"no column is left to learn from; besides {sorted(x for x in aside if x)} there "
            "should be at least one"
        )
    return BankTable(
        names=tuple(names),
        values=np.column_stack(columns),
        target=target,
        time=time,
        group=group,
        directions=_directions(names, categories, described),
        categories=categories,
        notices=tuple(notices),
    )


def _frame(path: Path) -> pd.DataFrame:
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": lambda p: pd.read_csv(p, low_memory=False),
        ".parquet": pd.read_parquet,
        ".arff": read_arff,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"expected a table in {', '.join(readers)}, found {path.name!r:.60}")
    if not path.is_file():
        raise TableError(f"no table at {path}; give the path of a CSV, Parquet or ARFF file")
    try:
        return reader(path)
    except (ValueError, OSError) as fault:
        raise TableError(f"{path} cannot be read as {path.suffix}: {str(fault)!s:.200}") from fault


def _require_columns(frame: pd.DataFrame, described: TableDescription) -> None:
    roles = {
        "--target": (described.target,),
        "--time": () if described.time is None else (described.time,),
        "--group": () if described.group is None else (described.group,),
        "--drop": described.drop,
        "--increasing": described.increasing,
        "--decreasing": described.decreasing,
    }
    for option, names in roles.items():
        lacking = [name for name in names if name not in frame.columns]
        if lacking:
            shown = ", ".join(list(frame.columns)[:_SHOWN])
            more = ", ..." if len(frame.columns) > _SHOWN else ""
            raise TableError(
                f"{option}: the table has no column {lacking[0]!r}; it has {len(frame.columns)}: "
                f"{shown}{more}"
            )


def _target(column: "pd.Series[Any]") -> Labels:
    name = column.name
    if not pd.api.types.is_numeric_dtype(column):
        found = sorted({str(value) for value in column.dropna().unique()})[:5]
        raise TableError(
            f"target {name} should be the numbers 0 and 1, found {column.dtype} such as {found}; "
            "add a column with 1 for the bad outcome"
        )
    if column.isna().any():
        rows = (np.flatnonzero(column.isna().to_numpy())[:5] + 1).tolist()
        raise TableError(
            f"target {name} is missing in {int(column.isna().sum())} rows, the first: {rows}; "
            "take these rows out"
        )
    values = column.to_numpy(dtype=np.float64)
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        place = int(wrong.argmax())
        raise TableError(
            f"target {name} should be 0 or 1, found {values[place]:g} in row {place + 1}; "
            "add a column with 1 for the bad outcome"
        )
    if len(np.unique(values)) < 2:
        raise TableError(
            f"target {name} has one class only: all {len(values)} rows are {values[0]:g}; "
            "a model needs both"
        )
    return values.astype(np.int8)


def _time(column: "pd.Series[Any]") -> Integers:
    name = column.name
    if pd.api.types.is_bool_dtype(column):
        raise TableError(f"time {name} should be dates or numbers, found true and false")
    if column.isna().any():
        rows = (np.flatnonzero(column.isna().to_numpy())[:5] + 1).tolist()
        raise TableError(
            f"time {name} is missing in {int(column.isna().sum())} rows, the first: {rows}; "
            "fill them or take these rows out"
        )
    if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(
        column
    ):
        read = pd.to_datetime(column.astype(str), format="ISO8601", errors="coerce", utc=True)
        if read.isna().any():
            place = int(read.isna().to_numpy().argmax())
            raise TableError(
                f"time {name} cannot be put in order: expected numbers or dates such as "
                f"2024-03-31, found {column.iloc[place]!r:.40} in row {place + 1}"
            )
        column = read
    distinct, place_of = np.unique(column.to_numpy(), return_inverse=True)
    if len(distinct) < 2:
        raise TableError(
            f"time {name} is the same in all rows, so nothing is later; leave out --time"
        )
    if (np.diff(place_of) <= 0).all():
        raise TableError(
            f"time {name} runs backwards: it never rises from the first row, {column.iloc[0]}, to "
            f"the last, {column.iloc[-1]}. If it counts down (months ago, age), later has to be "
            "larger: give its negative; if the newest rows merely come first, sort the table by it"
        )
    return np.asarray(place_of, dtype=np.int64)


def _group(column: "pd.Series[Any]") -> Names:
    if column.isna().any():
        rows = (np.flatnonzero(column.isna().to_numpy())[:5] + 1).tolist()
        raise TableError(
            f"group {column.name} is missing in {int(column.isna().sum())} rows, the first: {rows};"
            " give each row its group"
        )
    return np.asarray(column.astype(str).to_numpy(), dtype=np.str_)


def _numbers(column: "pd.Series[Any]") -> tuple[Floats, tuple[str, ...] | None]:
    """A column as numbers, with its categories if it is text."""
    if pd.api.types.is_datetime64_any_dtype(column):
        days = column.to_numpy(dtype="datetime64[us]").astype(np.float64) / 86_400e6
        return np.where(column.isna().to_numpy(), np.nan, days), None
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(values).any():
            rows = (np.flatnonzero(np.isinf(values))[:5] + 1).tolist()
            raise TableError(
                f"column {column.name} is infinite in {int(np.isinf(values).sum())} rows, the "
                f"first: {rows}; some systems write a ratio over nothing so: leave the cell empty "
                "where nothing is known, else give a number"
            )
        return values, None
    known = tuple(sorted({str(value) for value in column.dropna().unique()}))
    codes = {category: float(code) for code, category in enumerate(known)}
    return np.array([codes.get(str(v), np.nan) for v in column.where(column.notna(), None)]), known


def _is_identifier(known: tuple[str, ...], rows: int) -> bool:
    return len(known) > _MOST_CATEGORIES or (
        len(known) > 20 and len(known) > _IDENTIFIER_SHARE * rows
    )


def _directions(
    names: list[str], categories: Mapping[str, object], described: TableDescription
) -> tuple[int, ...]:
    both = set(described.increasing) & set(described.decreasing)
    if both:
        raise TableError(f"{sorted(both)[0]} cannot be both --increasing and --decreasing")
    for name in (*described.increasing, *described.decreasing):
        if name in categories or name not in names:
            raise TableError(
                f"{name} cannot have a direction: it is text, left out, or has another role"
            )
    return tuple(
        int(name in described.increasing) - int(name in described.decreasing) for name in names
    )


def encode(
    frame: pd.DataFrame, names: tuple[str, ...], categories: Mapping[str, tuple[str, ...]]
) -> npt.NDArray[np.float64]:
    """Turn new rows into a model's values: its columns, its codes; unknown categories missing.

    Raises
    ------
    TableError
        If a column is missing, a number is infinite, or text stands where the model learnt
        numbers.
    """
    columns = []
    for name in names:
        if name not in frame.columns:
            raise TableError(f"the model reads column {name!r}, which the table does not have")
        numbers, known = _numbers(frame[name])
        if name in categories:
            codes = {category: float(code) for code, category in enumerate(categories[name])}
            texts = frame[name].where(frame[name].notna(), None)
            numbers = np.array([codes.get(str(v), np.nan) for v in texts])
        elif known:
            raise TableError(f"column {name!r} should be numbers, found text such as {known[0]!r}")
        columns.append(numbers)
    return np.column_stack(columns)
