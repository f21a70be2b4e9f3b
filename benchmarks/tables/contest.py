"""The contest: every learner on the same folds of every table."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.tables.cases import Case, Effort
from benchmarks.tables.contestants import Contestant
from benchmarks.tables.figures import FIGURES, log_loss, over_folds, over_groups
from training.bank_table import BankTable
from training.estimator import Fold
from training.model.scale import Floats

_RESAMPLES = 300


@dataclass(frozen=True)
class Result:
    """What a learner reached on a table.

    Attributes
    ----------
    case, contestant, figure : str
    mean, low, high : float
        Of the figure, with a 95 % interval.
    log_loss : float
        Mean over the folds.
    by_fold : tuple of float
        In the order of the folds, one repeat behind the other.
    seconds : float
        Of processor time, all folds together.
    """

    case: str
    contestant: str
    figure: str
    mean: float
    low: float
    high: float
    log_loss: float
    by_fold: tuple[float, ...]
    seconds: float

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def contest(
    case: Case, contestants: Sequence[Contestant], effort: Effort, tell: Callable[[str], None]
) -> Iterator[Result]:
    """Fit every learner on every fold of a table, one learner after the other."""
    table = case.read(case.source)
    folds = case.deal(table, effort)
    for one in contestants:
        risks = []
        begun = time.process_time()
        for number, (learn, test) in enumerate(folds):
            tell(f"{case.name}: {one.name}, fold {number + 1} of {len(folds)}")
            seed = effort.seed + number
            risks.append(one.predict(table, learn, test, seed))
        yield _result(case, one.name, table, folds, risks, time.process_time() - begun)


def _result(
    case: Case,
    name: str,
    table: BankTable,
    folds: list[Fold],
    risks: list[Floats],
    seconds: float,
) -> Result:
    figure = FIGURES[case.figure]
    tested = [(table.target[test], risk) for (_, test), risk in zip(folds, risks, strict=True)]
    by_fold = [figure(*one) for one in tested]
    if case.fixed_test and table.group is not None:
        test = folds[0][1]
        target, group = table.target[test], table.group[test]
        low, high = over_groups(target, risks, group, figure, _RESAMPLES)
    else:
        sizes = np.array([(len(test), len(learn)) for learn, test in folds]).mean(axis=0)
        low, high = over_folds(by_fold, *sizes)
    return Result(
        case=case.name,
        contestant=name,
        figure=case.figure,
        mean=float(np.mean(by_fold)),
        low=low,
        high=high,
        log_loss=float(np.mean([log_loss(*one) for one in tested])),
        by_fold=tuple(by_fold),
        seconds=seconds,
    )
