"""Figures of a world that was written, to see whether it is what it was meant to be."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.clock import DAY
from supervision.contract.messages import STREAMS
from supervision.errors import CargoworthyError


@dataclass(frozen=True)
class Figures:
    """What stands in a world's files.

    Attributes
    ----------
    messages : dict
        Rows of each stream.
    messages_an_enterprise_month : float
    financed_share, two_lenders_share : float
        Of all enterprises, ever; of the financed ones, ever with more than one lender.
    default_rates : dict of int to float
        By year: first defaults that lenders reported, over years in which an enterprise had an
        open facility and had not defaulted before.
    defaults, insolvencies : int
        Of all enterprises, from the truth.
    exception_share, inspected_share, amended_share : float
        Of custody messages; of declarations.
    """

    messages: dict[str, int]
    messages_an_enterprise_month: float
    financed_share: float
    two_lenders_share: float
    default_rates: dict[int, float]
    defaults: int
    insolvencies: int
    exception_share: float
    inspected_share: float
    amended_share: float


def figures(folder: Path) -> Figures:
    """Read the figures of the world under a folder.

    Raises
    ------
    CargoworthyError
        If a file of the world is missing.
    """
    absent = [stream for stream in STREAMS if not (folder / f"{stream}.parquet").is_file()]
    if absent:
        raise CargoworthyError(
            f"expected {absent[0]}.parquet and eight more under {str(folder)!r:.80}, found "
            f"{len(STREAMS) - len(absent)} of nine; write one with `cargoworthy simulate`"
        )
    rows = {s: pq.ParquetFile(folder / f"{s}.parquet").metadata.num_rows for s in STREAMS}
    months = pq.read_table(folder / "truth" / "months.parquet", columns=["enterprise", "as_of"])
    ends = np.unique(months["as_of"].to_numpy())
    people = pq.ParquetFile(folder / "truth" / "enterprises.parquet").metadata.num_rows
    financed, two = _borrowers(folder)
    custody, declaration = _kinds(folder, "custody"), _kinds(folder, "declaration")
    truth = folder / "truth"
    return Figures(
        messages=rows,
        messages_an_enterprise_month=sum(rows.values()) / people / len(ends),
        financed_share=financed / people,
        two_lenders_share=two / max(financed, 1),
        default_rates=_default_rates(folder, ends),
        defaults=pq.ParquetFile(truth / "defaults.parquet").metadata.num_rows,
        insolvencies=pq.ParquetFile(truth / "insolvencies.parquet").metadata.num_rows,
        exception_share=custody.get("exception", 0) / max(sum(custody.values()), 1),
        inspected_share=declaration.get("inspected", 0) / max(declaration.get("declared", 0), 1),
        amended_share=declaration.get("amended", 0) / max(declaration.get("declared", 0), 1),
    )


def _kinds(folder: Path, stream: str) -> dict[str, int]:
    counts = pq.read_table(folder / f"{stream}.parquet", columns=["kind"])["kind"].value_counts()
    return {row["values"]: row["counts"] for row in counts.to_pylist() if row["values"]}


def _facts(folder: Path, stream: str, kind: str, *names: str) -> pa.Table:
    table = pq.read_table(folder / f"{stream}.parquet", columns=["kind", *names])
    return table.filter(pc.equal(table["kind"], kind))


def _borrowers(folder: Path) -> tuple[int, int]:
    """How many enterprises ever had a facility; how many of them with several lenders."""
    table = _facts(folder, "financing", "facility", "enterprise_id", "lender")
    lenders = table.group_by("enterprise_id").aggregate([("lender", "count_distinct")])
    counts = lenders["lender_count_distinct"].to_numpy()
    return len(counts), int((counts > 1).sum())


def _default_rates(
    folder: Path, ends: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> dict[int, float]:
    opened = _facts(folder, "financing", "facility", "enterprise_id", "facility", "occurred_at")
    closed = _facts(folder, "financing", "closed", "facility", "occurred_at")
    until = dict(zip(*(closed[n].to_pylist() for n in ("facility", "occurred_at")), strict=True))
    defaults = _facts(folder, "outcome", "default", "enterprise_id", "occurred_at")
    first: dict[str, int] = {}
    for enterprise, at in zip(*(c.to_pylist() for c in defaults.columns[1:]), strict=True):
        first[enterprise] = min(at, first.get(enterprise, at))
    spans = [
        (
            enterprise,
            at,
            min(until.get(facility, ends[-1] + 1), first.get(enterprise, ends[-1] + 1)),
        )
        for enterprise, facility, at in zip(
            *(c.to_pylist() for c in opened.columns[1:]), strict=True
        )
    ]
    rates: dict[int, float] = {}
    for year in sorted({_year(int(end)) for end in ends}):
        exposed = sum(
            len({enterprise for enterprise, begin, stop in spans if begin <= end < stop})
            for end in ends.tolist()
            if _year(end) == year
        )
        failed = sum(_year(at) == year for at in first.values())
        rates[year] = failed / max(exposed / 12.0, 1e-9)
    return rates


def _year(at: int) -> int:
    """Year in Shanghai to which a month end, or an event, belongs."""
    return (
        int(np.datetime64(at + 8 * DAY // 24 - 1, "us").astype("datetime64[Y]").astype(int)) + 1970
    )
