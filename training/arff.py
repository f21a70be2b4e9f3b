"""Weka's ARFF files, read into a data frame.

References
----------
Attribute-Relation File Format, https://www.cs.waikato.ac.nz/ml/weka/arff.html
"""

import csv
import re
from pathlib import Path

import pandas as pd

from training.errors import TableError

_ATTRIBUTE = re.compile(
    r"@attribute\s+(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<bare>\S+))\s+(?P<kind>.+)",
    re.IGNORECASE,
)
_NUMERIC = ("numeric", "real", "integer")
_MISSING = "?"


def read_arff(path: Path) -> pd.DataFrame:
    """Read a dense ARFF file: numeric attributes as numbers, all others as text.

    A nominal attribute whose values are all numbers, such as ``{0,1}``, becomes a number.

    Raises
    ------
    TableError
        If a line is not understood; it is named.
    """
    numeric: dict[str, bool] = {}
    rows: list[list[str]] = []
    in_data = False
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for number, line in enumerate(file, start=1):
            text = line.strip()
            if not text or text.startswith("%"):
                continue
            if in_data:
                rows.append(_row(text, len(numeric), path, number))
            elif text.lower().startswith("@data"):
                in_data = True
            elif text.lower().startswith("@attribute"):
                name, is_number = _attribute(text, path, number)
                numeric[name] = is_number
            elif not text.lower().startswith("@relation"):
                raise TableError(
                    f"{path}, line {number}: expected @relation, @attribute or @data, found "
                    f"{text!r:.60}"
                )
    if not in_data:
        raise TableError(f"{path} has no @data line; is it an ARFF file?")
    frame = pd.DataFrame(rows, columns=list(numeric), dtype=object).replace(_MISSING, None)
    for name, is_number in numeric.items():
        if is_number:
            frame[name] = _numbers(frame[name], path)
    return frame


def _attribute(text: str, path: Path, number: int) -> tuple[str, bool]:
    found = _ATTRIBUTE.fullmatch(text)
    if not found:
        raise TableError(
            f"{path}, line {number}: expected @attribute NAME TYPE, found {text!r:.60}"
        )
    name = found["single"] or found["double"] or found["bare"]
    kind = found["kind"].strip()
    if kind.startswith("{"):
        return name, all(_is_number(value) for value in kind.strip("{} ").split(","))
    return name, kind.split()[0].lower() in _NUMERIC


def _row(text: str, width: int, path: Path, number: int) -> list[str]:
    if text.startswith("{"):
        raise TableError(f"{path}, line {number}: sparse ARFF is not read; save it as CSV")
    row = next(csv.reader([text], quotechar="'", skipinitialspace=True))
    if len(row) != width:
        raise TableError(
            f"{path}, line {number}: expected {width} values, found {len(row)} in {text!r:.60}"
        )
    return [value.strip() for value in row]


def _numbers(values: "pd.Series[str]", path: Path) -> "pd.Series[float]":
    found = pd.to_numeric(values, errors="coerce")
    wrong = found.isna() & values.notna()
    if wrong.any():
        place = int(wrong.to_numpy().argmax())
        raise TableError(
            f"{path}: attribute {values.name} should be a number, found "
            f"{values.iloc[place]!r:.40} in data row {place + 1}"
        )
    return found


def _is_number(text: str) -> bool:
    try:
        float(text.strip().strip("'\""))
    except ValueError:
        return False
    return True
