"""Evidence: the model, the rows it was made from and those it is judged on, and its rivals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.catalogue import Catalogue
from features.feature import Phrase
from training.comparison import Forecast, baselines
from training.config import TrainConfig
from training.division import Division, divide
from training.errors import TrainingError
from training.inputs import Inputs, read_inputs
from training.labels import Flags
from training.learning import Learnt, learn
from training.metrics import auc
from training.model.bundle import Bundle
from training.model.scale import Floats
from training.report.master_scale import MasterScale
from training.report.segments import segments
from training.report.settings import ValidationSettings
from training.report.side import Side
from training.sample import Names

Tell = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that a validation looks at.

    Attributes
    ----------
    bundle : Bundle
        The version under validation.
    catalogue : Catalogue
    config : TrainConfig
        Of its training, from its run.
    settings : ValidationSettings
    inputs : Inputs
    division : Division
    learnt : Learnt
        What training again on the same data gives.
    forecasts : mapping of str to Forecast
        Baselines' forecasts of every row of the sample.
    champion : Floats or Phrase
        PD of the champion in force for each test row, or why there is none to compare with.
    development, now : Side
        Rows of the training months, and of the out-of-time test.
    segments : mapping of str to Names
        Segments of the test rows by dimension.
    """

    bundle: Bundle
    catalogue: Catalogue
    config: TrainConfig
    settings: ValidationSettings
    inputs: Inputs
    division: Division
    learnt: Learnt
    forecasts: Mapping[str, Forecast]
    champion: Floats | Phrase
    development: Side
    now: Side
    segments: Mapping[str, Names]

    @property
    def scale(self) -> MasterScale:
        """Grades."""
        return MasterScale.of(self.settings.grades)

    @property
    def tested(self) -> Flags:
        """Which rows of the sample are the test's."""
        return self.division.parts.test

    @property
    def development_auc(self) -> float:
        """AUC of the training rows by boosters that had not seen the enterprise."""
        parts, sample = self.division.parts, self.division.sample
        rows = parts.fit | parts.calibration
        return auc(sample.target[rows], self.learnt.unseen[rows])


def run_config(folder: Path) -> TrainConfig:
    """Configuration with which the bundle in this folder of a run was trained.

    Raises
    ------
    TrainingError
        If the run kept none, as that of a table of a bank's own.
    """
    path = folder.parent / "train.yaml"
    if not path.is_file():
        raise TrainingError(
            f"expected the training's configuration beside the bundle at {path}, found none: only "
            "versions that `cargoworthy train` made on a feature table can be validated"
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
    if bundle.catalogue_hash != catalogue.hash:
        raise TrainingError(
            f"expected the feature catalogue {bundle.catalogue_hash:.12}... that the model was "
            f"trained on, found {catalogue.hash:.12}...: the meaning of a feature has changed "
            "since; build the features again, train, and validate the new version"
        )
    tell("read the feature table and the outcomes")
    inputs = read_inputs(config, catalogue)
    stated = str(bundle.facts.get("table_sha256", ""))
    if stated != inputs.table_sha256:
        raise TrainingError(
            f"expected the feature table {stated:.12}... that the model was trained on, found "
            f"{inputs.table_sha256:.12}... at {config.table}: it was built again since; train on "
            "it and validate the new version, or bring the old table back"
        )
    division = divide(inputs, config)
    tell("train again, to see whether the same model comes of it")
    learnt = learn(inputs, division, catalogue, config)
    tell("fit the models to compare with")
    sample, parts = division.sample, division.parts
    forecasts = baselines(sample, parts, learnt.recipe, config.slope_from_enterprises)
    tell("score the rows")
    scale = MasterScale.of(settings.grades)
    now = Side.of(sample, parts.test, bundle, scale)
    return Evidence(
        bundle=bundle,
        catalogue=catalogue,
        config=config,
        settings=settings,
        inputs=inputs,
        division=division,
        learnt=learnt,
        forecasts=forecasts,
        champion=rival(bundle, champion, division),
        development=Side.of(sample, parts.fit | parts.calibration, bundle, scale),
        now=now,
        segments=segments(config.record, inputs.position, now.enterprise, now.as_of),
    )


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
