"""The experiment on a table that a bank brings: the same training, without a catalogue."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from training.bank_table import BankTable
from training.calibration import fit_calibration, with_covariance
from training.checks import Finding
from training.config import BoostingSettings, CheckSettings
from training.cross_validation import CrossValidation, cross_validate, make_folds
from training.errors import TrainingError
from training.estimator import Fold, Recipe, fit_rounds
from training.experiment import Tell
from training.labels import Flags
from training.leakage import Suspect, suspects
from training.learning import golden_rows
from training.metrics import Performance, performance
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
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
class TableLearnt:
    """What was learnt from a table.

    Attributes
    ----------
    recipe : Recipe
    dealt : list of Fold
        Rows to fit on and to test on.
    folds : CrossValidation
        Of these.
    suspects : tuple of Suspect
        Columns that may give the label away.
    bundle : Bundle
        Fitted on all rows, calibrated on the margins out of fold.
    """

    recipe: Recipe
    dealt: list[Fold]
    folds: CrossValidation
    suspects: tuple[Suspect, ...]
    bundle: Bundle

    @property
    def tested(self) -> Flags:
        """Rows that a fold tests."""
        return ~np.isnan(self.folds.margins)


@dataclass(frozen=True, eq=False)
class TableExperiment:
    """A training on a table that came to its end.

    Attributes
    ----------
    learnt : TableLearnt
    out_of_fold : Performance
        Of the calibrated PD out of fold, all tested rows together.
    """

    learnt: TableLearnt
    out_of_fold: Performance

    @property
    def bundle(self) -> Bundle:
        """The model."""
        return self.learnt.bundle

    @property
    def folds(self) -> CrossValidation:
        """How ours and a plain LightGBM did."""
        return self.learnt.folds

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings; anything worse stopped the training."""
        return tuple(suspect.finding() for suspect in self.learnt.suspects)

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
    """Cross-validate, fit the model on all rows, and look for leaks.

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
    learnt = learn_table(table, name, tell, seed, settings, checks)
    tell("check it")
    rows = checks.probe_rows
    violations = probe(learnt.bundle.booster, table.values, table.directions, rows, seed)
    if (finding := violations.finding()) is not None:
        raise TrainingError(str(finding))
    tested = learnt.tested
    pd = learnt.bundle.calibration.pd(learnt.folds.margins[tested])
    measured = performance(table.target[tested], pd, groups(table)[tested], seed=seed)
    return TableExperiment(learnt, measured)


def learn_table(
    table: BankTable,
    name: str,
    tell: Tell,
    seed: int,
    settings: BoostingSettings,
    checks: CheckSettings,
) -> TableLearnt:
    """Cross-validate, look for leaks, and fit the model on all rows.

    The same table, seed and settings give the same model, byte by byte.
    """
    recipe = Recipe(table.names, table.directions, seed, settings, tuple(table.categories))
    tell("cross-validate")
    dealt = make_folds(table.target, table.time, table.group, FOLDS, seed)
    inner = [[stop_fold(table, rows, seed)] for rows, _ in dealt]
    folds = cross_validate(table.values, table.target, dealt, inner, recipe)
    tell("look for leaks")
    found = suspects(
        table.values,
        table.target,
        dealt,
        recipe,
        alone=checks.leak_auc,
        ratio=checks.leak_error_ratio,
    )
    tell("fit the model")
    return TableLearnt(recipe, dealt, folds, found, fit_table(table, name, recipe, folds))


def fit_table(table: BankTable, name: str, recipe: Recipe, folds: CrossValidation) -> Bundle:
    """Fit on all rows, with the trees of the median fold, and calibrate out of fold."""
    rounds = int(np.median(folds.rounds))
    booster = fit_rounds(table.values, table.target, recipe, rounds)
    tested = ~np.isnan(folds.margins)
    facts = {
        "rows": len(table.target),
        "defaults": int(table.target.sum()),
        "rounds": rounds,
        "seed": recipe.seed,
        "settings": recipe.settings.model_dump(),
        "fold_auc": list(folds.ours),
        "fold_auc_plain_lightgbm": list(folds.plain),
    }
    return assemble(
        booster,
        calibrate_table(table, folds, tested),
        golden_rows(table.values[tested], folds.margins[tested]),
        name=name,
        features=table.names,
        directions=table.directions,
        categories=table.categories,
        facts=facts,
    )


def calibrate_table(table: BankTable, folds: CrossValidation, rows: Flags) -> Calibration:
    """Calibrate on the margins out of fold of some rows; with a slope if groups are enough."""
    group, margin, target = groups(table)[rows], folds.margins[rows], table.target[rows]
    with_slope = len(np.unique(group)) >= _SLOPE_FROM_GROUPS
    return with_covariance(
        fit_calibration(margin, target, with_slope=with_slope), margin, target, group
    )


def stop_fold(
    table: BankTable, learn: np.ndarray[tuple[int], np.dtype[np.int64]], seed: int
) -> Fold:
    """Among rows to fit on, those that tell when to stop: the last, or others' groups.

    Where the times that are left are too few, or too uneven, to hold back the latest, rows or
    groups are dealt out.

    Returns
    -------
    Fold
        Places among ``learn``.
    """
    target = table.target[learn]
    group = None if table.group is None else table.group[learn]
    if table.time is not None:
        with suppress(TrainingError):
            return make_folds(target, table.time[learn], group, FOLDS, seed + 1)[-1]
    return make_folds(target, None, group, FOLDS, seed + 1)[-1]


def groups(table: BankTable) -> Names:
    """Group of each row; of a table without groups, each row's own number."""
    if table.group is not None:
        return table.group
    return np.arange(len(table.target)).astype(np.str_)
