"""The tables of the contest: how each is read, split and judged, and what others published."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.tables.figures import AUC, PRECISION
from training.bank_table import BankTable, TableDescription, from_frame, read_table
from training.cross_validation import make_folds
from training.estimator import Fold

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Effort:
    """How often folds are dealt.

    Attributes
    ----------
    folds, repeats, seed : int
    """

    folds: int = 5
    repeats: int = 2
    seed: int = 0

    def seeds(self) -> range:
        """One a repeat."""
        return range(self.seed, self.seed + self.repeats)


@dataclass(frozen=True)
class Case:
    """One table.

    Attributes
    ----------
    name : str
    source : Path
        File or folder.
    read : callable
    deal : callable
        Gives the folds of all repeats, one repeat behind the other.
    figure : {"AUC", "precision at 5%"}
        By which the contest is told.
    published : str
        What others reached, and how.
    fixed_test : bool
        All folds test the same rows: the interval comes from these rows, not from the folds.
    """

    name: str
    source: Path
    read: Callable[[Path], BankTable]
    deal: Callable[[BankTable, Effort], list[Fold]]
    figure: str
    published: str = ""
    fixed_test: bool = False


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
    "Term",
)
"""Columns of the SBA loans that tell, or are suspected to tell, of the outcome."""

LATER = "later"
"""Column that is added to the customs declarations: in the file of the later quarter."""


def customs(folder: Path) -> BankTable:
    """Customs declarations: 2020 (``train.parquet``), then the first quarter of 2021.

    The number of the declaration and the second label are no features; importers are groups.
    """
    parts = [pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "valid")]
    whole = pd.concat([part.assign(**{LATER: k}) for k, part in enumerate(parts)])
    described = TableDescription(
        "Fraud",
        time=LATER,
        group="Importer ID",
        drop=("Declaration ID", "Critical Fraud", "Date"),
    )
    return from_frame(whole.reset_index(drop=True), described)


def by_row(table: BankTable, effort: Effort) -> list[Fold]:
    """Rows dealt into folds, anew in each repeat."""
    return [
        fold
        for seed in effort.seeds()
        for fold in make_folds(table.target, None, None, effort.folds, seed)
    ]


def then_later(table: BankTable, effort: Effort) -> list[Fold]:
    """The earlier time to fit on, the later to test on, once a repeat."""
    if table.time is None:
        raise ValueError("expected a table with a time")
    fold = np.flatnonzero(table.time == 0), np.flatnonzero(table.time == 1)
    return [fold for _ in effort.seeds()]


def cases(customs_folder: Path) -> tuple[Case, ...]:
    """All cases; the customs declarations lie where the reader put them."""
    return (
        Case(
            "Polish companies, year 5",
            DATA / "polish_year5.parquet",
            lambda path: read_table(path, TableDescription("class")),
            by_row,
            AUC,
            "0.959 EXGB (Zięba et al. 2016); 0.961 best of the traditional learners of a later "
            "benchmark",
        ),
        Case(
            "SBA loans, no leaks",
            DATA / "sba_case.csv",
            lambda path: read_table(path, TableDescription("Default", drop=LEAKS)),
            by_row,
            AUC,
        ),
        Case(
            "Customs fraud, 2021 by 2020",
            customs_folder,
            customs,
            then_later,
            PRECISION,
            "LightGBM 0.762, XGBoost 0.675, logistic regression 0.258 (authors of the set)",
            fixed_test=True,
        ),
    )
