from pathlib import Path

import numpy as np
import pytest
import yaml
from typer import Typer
from typer.testing import CliRunner

from features.catalogue import CATALOGUE
from features.profile.outcomes import Outcomes
from features.table import FeatureTable
from training import cli
from training.config import TrainConfig
from training.inputs import read_inputs
from training.labels import Status

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def test_labels_writes_the_rows_whose_outcome_is_known(
    recorded: TrainConfig, tmp_path: Path
) -> None:
    config, out = tmp_path / "train.yaml", tmp_path / "labels.parquet"
    config.write_text(yaml.safe_dump(recorded.model_dump(mode="json")))
    app = Typer()
    app.command()(cli.labels)
    found = CliRunner().invoke(app, ["--config", str(config), "--out", str(out)])
    assert found.exit_code == 0, found.output
    assert found.stdout == ""
    status = read_inputs(recorded, CATALOGUE).status
    expected = np.where((status == Status.GOOD) | (status == Status.BAD), status, -1)
    outcome = Outcomes.read(out).of(FeatureTable.read(recorded.table))
    assert outcome.tolist() == expected.tolist()
    assert f"{int((status == Status.BAD).sum()):,} defaults" in found.stderr
