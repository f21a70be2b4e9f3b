"""Rivals on a table: what other models say of the rows that ours are judged on."""

import numpy as np

from features.feature import Phrase
from training.bank_table import BankTable
from training.comparison import CORE_RULE, SCORECARD, UNCONSTRAINED
from training.cross_validation import PLAIN
from training.estimator import Fold, fit, raw_margin
from training.model.scale import Floats
from training.report.evidence import drawn
from training.scorecard import fit_scorecard
from training.table_experiment import TableLearnt, stop_fold
from training.weight_of_evidence import installed

SCORECARD_ROWS = 20_000
"""Rows that a scorecard learns from at most: bins of more are no better."""
_CLASSES = 2

_NO_RULE = Phrase(
    "Nothing in a table is known as a core enterprise's rating.",
    "数据表中没有可识别的核心企业评级。",
)
_NO_DIRECTION = Phrase(
    "No column was given a direction: the model itself is without.",
    "未设定任何方向，模型本身即无约束。",
)
_NO_SCORECARD = Phrase("optbinning is not installed.", "未安装 optbinning，未拟合。")
_NO_NUMBERS = Phrase(
    "A scorecard needs columns of numbers; the table has none.", "评分卡需要数值列，数据表没有。"
)


def table_rivals(
    table: BankTable, learnt: TableLearnt, judged: list[Fold]
) -> dict[str, Floats | Phrase]:
    """Rank of every row by each rival, NaN where no judged fold tests it, or why there is none.

    Parameters
    ----------
    table : BankTable
    learnt : TableLearnt
    judged : list of Fold
        Each rival learns from the rows that ours learnt from.
    """
    unconstrained: Floats | Phrase = _NO_DIRECTION
    if any(learnt.recipe.directions):
        unconstrained = _unconstrained(table, learnt, judged)
    scorecard: Floats | Phrase = _NO_SCORECARD
    if set(table.names) == set(table.categories):
        scorecard = _NO_NUMBERS
    elif installed():
        scorecard = _scorecard(table, learnt, judged)
    return {
        CORE_RULE: _NO_RULE,
        SCORECARD: scorecard,
        UNCONSTRAINED: unconstrained,
        PLAIN: learnt.folds.plain_margins,
    }


def _unconstrained(table: BankTable, learnt: TableLearnt, judged: list[Fold]) -> Floats:
    found, free = np.full(len(table.target), np.nan), learnt.recipe.free()
    for rows, test in judged:
        stop = [stop_fold(table, rows, free.seed)]
        booster = fit(table.values[rows], table.target[rows], stop, free).booster
        found[test] = raw_margin(booster, table.values[test])
    return found


def _scorecard(table: BankTable, learnt: TableLearnt, judged: list[Fold]) -> Floats:
    found = np.full(len(table.target), np.nan)
    for rows, test in judged:
        few = rows[drawn(len(rows), SCORECARD_ROWS, learnt.recipe.seed)]
        if len(np.unique(table.target[few])) < _CLASSES:
            few = rows
        card = fit_scorecard(table.values[few], table.target[few], (), learnt.recipe).card
        found[test] = card.margin(table.values[test])
    return found
