"""Evidence of a model on a table of a bank's own: what is said of rows that were not learnt from.

The version is fitted on all rows, so none is left to judge it by. Judged are the models of its
cross-validation, which are of the same recipe: with a time the last of them, on the latest rows;
else all, each on the rows of its own fold. Their calibration has not seen these rows either.
"""

from dataclasses import dataclass

import numpy as np

from features.feature import Phrase
from supervision.arrays import Integers
from training.bank_table import BankTable
from training.cross_validation import make_folds
from training.errors import TrainingError
from training.estimator import Fold, fit_rounds, raw_margin
from training.labels import Flags
from training.metrics import auc
from training.model.bundle import Bundle
from training.model.calibration import Calibration
from training.model.scale import Floats, Scale
from training.report.evidence import Development, Evidence, Origin, Tell, Trained, drawn
from training.report.master_scale import MasterScale
from training.report.migration import Graded, Migration
from training.report.settings import ValidationSettings
from training.report.side import Scored, Side
from training.report.table_rivals import SCORECARD_ROWS, table_rivals
from training.report.table_wording import table_wording
from training.table_experiment import FOLDS, TableLearnt, calibrate_table, fit_table, groups
from training.table_run import TableRun

ADDITIVE_ROWS = 10_000
"""Rows on which contributions are added up, at most."""
SHOWN_ROWS = 2_000
"""Rows whose points are shown, and scored by a second fit, at most."""
_LEAST_GROUPS = 2

NO_CATALOGUE = Phrase(
    "A table comes without a catalogue: nothing says what its columns mean, on which streams they "
    "rest, or which of them no model may see.",
    "数据表没有特征目录，无从知道各列含义、所依赖的数据源以及哪些列禁止入模。",
)
NO_CHAMPION = Phrase(
    "A model of a table is never the champion, and has none beside it.",
    "数据表模型不会成为冠军模型，亦无可比的冠军模型。",
)
NO_SEGMENTS = Phrase(
    "Nothing in a table is known as region, size, industry or commodity.",
    "数据表中没有可识别的地区、规模、行业或商品。",
)
NO_TIME = Phrase(
    "The table was given no time column: no row is later than development.",
    "未指定时间列，没有晚于开发期的样本。",
)
NO_GROUP = Phrase(
    "The table was given no time and group columns: nobody can be followed.",
    "未同时指定时间列与分组列，无法跟踪同一客户。",
)
NOBODY_STAYED = Phrase(
    "No group has rows in both of the last two blocks of time.",
    "最后两个时间段没有相同的分组。",
)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Rows with the score of a model that was neither fitted nor calibrated on them.

    Attributes
    ----------
    judged : list of Fold
        On whose test rows the version is judged.
    now : bool [n]
        These rows.
    unseen : float64 [n] or None
        Margins of the rows that the judged model learnt from, by models of others among them; NaN
        elsewhere. None without a time.
    score_micro : int64 [n]
        Of all these rows; 0 elsewhere.
    calibration : Calibration
        Of the last fold.
    """

    judged: list[Fold]
    now: Flags
    unseen: Floats | None
    score_micro: Integers
    calibration: Calibration

    @property
    def then(self) -> Flags | None:
        """Rows of development; None without a time."""
        return None if self.unseen is None else ~np.isnan(self.unseen)


def gather_table(
    bundle: Bundle,
    run: TableRun,
    table: BankTable,
    learnt: TableLearnt,
    settings: ValidationSettings,
    tell: Tell,
) -> Evidence:
    """Put together what the validation looks at.

    Parameters
    ----------
    bundle : Bundle
        The version, as it was registered.
    run : TableRun
    table : BankTable
    learnt : TableLearnt
        By the run.
    settings : ValidationSettings
    tell : callable
        Is told the name of each step as it begins.
    """
    held = held_out(table, learnt)
    tell("fit the models to compare with")
    rivals = table_rivals(table, learnt, held.judged)
    tell("train again, to see whether the same model comes of it")
    again = fit_table(table, bundle.name, learnt.recipe, learnt.folds)
    tell("score the rows")
    pd = learnt.bundle.scale.pd(held.score_micro)
    reference = held.now if held.then is None else held.then
    scale = MasterScale.fitting(settings.grades, pd[reference])
    n = len(table.target)
    shown = table.values[drawn(n, SHOWN_ROWS, settings.seed)]
    whole = drawn(n, min(settings.additive_rows, ADDITIVE_ROWS), settings.seed)
    wording = table_wording(run, scale, _sampled(n))
    return Evidence(
        bundle=bundle,
        settings=settings,
        wording=wording,
        scale=scale,
        origin=Origin(run.table_sha256, n, None, {"how": wording.how.en}),
        trained=Trained(table.values, learnt.suspects, run.checks, again),
        scored=Scored(shown, bundle.score(shown)),
        whole=table.values[whole],
        now=_side(table, held.now, held.score_micro, bundle.scale, scale),
        development=_development(table, learnt, held, scale),
        rivals={
            name: rank if isinstance(rank, Phrase) else rank[held.now]
            for name, rank in rivals.items()
        },
        champion=NO_CHAMPION,
        migration=table_migration(table, learnt, held, scale),
        segments=NO_SEGMENTS,
        catalogue=NO_CATALOGUE,
    )


def require_judgeable(table: BankTable, learnt: TableLearnt) -> None:
    """Stop unless the judged rows can be judged: no variance is known of a single default.

    Raises
    ------
    TrainingError
        If fewer than two groups have a default among the judged rows, or fewer than two have none.
    """
    tests = [test for _, test in _judged(table, learnt)]
    rows = np.concatenate(tests)
    for what, outcome in (("with", 1), ("without", 0)):
        found = len(np.unique(groups(table)[rows[table.target[rows] == outcome]]))
        if found < _LEAST_GROUPS:
            raise TrainingError(
                f"expected rows {what} the bad outcome of at least {_LEAST_GROUPS} groups among "
                f"the {len(rows):,} rows that the model is judged on, found {found}; take more "
                "rows, or another --time or --group"
            )


def _judged(table: BankTable, learnt: TableLearnt) -> list[Fold]:
    """With a time the last fold, on the latest rows; else all."""
    return learnt.dealt if table.time is None else learnt.dealt[-1:]


def held_out(table: BankTable, learnt: TableLearnt) -> HeldOut:
    """Score rows out of fold, each fold calibrated without its own rows."""
    folds, scale = learnt.folds, learnt.bundle.scale
    score = np.zeros(len(table.target), dtype=np.int64)
    now = np.zeros(len(table.target), dtype=np.bool_)
    judged = _judged(table, learnt)
    for _, test in judged:
        now[test] = True
        others = learnt.tested
        others[test] = False
        calibration = calibrate_table(table, folds, others)
        score[test] = _micro(scale, calibration, folds.margins[test])
    unseen = None
    if table.time is not None:
        unseen = _unseen(table, learnt)
        then = ~np.isnan(unseen)
        score[then] = _micro(scale, calibration, unseen[then])
    return HeldOut(judged, now, unseen, score, calibration)


def _unseen(table: BankTable, learnt: TableLearnt) -> Floats:
    """Margins of the rows of the last fit, each by a model of the other folds among them.

    They have as many trees as that fit: scores of rows that a model has learnt from are spread
    wider than those of new rows, and those of a model of fewer rows narrower.
    """
    rows, recipe = learnt.dealt[-1][0], learnt.recipe
    group = None if table.group is None else table.group[rows]
    found = np.full(len(table.target), np.nan)
    for learn, test in make_folds(table.target[rows], None, group, FOLDS, recipe.seed + 2):
        taken, left = rows[learn], rows[test]
        rounds = learnt.folds.rounds[-1]
        booster = fit_rounds(table.values[taken], table.target[taken], recipe, rounds)
        found[left] = raw_margin(booster, table.values[left])
    return found


def table_migration(
    table: BankTable, learnt: TableLearnt, held: HeldOut, scale: MasterScale
) -> Migration | Phrase:
    """Follow groups from the last block of times but one to the last, both by the last model."""
    if table.time is None or table.group is None:
        return NO_GROUP
    booster, time, group = learnt.folds.boosters[-1], table.time, table.group

    def graded(rows: Integers) -> Graded:
        margin = raw_margin(booster, table.values[rows])
        score = _micro(learnt.bundle.scale, held.calibration, margin)
        # Everybody's last row of the block: the one that stands at its end.
        order = np.argsort(time[rows], kind="stable")[::-1]
        customer, first = np.unique(group[rows][order], return_index=True)
        return Graded(customer, scale.place(learnt.bundle.scale.pd(score[order][first])))

    before, after = (graded(test) for _, test in learnt.dealt[-2:])
    follows = "groups from the last block of times but one to the last"
    moved = Migration.of(before, after, scale, follows)
    return moved if moved.counts.sum() else NOBODY_STAYED


def _development(
    table: BankTable, learnt: TableLearnt, held: HeldOut, scale: MasterScale
) -> Development | Phrase:
    """The earlier blocks of times, by models that had not seen the rows."""
    if held.unseen is None or held.then is None:
        return NO_TIME
    side = _side(table, held.then, held.score_micro, learnt.bundle.scale, scale)
    return Development(side, auc(side.target, held.unseen[held.then]))


def _side(
    table: BankTable, rows: Flags, score_micro: Integers, scale: Scale, grades: MasterScale
) -> Side:
    score = score_micro[rows]
    pd = scale.pd(score)
    time = np.zeros(len(score), np.int64) if table.time is None else table.time[rows]
    return Side(
        groups(table)[rows],
        time,
        table.target[rows],
        table.values[rows],
        pd,
        score,
        pd,
        grades.place(pd),
    )


def _sampled(rows: int) -> Phrase:
    """Say which checks take only some of the rows of a table as large as this."""
    if rows <= ADDITIVE_ROWS:
        return Phrase("", "")
    return Phrase(
        f"Of so many rows some checks take a part, drawn by chance: additivity {ADDITIVE_ROWS:,}, "
        f"points and replication {SHOWN_ROWS:,}, leaks and the scorecard {SCORECARD_ROWS:,} of "
        "each fold at most; everything else takes all.",
        f"样本量较大，部分检验随机抽样：可加性 {ADDITIVE_ROWS:,} 行，分值图与可复现性 "
        f"{SHOWN_ROWS:,} 行，泄露检查与评分卡每折至多 {SCORECARD_ROWS:,} 行；其余检验使用"
        "全部样本。",
    )


def _micro(scale: Scale, calibration: Calibration, margin: Floats) -> Integers:
    """Score in micro-points of each margin."""
    odds = calibration.slope * margin + calibration.intercept
    return np.asarray(scale.base(0.0) + scale.parts(odds), np.int64)
