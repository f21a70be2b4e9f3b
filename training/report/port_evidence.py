"""Evidence of a model on the port's record, read and scored as its training did."""

from pathlib import Path

import numpy as np

from features.catalogue import Catalogue
from features.feature import Phrase
from supervision.arrays import Integers
from training.comparison import CORE_RULE, SCORECARD, UNCONSTRAINED, baselines
from training.config import TrainConfig
from training.division import Division, divide
from training.errors import TrainingError
from training.horizon import month_name, months_after
from training.inputs import Inputs, read_inputs
from training.labels import Status
from training.leakage import suspects
from training.learning import Learnt, learn
from training.metrics import auc
from training.model.bundle import Bundle
from training.model.scale import Floats
from training.report.evidence import Development, Evidence, Origin, Tell, Trained, drawn
from training.report.master_scale import MasterScale
from training.report.migration import Graded, Migration
from training.report.segments import segments
from training.report.settings import ValidationSettings
from training.report.side import Scored, Side
from training.report.wording import Wording
from training.report.words import month_zh

NOT_FITTED = {
    CORE_RULE: Phrase("The table has no core enterprise's rating.", "特征表不含核心企业评级。"),
    SCORECARD: Phrase("It was not fitted: optbinning is not installed.", "缺少所需组件，未拟合。"),
    UNCONSTRAINED: Phrase("It was not fitted.", "未拟合。"),
}
"""Why a baseline is not there."""

_YEAR = 12


def run_config(folder: Path) -> TrainConfig:
    """Configuration with which the bundle in this folder of a run was trained.

    Raises
    ------
    TrainingError
        If the run kept none.
    """
    path = folder.parent / "train.yaml"
    if not path.is_file():
        raise TrainingError(
            f"expected the training's configuration beside the bundle at {path}, found none: only "
            "versions that `cargoworthy train` made can be validated"
        )
    return TrainConfig.read(path)


def gather(
    bundle: Bundle,
    config: TrainConfig,
    settings: ValidationSettings,
    catalogue: Catalogue,
    tell: Tell,
    champion: Bundle | None = None,
) -> Evidence:
    """Read and score what the validation looks at, as the training did.

    Parameters
    ----------
    bundle : Bundle
    config : TrainConfig
        Of its training, from its run.
    settings : ValidationSettings
    catalogue : Catalogue
    tell : callable
        Is told the name of each step as it begins.
    champion : Bundle, optional
        The champion in force.

    Raises
    ------
    TrainingError
        If the catalogue or the feature table is not the one of the training.
    """
    tell("read the feature table and the outcomes")
    inputs = own_inputs(bundle, config, catalogue)
    division = divide(inputs, config)
    sample, parts = division.sample, division.parts
    tell("train again, to see whether the same model comes of it")
    learnt = learn(inputs, division, catalogue, config)
    tell("fit the models to compare with")
    forecasts = baselines(sample, parts, learnt.recipe, config.slope_from_enterprises)
    tell("score the rows")
    scale = MasterScale.of(settings.grades)
    tested = sample.take(parts.test)
    scored = Scored.of(tested, bundle)
    now = Side.of(tested, scored, scale)
    whole = drawn(len(inputs.rows), settings.additive_rows, settings.seed)
    tell("look for leaks and segments")
    return Evidence(
        bundle=bundle,
        settings=settings,
        wording=_wording(division),
        scale=scale,
        origin=_origin(inputs, division),
        trained=_trained(division, learnt, config),
        scored=scored,
        whole=inputs.rows.choose(bundle.features)[whole],
        now=now,
        development=_development(division, learnt, bundle, scale),
        rivals={
            name: forecasts[name].rank[parts.test] if name in forecasts else reason
            for name, reason in NOT_FITTED.items()
        },
        champion=rival(bundle, champion, division),
        migration=migration(inputs, division, bundle, scale),
        segments=segments(config.record, inputs.position, now.enterprise, now.as_of),
        catalogue=catalogue,
    )


def own_inputs(bundle: Bundle, config: TrainConfig, catalogue: Catalogue) -> Inputs:
    """What the training read.

    Raises
    ------
    TrainingError
        If the catalogue or the feature table is another now.
    """
    if bundle.catalogue_hash != catalogue.hash:
        raise TrainingError(
            f"expected the feature catalogue {bundle.catalogue_hash:.12}... that the model was "
            f"trained on, found {catalogue.hash:.12}...: the meaning of a feature has changed "
            "since; build the features again, train, and validate the new version"
        )
    inputs = read_inputs(config, catalogue)
    stated = str(bundle.facts.get("table_sha256", ""))
    if stated != inputs.table_sha256:
        raise TrainingError(
            f"expected the feature table {stated:.12}... that the model was trained on, found "
            f"{inputs.table_sha256:.12}... at {config.table}: it was built again since; train on "
            "it and validate the new version, or bring the old table back"
        )
    return inputs


def rival(bundle: Bundle, champion: Bundle | None, division: Division) -> Floats | Phrase:
    """PD of the champion in force for each test row, or why there is none to compare with."""
    if champion is None:
        return Phrase("No champion is in force.", "目前没有在用的冠军模型。")
    if champion.hash == bundle.hash:
        return Phrase("This version is the champion.", "本版本即为现行冠军模型。")
    sample = division.sample
    if (
        champion.catalogue_hash != bundle.catalogue_hash
        or not np.isin(champion.features, sample.names).all()
    ):
        return Phrase(
            "The champion rests on another feature catalogue.", "冠军模型基于另一版特征目录。"
        )
    return champion.score(sample.take(division.parts.test).choose(champion.features)).pd


def migration(
    inputs: Inputs, division: Division, bundle: Bundle, scale: MasterScale
) -> Migration | Phrase:
    """Follow who borrows at the beginning of the test for a year, or as long as the table goes."""
    rows = inputs.rows
    begins = int(division.tested[0])
    months = np.unique(rows.as_of)
    year = int(months_after(np.array([begins]), _YEAR)[0])
    ends = int(months[months <= year][-1])
    borrows = ~np.isin(division.status, (Status.NO_OPEN_FACILITY, Status.IN_DEFAULT))

    def graded(at: int) -> Graded:
        there = rows.take((rows.as_of == at) & borrows)
        return Graded(there.enterprise, scale.place(Scored.of(there, bundle).graded_by))

    follows = f"borrowers from {month_name(begins)} to {month_name(ends)}"
    moved = Migration.of(graded(begins), graded(ends), scale, follows)
    if begins == ends or not moved.counts.sum():
        return Phrase(
            "The table holds no later month of the same borrowers.",
            "特征表没有同一批借款人的后续月份。",
        )
    return moved


def _trained(division: Division, learnt: Learnt, config: TrainConfig) -> Trained:
    fit, checks = division.parts.fit, config.checks
    found = suspects(
        learnt.values[fit],
        division.sample.target[fit],
        learnt.folds,
        learnt.recipe,
        alone=checks.leak_auc,
        ratio=checks.leak_error_ratio,
    )
    return Trained(learnt.values[fit], found, checks, learnt.bundle)


def _development(
    division: Division, learnt: Learnt, bundle: Bundle, scale: MasterScale
) -> Development:
    """The training months; their AUC by boosters that had not seen the enterprise."""
    rows = division.parts.fit | division.parts.calibration
    taken = division.sample.take(rows)
    area = auc(taken.target, learnt.unseen[rows])
    return Development(Side.of(taken, Scored.of(taken, bundle), scale), area)


def _wording(division: Division) -> Wording:
    first, last = _months(division.tested)
    return Wording(
        one=Phrase("enterprise", "企业"),
        many="enterprises",
        counter="户",
        single=False,
        tested=Phrase("out of time", "样本外时间窗口"),
        how=Phrase(
            f"out of time, {first} to {last}",
            f"样本外时间窗口为{month_zh(first)}至{month_zh(last)}",
        ),
        basis=Phrase(
            "Data and labels are those of its training.",
            "数据与标签口径与训练时一致，并已重新训练核对。",
        ),
        within=Phrase("within twelve months", "在十二个月内"),
        whole=Phrase("financed or not", "含未融资企业"),
        shown="out of time",
    )


def _origin(inputs: Inputs, division: Division) -> Origin:
    first, last = _months(division.tested)
    told = {"from": first, "to": last}
    return Origin(inputs.table_sha256, len(inputs.rows), inputs.position, told)


def _months(times: Integers) -> tuple[str, str]:
    return month_name(int(times[0])), month_name(int(times[-1]))
