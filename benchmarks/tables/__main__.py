"""AUC on two real tables, ours beside a plain LightGBM's on the same folds.

    python benchmarks/tables.py

Polish companies, year 5 (64 ratios, bankrupt within a year) and the SBA loans without the columns
that tell the outcome; then the SBA loans with ``Term``, to show the warning. Sources and licences:
``benchmarks/data/ATTRIBUTION.md``.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from training.bank_table import TableDescription, read_table
from training.table_experiment import TableExperiment, run_table

DATA = Path(__file__).resolve().parent / "data"
SEED = 0
LEAKS = (
    "daysterm",
    "xx",
    "RealEstate",
    "Portion",
    "ChgOffDate",
    "BalanceGross",
    "ChgOffPrinGr",
    "MIS_Status",
    "Selected",
)
"""Columns of the SBA loans that tell, or are suspected to tell, of the outcome; and ``Term``."""


@dataclass(frozen=True)
class Case:
    """One table and how it is read."""

    name: str
    file: str
    described: TableDescription


CASES = (
    Case("Polish companies, year 5", "polish_year5.parquet", TableDescription("class")),
    Case("SBA loans, no leaks", "sba_case.csv", TableDescription("Default", drop=(*LEAKS, "Term"))),
    Case("SBA loans, with Term", "sba_case.csv", TableDescription("Default", drop=LEAKS)),
)


def measure(case: Case, seed: int = SEED) -> TableExperiment:
    """Train on one table."""
    return run_table(
        read_table(DATA / case.file, case.described), case.name, lambda _: None, seed=seed
    )


def main() -> None:
    """Measure all cases and print them."""
    table = Table(title="Five-fold cross-validated AUC", title_justify="left")
    table.add_column("table")
    for name in ("ours", "plain LightGBM", "Brier", "seconds"):
        table.add_column(name, justify="right")
    warnings = []
    for case in CASES:
        begun = time.perf_counter()
        done = measure(case)
        table.add_row(
            case.name,
            f"{done.auc:.4f}",
            f"{done.auc_plain:.4f}",
            f"{done.out_of_fold.brier:.4f}",
            f"{time.perf_counter() - begun:.1f}",
        )
        warnings += [f"{case.name}: {finding}" for finding in done.findings]
    console = Console()
    console.print(table)
    for line in warnings:
        console.print(line, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
