"""Fits the marginals of declarations and deliveries to public data anew.

Run with ``python -m simulator.refit --customs DIR --shipments DIR``; it writes
``simulator/data/marginals.json``. The folders hold ``train.parquet`` and ``valid.parquet`` of the
synthetic customs declarations and ``scms.parquet`` of the shipments; ``data/ATTRIBUTION.md`` says
whose they are.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.goods import GOODS
from simulator.marginals import FILE
from supervision.errors import UsageError

POINTS = 200
"""Entries of a quantile table: the quantiles at the middles of so many equal parts of (0, 1)."""
LEAST_GROUP = 20
"""Declarations of a subheading, lines of a vendor, below which its median says little."""
DELIVERY_DAYS = (-14, 60)
"""Days between which the lateness of a delivery is clipped: nothing arrives before it was loaded,
and a lot two months late was lost or ordered anew."""

_Values = npt.NDArray[np.float64]


def fitted(customs: Path, shipments: Path) -> dict[str, Any]:
    """The marginals of both data sets, ready for JSON.

    Raises
    ------
    UsageError
        If a file is missing.
    """
    declarations = pa.concat_tables(
        [_read(customs / "train.parquet"), _read(customs / "valid.parquet")]
    )
    return {
        "customs": _customs(declarations),
        "shipments": _shipments(_read(shipments / "scms.parquet")),
    }


def _read(path: Path) -> pa.Table:
    if not path.is_file():
        raise UsageError(
            f"expected {path.name} under {str(path.parent)!r:.80}, found no such file; name the "
            "folder of the data with --customs or --shipments"
        )
    return pq.read_table(path)


def _customs(table: pa.Table) -> dict[str, Any]:
    """Counts by chapter, heading and origin; dispersions around the median of a subheading."""
    code = np.array(table["HS6 Code"].to_pylist(), np.str_)
    origin = np.array(table["Country of Origin"].to_pylist(), np.str_)
    mass, value = (_numbers(table, name) for name in ("Net Mass", "Item Price"))
    chapter = np.array([text[:2] for text in code.tolist()])
    ours = sorted({good.hs_code[:2] for good in GOODS})
    weighed = (mass > 0) & (value > 0)
    unit = np.log(value[weighed] / mass[weighed])
    headings = np.array([text[:4] for text in code.tolist()])
    return {
        "declarations": len(code),
        "value_per_kg": _quantiles(_around_median(unit, code[weighed])),
        "net_mass": _quantiles(_around_median(np.log(mass[weighed]), code[weighed])),
        "chapters": _counts(chapter[np.isin(chapter, ours)]),
        "headings": _counts(headings[np.isin(headings, [good.hs_code[:4] for good in GOODS])]),
        "origins": {one: _counts(origin[chapter == one]) for one in ours},
    }


def _shipments(table: pa.Table) -> dict[str, Any]:
    """Days by which deliveries came late; dispersion of the value of a vendor's lines."""
    late = _days(table, "Delivered to Client Date") - _days(table, "Scheduled Delivery Date")
    sea = np.array(table["Shipment Mode"].to_pylist()) == "Ocean"
    value = _numbers(table, "Line Item Value")
    vendor = np.array(table["Vendor"].to_pylist(), np.str_)
    sold = value > 0
    return {
        "deliveries": len(late),
        "sea_deliveries": int(sea.sum()),
        "early_share": _share(late < 0),
        "on_time_share": _share(late == 0),
        "late_share": _share(late > 0),
        "sea_early_share": _share(late[sea] < 0),
        "sea_on_time_share": _share(late[sea] == 0),
        "sea_late_share": _share(late[sea] > 0),
        "sea_lateness_days": _quantiles(np.clip(late[sea], *DELIVERY_DAYS).astype(np.float64)),
        "lateness_days": _quantiles(np.clip(late, *DELIVERY_DAYS).astype(np.float64)),
        "shipment_value": _quantiles(_around_median(np.log(value[sold]), vendor[sold])),
    }


def _around_median(values: _Values, group: npt.NDArray[np.str_]) -> _Values:
    """Differences from the median of the group, of groups that are large enough."""
    _, place, count = np.unique(group, return_inverse=True, return_counts=True)
    order = np.lexsort((values, place))
    first = np.cumsum(count) - count
    median = values[order][first + (count - 1) // 2]
    # Equal prices must stay equal: what is left of rounding is taken away.
    around: _Values = np.round(values - median[place], 6)[count[place] >= LEAST_GROUP]
    return around + 0.0


def _quantiles(values: _Values) -> list[float]:
    middles = (np.arange(POINTS) + 0.5) / POINTS
    table = np.quantile(values, middles, method="inverted_cdf")
    return [round(float(value), 4) for value in table]


def _counts(texts: npt.NDArray[np.str_]) -> dict[str, int]:
    names, counts = np.unique(texts, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _share(which: npt.NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 4)


def _numbers(table: pa.Table, name: str) -> _Values:
    return np.asarray(table[name].to_numpy(zero_copy_only=False), np.float64)


def _days(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    dates = [
        datetime.strptime(text, "%d-%b-%y").replace(tzinfo=UTC).toordinal()
        for text in table[name].to_pylist()
    ]
    return np.array(dates, np.int64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write the file."""
    parser = argparse.ArgumentParser(prog="python -m simulator.refit", description=__doc__)
    parser.add_argument("--customs", type=Path, required=True)
    parser.add_argument("--shipments", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args(arguments)
    lines = [
        f" {json.dumps(name)}: {{\n"
        + ",\n".join(f"  {json.dumps(key)}: {json.dumps(part)}" for key, part in group.items())
        + "\n }"
        for name, group in fitted(asked.customs, asked.shipments).items()
    ]
    asked.out.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
