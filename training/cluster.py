"""Fitting on a Dask cluster: LightGBM's own estimators over the Parquet of features.

The workers read the rows themselves and send each other histograms; no machine holds the matrix
for it. Each of them draws among its own rows, and the bounds of a feature's bins are found on the
rows of one of them, so the trees are not those of one machine, but as good.
"""

import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import lightgbm as lgb
import numpy as np
import pyarrow.parquet as pq

from supervision.arrays import Integers
from training.errors import TrainingError
from training.estimator import Fitted, Fold, Recipe, check_folds, out_of_fold
from training.model.scale import Floats
from training.placement import Dealer
from training.sample import Labels

if TYPE_CHECKING:
    from distributed import Client

_PARTS = 4
"""Parts a worker, so that each gets some."""

_NETWORK = re.compile(
    r"^\[(machines|num_machines|local_listen_port|time_out|machine_list_filename): .*\]\n",
    re.MULTILINE,
)
"""What a model's text says of the machines that fitted it."""

_NAMES = {
    "min_data_in_leaf": "min_child_samples",
    "feature_fraction": "colsample_bytree",
    "bagging_fraction": "subsample",
    "bagging_freq": "subsample_freq",
    "lambda_l2": "reg_lambda",
    "seed": "random_state",
}
"""Parameters that the estimators call otherwise; those they do not know pass as they are."""


@dataclass(frozen=True, eq=False)
class ClusterFit:
    """Does on a cluster what :func:`training.estimator.fit` does here.

    Attributes
    ----------
    client : distributed.Client
    table : Path
        The feature table's file, which every worker must see under this path.
    rows : Integers
        Rows of it that are fitted on, rising.
    """

    client: "Client"
    table: Path
    rows: Integers

    def __call__(
        self,
        values: Floats,
        target: Labels,
        folds: Sequence[Fold],
        recipe: Recipe,
        weight: Floats | None = None,
    ) -> Fitted:
        """Choose the number of trees on the folds, then fit on all rows.

        For the parameters see :func:`training.estimator.fit`; of ``values``, which are those of
        the table's rows, only the folds' validation rows are looked at. Each fold is fitted with
        the most rounds allowed: one worker's loss would not do to stop by.

        Raises
        ------
        TrainingError
            If a fold is empty or leaves one class to fit on, or a worker cannot see the table.
        """
        check_folds(folds, target)
        self._check_workers()
        whole = np.arange(len(target))
        most = recipe.settings.max_rounds
        boosters = [self.fit_rounds(learn, target, recipe, most, weight) for learn, _ in folds]
        curves = [
            _losses(booster, values[rows], target[rows], None if weight is None else weight[rows])
            for booster, (_, rows) in zip(boosters, folds, strict=True)
        ]
        rounds = stopped(np.mean(curves, axis=0), recipe.settings.patience)
        margins, losses = out_of_fold(boosters, rounds, values, target, folds, weight)
        booster = self.fit_rounds(whole, target, recipe, rounds, weight)
        return Fitted(booster, rounds, margins, losses)

    def _check_workers(self) -> None:
        seen = self.client.run(os.path.isfile, str(self.table.resolve()))
        blind = sorted(worker for worker, sees in seen.items() if not sees)
        if blind:
            raise TrainingError(
                f"expected every worker of the cluster to see {self.table.resolve()}, found none "
                f"such at {', '.join(blind[:3])}; put the table where all of them see it under one "
                "path"
            )

    def fit_rounds(
        self,
        own: Integers,
        target: Labels,
        recipe: Recipe,
        rounds: int,
        weight: Floats | None = None,
    ) -> lgb.Booster:
        """Fit a given number of trees on some of the rows.

        Parameters
        ----------
        own : Integers
            Places among :attr:`rows`, rising.
        target : int8 [rows]
        recipe : Recipe
        rounds : int
        weight : float64 [rows], optional
        """
        import dask.array as da
        from dask.delayed import delayed

        parts = np.array_split(own, min(len(own), _PARTS * len(self.client.nthreads())))
        sizes = tuple(len(part) for part in parts)
        read = delayed(read_rows, pure=False)
        matrix = da.concatenate(
            [
                da.from_delayed(
                    read(str(self.table.resolve()), recipe.names, self.rows[part]),
                    (len(part), len(recipe.names)),
                    np.float64,
                )
                for part in parts
            ]
        )
        line = da.from_array(target[own].astype(np.float64), chunks=(sizes,))
        counts = None if weight is None else da.from_array(weight[own], chunks=(sizes,))
        with self.client.as_current(), warnings.catch_warnings():
            # The estimator's own default, which it warns of itself.
            warnings.filterwarnings("ignore", "Parameter n_jobs will be ignored", UserWarning)
            fitted = _estimator(Dealer(self.client), recipe, rounds).fit(
                matrix,
                line,
                sample_weight=counts,
                feature_name=recipe.plain_names(),
                categorical_feature=[recipe.names.index(name) for name in recipe.categorical],
            )
        text = fitted.booster_.model_to_string(num_iteration=-1)
        return lgb.Booster(model_str=_NETWORK.sub("", text))


def read_rows(path: str, names: Sequence[str], rows: Integers) -> Floats:
    """Read some rows of a Parquet file, of which only the groups that hold them are opened.

    Parameters
    ----------
    path : str
    names : sequence of str
        Columns, in the order wanted.
    rows : Integers
        Numbers of rows, rising.

    Returns
    -------
    float64 [rows, names]
        NaN where there is no value.
    """
    with pq.ParquetFile(path) as file:
        held = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
        ends = np.cumsum(held)
        groups, group = np.unique(np.searchsorted(ends, rows, side="right"), return_inverse=True)
        found = file.read_row_groups(groups.tolist(), columns=list(names))
    # What stands before each group in the file, less what of it was read.
    skipped = (ends - held)[groups] - np.concatenate([[0], np.cumsum(np.array(held)[groups])[:-1]])
    place = rows - skipped[group]
    columns = [found.column(name).to_numpy()[place] for name in names]
    return np.column_stack(columns).astype(np.float64, copy=False)


def stopped(losses: Floats, patience: int) -> int:
    """Number of rounds at which early stopping ends, given the loss after each round.

    Parameters
    ----------
    losses : float64 [rounds]
    patience : int
        Rounds without a smaller loss after which nothing more is looked at.
    """
    best = 0
    for place, loss in enumerate(losses.tolist()):
        if loss < losses[best]:
            best = place
        elif place - best >= patience:
            break
    return best + 1


def _losses(booster: lgb.Booster, values: Floats, target: Labels, weight: Floats | None) -> Floats:
    """Log loss on rows that were not fitted, after each round."""
    margin = np.zeros(len(target))
    found = np.empty(booster.num_trees())
    for place in range(len(found)):
        margin += booster.predict(values, raw_score=True, start_iteration=place, num_iteration=1)
        each = np.logaddexp(0.0, margin) - target * margin
        found[place] = np.average(each, weights=weight)
    return found


def _estimator(client: Dealer, recipe: Recipe, rounds: int) -> Any:
    """LightGBM's estimator for a cluster: the one that does not ask each worker for two classes."""
    from lightgbm import DaskLGBMRegressor

    chosen = recipe.parameters()
    del chosen["num_threads"]  # a worker's own
    named = {_NAMES.get(name, name): value for name, value in chosen.items()}
    acting = cast("Client", client)
    return DaskLGBMRegressor(client=acting, n_estimators=rounds, tree_learner="data", **named)
