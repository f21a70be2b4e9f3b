"""The estimator under scikit-learn's interface, for whoever brings a pipeline of their own.

It is the recipe of the champion: monotone LightGBM, its number of trees chosen on validation
folds, calibrated on margins that each row's booster had not seen.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from training.calibration import fit_calibration
from training.config import BoostingSettings
from training.cross_validation import make_folds
from training.errors import EstimatorInputError, TrainingError
from training.estimator import Recipe, fit, raw_margin
from training.model.calibration import Calibration
from training.model.scale import Floats
from training.sample import Labels

STANDARD = BoostingSettings()

Directions = Sequence[int] | Mapping[str, int]


class PdClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A calibrated probability of default with stated directions.

    Parameters
    ----------
    directions : sequence or mapping of int, optional
        +1 where a larger value may only raise the PD, -1 where it may only lower it, 0 free: one
        a column, or by column name. None: all free.
    learning_rate, num_leaves, min_data_in_leaf, feature_fraction, bagging_fraction, lambda_l2
        LightGBM's, under their own names.
    max_rounds, patience : int
        Most trees, and rounds without a better validation loss after which fitting stops.
    num_threads : int
    folds : int
        Validation folds; fewer where a class has fewer rows.
    slope_from : int
        Groups (or rows, without groups) from which the calibration's slope is fitted; below, the
        offset alone.
    random_state : int

    Attributes
    ----------
    classes_ : array [2]
        The second is the default.
    booster_ : lightgbm.Booster
    rounds_ : int
        Trees that the folds chose.
    calibration_ : Calibration
        The identity where the margins part the classes completely: no finite one would fit.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where the values came with names.

    Examples
    --------
    >>> import numpy as np
    >>> chance = np.random.default_rng(0)
    >>> values = chance.normal(size=(400, 2))
    >>> target = values[:, 0] + chance.normal(size=400) > 1
    >>> model = PdClassifier(directions=[1, 0], random_state=3).fit(values, target)
    >>> bool(model.predict_proba([[2.0, 0.0]])[0, 1] > model.predict_proba([[-2.0, 0.0]])[0, 1])
    True
    """

    def __init__(
        self,
        *,
        directions: Directions | None = None,
        learning_rate: float = STANDARD.learning_rate,
        num_leaves: int = STANDARD.num_leaves,
        min_data_in_leaf: int = STANDARD.min_data_in_leaf,
        feature_fraction: float = STANDARD.feature_fraction,
        bagging_fraction: float = STANDARD.bagging_fraction,
        lambda_l2: float = STANDARD.lambda_l2,
        max_rounds: int = STANDARD.max_rounds,
        patience: int = STANDARD.patience,
        num_threads: int = STANDARD.num_threads,
        folds: int = 5,
        slope_from: int = 5000,
        random_state: int = 0,
    ) -> None:
        self.directions = directions
        self.learning_rate = learning_rate
        self.num_leaves = num_leaves
        self.min_data_in_leaf = min_data_in_leaf
        self.feature_fraction = feature_fraction
        self.bagging_fraction = bagging_fraction
        self.lambda_l2 = lambda_l2
        self.max_rounds = max_rounds
        self.patience = patience
        self.num_threads = num_threads
        self.folds = folds
        self.slope_from = slope_from
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
    ) -> Self:
        """Choose the number of trees, fit them on all rows, and calibrate.

        Parameters
        ----------
        X : array [n, f]
            NaN is missing.
        y : array [n]
            Two classes; the later one in sorted order is the default.
        sample_weight : array [n], optional
            A row of weight 0 is left out.
        groups : array [n], optional
            Rows of one group (an enterprise) stay on one side of every fold.

        Raises
        ------
        EstimatorInputError
            If there are not two rows of either of two classes, or a direction fits no column.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        self.classes_, target = _classes(y)
        weight = _weight(sample_weight, X)
        kept = np.ones(len(target), dtype=bool) if weight is None else weight > 0
        values, target = np.ascontiguousarray(X[kept]), target[kept]
        _require_rows(target, self.classes_)
        if weight is not None:
            weight = weight[kept] / weight[kept].mean()
        group = None if groups is None else np.asarray(groups).astype(np.str_)[kept]
        recipe = self._recipe()
        number = min(self.folds, int(np.bincount(target).min()))
        folds = make_folds(target, None, group, number, self.random_state)
        fitted = fit(values, target, folds, recipe, weight)
        self.booster_, self.rounds_ = fitted.booster, fitted.rounds
        independent = len(target) if group is None else len(np.unique(group))
        self.calibration_ = _calibrated(
            fitted.margins, target, independent >= self.slope_from, weight
        )
        return self

    def decision_function(self, X: Any) -> Floats:
        """Calibrated log-odds of default, float64 [n]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        margin = raw_margin(self.booster_, np.ascontiguousarray(X))
        return np.asarray(self.calibration_.slope * margin + self.calibration_.intercept)

    def predict_proba(self, X: Any) -> Floats:
        """Probability of each class, float64 [n, 2]; the second column is the PD."""
        pd = 1.0 / (1.0 + np.exp(-self.decision_function(X)))
        return np.column_stack([1.0 - pd, pd])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likelier class of each row."""
        later = self.decision_function(X) > 0
        return np.asarray(self.classes_[later.astype(np.int64)])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def _recipe(self) -> Recipe:
        given = getattr(self, "feature_names_in_", None)
        names = (
            tuple(f"column_{place}" for place in range(self.n_features_in_))
            if given is None
            else tuple(str(name) for name in given)
        )
        return Recipe(
            names=names,
            directions=_directions(self.directions, names),
            seed=self.random_state,
            settings=BoostingSettings(
                **{name: getattr(self, name) for name in BoostingSettings.model_fields}
            ),
        )


def _classes(y: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Labels]:
    """The two classes, and 1 for each row of the second."""
    check_classification_targets(y)
    classes, place = np.unique(y, return_inverse=True)
    if len(classes) > 2:
        raise EstimatorInputError(
            "Only binary classification is supported. The type of the target is "
            f"{type_of_target(y)}: expected two classes, found {len(classes)}; mark the bad "
            "outcome with 1 and all others with 0"
        )
    return classes, place.astype(np.int8)


def _weight(sample_weight: Any, values: Floats) -> Floats | None:
    if sample_weight is None:
        return None
    return np.asarray(
        _check_sample_weight(sample_weight, values, dtype=np.float64, ensure_non_negative=True)
    )


def _require_rows(target: Labels, classes: npt.NDArray[Any]) -> None:
    counts = np.bincount(target, minlength=2)
    if len(classes) < 2 or counts.min() < 2:
        raise EstimatorInputError(
            f"expected at least two rows of each of two classes, found {counts.tolist()} rows of "
            f"{len(classes)} class{'' if len(classes) == 1 else 'es'}; give rows with and without "
            "a default"
        )


def _directions(stated: Directions | None, names: tuple[str, ...]) -> tuple[int, ...]:
    if stated is None:
        return (0,) * len(names)
    if isinstance(stated, Mapping):
        stray = sorted(set(stated) - set(names))
        if stray:
            raise EstimatorInputError(
                f"directions name the column {stray[0]!r:.60}, but the columns are {names[:5]}...; "
                "give the values with their names, as a data frame does"
            )
        found = tuple(int(stated.get(name, 0)) for name in names)
    else:
        found = tuple(int(direction) for direction in stated)
    if len(found) != len(names) or not set(found) <= {-1, 0, 1}:
        raise EstimatorInputError(
            f"expected a direction of -1, 0 or 1 for each of {len(names)} columns, found "
            f"{len(found)}: {list(found)[:10]}; give one a column"
        )
    return found


def _calibrated(
    margin: Floats, target: Labels, with_slope: bool, weight: Floats | None
) -> Calibration:
    try:
        return fit_calibration(margin, target, with_slope=with_slope, weight=weight)
    except TrainingError:
        return Calibration()
