"""The learners of the contest, each as it comes: only what makes it repeatable is set.

The explainable boosting machine is the exception: it averages two models instead of fourteen, which
take seven times as long.

Ours is what ``cargoworthy train --table`` fits. Text columns are categories for all: their codes
go to each learner by the way that it has for categories.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd

from supervision.arrays import Integers
from training.bank_table import BankTable
from training.cross_validation import plain_lightgbm
from training.estimator import Recipe, fit, raw_margin
from training.model.scale import Floats
from training.table_experiment import SETTINGS, stop_fold

_BAGS = 2
THREADS = 1
"""So that processor seconds compare, and nobody waits for a thread of his own."""


@dataclass(frozen=True)
class Contestant:
    """A learner.

    Attributes
    ----------
    name : str
    package : str
        Without which it cannot take part.
    predict : callable
        Table, rows to fit on, rows to test on and a seed give the probability of the bad outcome
        of each tested row.
    """

    name: str
    package: str
    predict: Callable[[BankTable, Integers, Integers, int], Floats]

    @property
    def is_here(self) -> bool:
        """Whether its package is installed."""
        return find_spec(self.package) is not None


def _ours(table: BankTable, learn: Integers, test: Integers, seed: int) -> Floats:
    recipe = _recipe(table, seed)
    stop = stop_fold(table, learn, seed)
    fitted = fit(table.values[learn], table.target[learn], [stop], recipe)
    return _probability(raw_margin(fitted.booster, table.values[test]))


def _plain(table: BankTable, learn: Integers, test: Integers, seed: int) -> Floats:
    booster = plain_lightgbm(table.values[learn], table.target[learn], _recipe(table, seed))
    return _probability(raw_margin(booster, table.values[test]))


def _xgboost(table: BankTable, learn: Integers, test: Integers, seed: int) -> Floats:
    from xgboost import XGBClassifier

    frame = _frame(table, as_text=False)
    learner = XGBClassifier(random_state=seed, n_jobs=THREADS, enable_categorical=True)
    learner.fit(frame.iloc[learn], table.target[learn])
    return np.asarray(learner.predict_proba(frame.iloc[test])[:, 1], dtype=np.float64)


def _catboost(table: BankTable, learn: Integers, test: Integers, seed: int) -> Floats:
    from catboost import CatBoostClassifier

    frame = _frame(table, as_text=True)
    learner = CatBoostClassifier(
        random_seed=seed,
        thread_count=THREADS,
        cat_features=list(table.categories),
        allow_writing_files=False,
        verbose=False,
    )
    learner.fit(frame.iloc[learn], table.target[learn])
    return np.asarray(learner.predict_proba(frame.iloc[test])[:, 1], dtype=np.float64)


def _explainable(table: BankTable, learn: Integers, test: Integers, seed: int) -> Floats:
    from interpret.glassbox import ExplainableBoostingClassifier

    frame = _frame(table, as_text=True)
    kinds = ["nominal" if name in table.categories else "continuous" for name in table.names]
    learner = ExplainableBoostingClassifier(
        random_state=seed,
        n_jobs=THREADS,
        outer_bags=_BAGS,
        feature_types=kinds,
        feature_names=list(table.names),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that its pictures show no gaps
        learner.fit(frame.iloc[learn], table.target[learn])
    return np.asarray(learner.predict_proba(frame.iloc[test])[:, 1], dtype=np.float64)


def _probability(margin: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-margin))


def _recipe(table: BankTable, seed: int) -> Recipe:
    return Recipe(table.names, table.directions, seed, SETTINGS, tuple(table.categories))


def _frame(table: BankTable, *, as_text: bool) -> pd.DataFrame:
    """The table's values; categories as pandas' own, or as text with gaps named."""
    frame = pd.DataFrame(table.values, columns=list(table.names))
    for name, known in table.categories.items():
        codes = frame[name].fillna(-1).astype(int).to_numpy()
        frame[name] = (
            np.array([*known, "(missing)"], dtype=object)[codes]
            if as_text
            else pd.Categorical.from_codes(codes, categories=pd.Index(known))
        )
    return frame


OURS = "ours"
PLAIN = "plain LightGBM"

CONTESTANTS = (
    Contestant(OURS, "lightgbm", _ours),
    Contestant(PLAIN, "lightgbm", _plain),
    Contestant("XGBoost", "xgboost", _xgboost),
    Contestant("CatBoost", "catboost", _catboost),
    Contestant("explainable boosting", "interpret", _explainable),
)
