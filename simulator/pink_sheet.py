"""Cut the price series of the goods out of the World Bank's monthly table.

    python -m simulator.pink_sheet SOURCE

SOURCE is the "Pink Sheet" as CSV: a column ``month`` (YYYY-MM) and one a series.
"""

import csv
from pathlib import Path
from typing import Annotated

import typer

from simulator.goods import GOODS
from supervision.errors import UsageError

CUT = Path(__file__).parent / "data" / "pink_sheet_monthly.csv"
FIRST, LAST = "2014-01", "2023-10"
"""A year before the longest world; the last month in which shrimp has a price."""


def cut(source: Path, out: Path = CUT) -> None:
    """Write the months and series that the world needs; the figures stand as published.

    Raises
    ------
    UsageError
        If the source lacks a series, a month or a price.
    """
    wanted = list(dict.fromkeys(good.series for good in GOODS))
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        absent = [name for name in ("month", *wanted) if name not in (reader.fieldnames or ())]
        if absent:
            raise UsageError(
                f"expected the columns {', '.join(absent)} in {str(source)!r:.80}, found none of "
                "them; give the World Bank's monthly table as CSV"
            )
        rows = [[row[name] for name in ("month", *wanted)] for row in reader]
    kept = [row for row in rows if FIRST <= row[0] <= LAST]
    if not kept or (kept[0][0], kept[-1][0]) != (FIRST, LAST) or not all(map(all, kept)):
        raise UsageError(
            f"expected every price from {FIRST} to {LAST} in {str(source)!r:.80}, found gaps; "
            "give a table that covers these months"
        )
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["month", *wanted], *kept])


def _command(
    source: Annotated[Path, typer.Argument(help="The World Bank's monthly table as CSV.")],
) -> None:
    """Cut the price series of the goods anew."""
    cut(source)


if __name__ == "__main__":
    typer.run(_command)
