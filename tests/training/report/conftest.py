"""A validation of a model of the small world, made once for the tests of the report."""

from dataclasses import replace
from pathlib import Path

import pytest

from features.catalogue import CATALOGUE
from training.config import BoostingSettings, SplitSettings, TrainConfig
from training.division import Division, divide
from training.facts import facts_of
from training.inputs import Inputs, read_inputs
from training.learning import Learnt, learn
from training.model.bundle import Bundle
from training.report.document import Report
from training.report.evidence import Evidence
from training.report.port_evidence import gather
from training.report.settings import ValidationSettings
from training.report.validation import validate

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def settings() -> ValidationSettings:
    """Ours, with fewer simulations and rows."""
    read = ValidationSettings.read(ROOT / "configs" / "validation.yaml")
    fewer = {"simulations": 200, "additive_rows": 2000, "probe_rows": 50}
    return read.model_copy(update=fewer)


@pytest.fixture(scope="session")
def of_training(recorded: TrainConfig) -> TrainConfig:
    """A quick training: few folds, large steps."""
    quick = BoostingSettings(learning_rate=0.2, max_rounds=30, patience=5)
    return recorded.model_copy(update={"model": quick, "split": SplitSettings(folds=2)})


@pytest.fixture(scope="session")
def read(of_training: TrainConfig) -> Inputs:
    return read_inputs(of_training, CATALOGUE)


@pytest.fixture(scope="session")
def division(read: Inputs, of_training: TrainConfig) -> Division:
    return divide(read, of_training)


@pytest.fixture(scope="session")
def learnt(read: Inputs, division: Division, of_training: TrainConfig) -> Learnt:
    return learn(read, division, CATALOGUE, of_training)


@pytest.fixture(scope="session")
def bundle(
    read: Inputs,
    division: Division,
    learnt: Learnt,
    of_training: TrainConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Bundle:
    facts = facts_of(read, division, learnt, of_training)
    folder = tmp_path_factory.mktemp("bundle")
    replace(learnt.bundle, facts=facts).write(folder)
    return Bundle.load(folder, version="1")


@pytest.fixture(scope="session")
def evidence(bundle: Bundle, of_training: TrainConfig, settings: ValidationSettings) -> Evidence:
    return gather(bundle, of_training, settings, CATALOGUE, lambda _: None)


@pytest.fixture(scope="session")
def report(evidence: Evidence) -> Report:
    return validate(evidence, lambda _: None)
