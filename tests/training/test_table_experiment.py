from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from training.bank_table import TableDescription, from_frame, read_table
from training.errors import TrainingError
from training.table_experiment import run_table

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
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


def quiet(_: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    """Loans of 300 firms, each with ten months of figures and one hidden quality."""
    chance = np.random.default_rng(9)
    firm = np.repeat(np.arange(300), 10)
    quality = chance.normal(size=300)[firm]
    debt = chance.normal(size=3000) + 0.5 * quality
    sector = chance.choice(["coal", "timber", "fish"], 3000)
    odds = 1.5 * debt + 1.0 * (sector == "coal") - 2.5
    return pd.DataFrame(
        {
            "bad": (chance.uniform(size=3000) < 1 / (1 + np.exp(-odds))).astype(int),
            "debt": debt,
            "sector": sector,
            "firm": [f"firm {number}" for number in firm],
            "month": np.tile(np.arange(10), 300),
        }
    )


def test_sba_without_leaks_is_where_others_found_it_and_names_nothing() -> None:
    table = read_table(DATA / "sba_case.csv", TableDescription("Default", drop=LEAKS))
    done = run_table(table, "table-sba", quiet)
    assert 0.84 < done.auc < 0.89
    assert done.auc > done.auc_plain - 0.01
    assert done.findings == ()


@pytest.mark.parametrize("roles", [{"group": "firm"}, {"time": "month"}])
def test_groups_and_times_train_with_directions(loans: pd.DataFrame, roles: dict[str, str]) -> None:
    spare = tuple({"firm", "month"} - set(roles.values()))
    described = TableDescription("bad", **roles, drop=spare, increasing=("debt",))  # type: ignore[arg-type]
    table = from_frame(loans, described)
    done = run_table(table, "table-loans", quiet, seed=2)
    assert 0.72 < done.auc < 0.9
    assert done.bundle.directions == (1, 0)
    assert done.bundle.categories == {"sector": ("coal", "fish", "timber")}
    rows = np.array([[debt, 0.0] for debt in np.linspace(-3, 3, 50)])
    assert (np.diff(done.bundle.score(rows).score_micro) <= 0).all()


def test_the_pd_out_of_fold_is_at_the_level_of_the_outcomes(loans: pd.DataFrame) -> None:
    described = TableDescription("bad", group="firm", drop=("month",))
    done = run_table(from_frame(loans, described), "table-loans", quiet)
    found = done.out_of_fold
    assert found.mean_pd == pytest.approx(found.default_rate, rel=1e-6)


def test_few_times_are_told(loans: pd.DataFrame) -> None:
    few = loans.assign(month=loans["month"] // 3)
    with pytest.raises(TrainingError, match="at least 6 different times for 5 folds, found 4"):
        run_table(from_frame(few, TableDescription("bad", time="month")), "table-loans", quiet)
