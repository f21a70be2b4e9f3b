"""The experiment on a table that a bank brings: the same training, without a catalogue."""

from dataclasses import dataclass

import numpy as np

from training.bank_table import BankTable
from training.calibration import fit_calibration
from training.checks import Finding
from training.config import BoostingSettings, CheckSettings
from training.cross_validation import CrossValidation, cross_validate, make_folds
from training.errors import TrainingError
from training.estimator import Fold, Recipe, fit_rounds
from training.experiment import Tell
from training.leakage import suspects
from training.learning import golden_rows
from training.metrics import Performance, performance
from training.model.bundle import Bundle, assemble
from training.monotonicity import probe
from training.sample import Names

SETTINGS = BoostingSettings(
    learning_rate=0.1,
    num_leaves=15,
    min_data_in_leaf=20,
    feature_fraction=0.5,
    bagging_fraction=1.0,
    lambda_l2=0.0,
    max_rounds=800,
    patience=40,
)
"""For tables of a few thousand rows and up to some hundred columns."""

FOLDS = 5
_SLOPE_FROM_GROUPS = 5000


@dataclass(frozen=True, eq=False)
class TableExperiment:
    """A training on a table that came to its end.

    Attributes
    ----------
    bundle : Bundle
        Fitted on all rows, calibrated on the margins out of fold.
    folds : CrossValidation
    out_of_fold : Performance
        Of the calibrated PD out of fold, all tested rows together.
    findings : tuple of Finding
    """

    bundle: Bundle
    folds: CrossValidation
    out_of_fold: Performance
    findings: tuple[Finding, ...]

    @property
    def auc(self) -> float:
        """Mean AUC of ours over the folds."""
        return float(np.mean(self.folds.ours))

    @property
    def auc_plain(self) -> float:
        """Mean AUC of a plain LightGBM over the same folds."""
        return float(np.mean(self.folds.plain))


def run_table(
    table: BankTable,
    name: str,
    tell: Tell,
    *,
    seed: int = 0,
    settings: BoostingSettings = SETTINGS,
    checks: CheckSettings | None = None,
) -> TableExperiment:
    """Cross-validate, look for leaks, and fit the model on all rows.

    Parameters
    ----------
    table : BankTable
    name : str
        Of the model.
    tell : Tell
    seed : int
    settings : BoostingSettings
    checks : CheckSettings, optional

    Raises
    ------
    TrainingError
        If a fold is empty, or the model moves against a direction.
    """
    checks = checks or CheckSettings()
    recipe = Recipe(table.names, table.directions, seed, settings, tuple(table.categories))
    tell("cross-validate")
    folds = make_folds(table.target, table.time, table.group, FOLDS, seed)
    inner = [[stop_fold(table, learn, seed)] for learn, _ in folds]
    found = cross_validate(table.values, table.target, folds, inner, recipe)

    tell("check it")
    leaks = suspects(
        table.values,
        table.target,
        folds,
        recipe,
        alone=checks.leak_auc,
        ratio=checks.leak_error_ratio,
    )
    tell("fit the model")
    bundle, out_of_fold = _fitted(table, name, recipe, found)
    rows = checks.probe_rows
    violations = probe(bundle.booster, table.values, table.directions, rows, seed)
    if (finding := violations.finding()) is not None:
        raise TrainingError(str(finding))
    return TableExperiment(bundle, found, out_of_fold, tuple(leak.finding() for leak in leaks))


def _fitted(
    table: BankTable, name: str, recipe: Recipe, found: CrossValidation
) -> tuple[Bundle, Performance]:
    """Fit on all rows, calibrate on the margins out of fold, and measure those."""
    rounds = int(np.median(found.rounds))
    booster = fit_rounds(table.values, table.target, recipe, rounds)
    tested = ~np.isnan(found.margins)
    margin, target = found.margins[tested], table.target[tested]
    groups = _groups(table)[tested]
    calibration = fit_calibration(
        margin, target, with_slope=len(np.unique(groups)) >= _SLOPE_FROM_GROUPS
    )
    pd = calibration.pd(margin)
    facts = {
        "rows": len(table.target),
        "defaults": int(table.target.sum()),
        "rounds": rounds,
        "seed": recipe.seed,
        "settings": recipe.settings.model_dump(),
        "fold_auc": list(found.ours),
        "fold_auc_plain_lightgbm": list(found.plain),
    }
    bundle = assemble(
        booster,
        calibration,
        golden_rows(table.values[tested], margin),
        name=name,
        features=table.names,
        directions=table.directions,
        categories=table.categories,
        facts=facts,
    )
    return bundle, performance(target, pd, groups, seed=recipe.seed)


def stop_fold(
    table: BankTable, learn: np.ndarray[tuple[int], np.dtype[np.int64]], seed: int
) -> Fold:
    """Among rows to fit on, those that tell when to stop: the last, or others' groups.

    Returns
    -------
    Fold
        Places among ``learn``.
    """
    time = None if table.time is None else np.unique(table.time[learn], return_inverse=True)[1]
    group = None if table.group is None else table.group[learn]
    if time is not None and len(np.unique(time)) <= FOLDS:
        time = None  # too few times left to hold back the latest
    return make_folds(table.target[learn], time, group, FOLDS, seed + 1)[-1]


def _groups(table: BankTable) -> Names:
    if table.group is not None:
        return table.group
    return np.arange(len(table.target)).astype(np.str_)
