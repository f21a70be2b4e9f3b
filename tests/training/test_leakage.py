from pathlib import Path

import numpy as np
import pytest

from training.bank_table import TableDescription, read_table
from training.config import BoostingSettings, CheckSettings
from training.cross_validation import make_folds
from training.estimator import Recipe
from training.leakage import suspects

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
CHECKS = CheckSettings()
OUTCOMES = ("MIS_Status", "ChgOffDate", "ChgOffPrinGr")


def named(
    values: np.ndarray,
    target: np.ndarray,
    names: tuple[str, ...],
    categorical: tuple[str, ...] = (),
) -> list[str]:
    recipe = Recipe(names, (0,) * len(names), 0, BoostingSettings(), categorical)
    folds = make_folds(target, None, None, 5, 0)
    found = suspects(
        values, target, folds, recipe, alone=CHECKS.leak_auc, ratio=CHECKS.leak_error_ratio
    )
    return [suspect.column for suspect in found]


def named_in(file: str, target: str, drop: tuple[str, ...] = ()) -> list[str]:
    table = read_table(DATA / file, TableDescription(target, drop=drop))
    return named(table.values, table.target, table.names, tuple(table.categories))


@pytest.fixture
def honest() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    values = chance.normal(size=(3000, 5))
    odds = 1.5 * values[:, 0] + values[:, 1] - 2
    return values, (chance.uniform(size=3000) < 1 / (1 + np.exp(-odds))).astype(np.int8)


def test_term_is_named_in_the_sba_loans() -> None:
    assert named_in("sba_case.csv", "Default", OUTCOMES)[:2] == ["Term", "daysterm"]


def test_a_date_that_leaks_only_beside_another_is_named() -> None:
    assert named_in("sba_case.csv", "Default", (*OUTCOMES, "Term", "daysterm")) == ["xx"]


def test_the_columns_that_are_the_outcome_are_named_first() -> None:
    assert set(named_in("sba_case.csv", "Default")[:3]) == set(OUTCOMES)


def test_no_column_of_polish_year_five_is_named() -> None:
    assert named_in("polish_year5.parquet", "class") == []


def test_honest_columns_are_not_named(honest: tuple[np.ndarray, np.ndarray]) -> None:
    values, target = honest
    assert named(values, target, ("a", "b", "c", "d", "e")) == []


def test_a_noisy_copy_of_the_target_is_named(honest: tuple[np.ndarray, np.ndarray]) -> None:
    values, target = honest
    chance = np.random.default_rng(3)
    values[:, 3] = target + chance.normal(0, 0.4, len(target))
    assert named(values, target, ("a", "b", "c", "d", "e")) == ["d"]


def test_a_gap_that_tells_the_outcome_is_named(honest: tuple[np.ndarray, np.ndarray]) -> None:
    values, target = honest
    values[target == 0, 4] = np.nan
    assert named(values, target, ("a", "b", "c", "d", "e")) == ["e"]


def test_a_category_that_is_the_outcome_is_named(honest: tuple[np.ndarray, np.ndarray]) -> None:
    values, target = honest
    values[:, 2] = np.where(target == 1, 3, np.random.default_rng(1).integers(0, 3, len(target)))
    assert named(values, target, ("a", "b", "c", "d", "e"), ("c",)) == ["c"]


def test_a_finding_tells_the_figure_and_what_to_do(honest: tuple[np.ndarray, np.ndarray]) -> None:
    values, target = honest
    values[:, 3] = target
    recipe = Recipe(("a", "b", "c", "d", "e"), (0,) * 5, 0, BoostingSettings())
    found = suspects(
        values, target, make_folds(target, None, None, 5, 0), recipe, alone=0.9, ratio=0.4
    )
    assert str(found[0].finding()) == (
        "PD002 suspected leak: column d alone reaches an AUC of 1.000; was it known at the time "
        "of scoring? If not, leave it out (--drop)"
    )
