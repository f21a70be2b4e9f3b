import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from features.catalogue import CATALOGUE
from features.cli import app
from features.table import FeatureTable


def test_build_writes_the_table_and_says_what_is_in_it(recorded_port: Any, tmp_path: Path) -> None:
    out = tmp_path / "features.parquet"
    first, _, last = recorded_port.months[-3:]
    words = ["build", "--from", first, "--to", last, "--out", str(out)]
    words += ["--database", recorded_port.url, "--mirror", str(tmp_path / "mirror")]
    found = CliRunner().invoke(app, [*words, "--workers", "1"])
    assert found.exit_code == 0, found.output
    table = FeatureTable.read(out)
    assert found.stdout == ""
    assert f"{len(table):,} rows (3 month ends)" in " ".join(found.stderr.split())
    assert len(table) == 3 * len(set(table.enterprise_id.tolist()))


def test_list_shows_every_feature() -> None:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["list"])
    for feature in CATALOGUE.features:
        assert feature.name in found.stdout
        assert feature.title.zh in found.stdout


def test_list_as_json_names_the_catalogue() -> None:
    told = json.loads(CliRunner().invoke(app, ["list", "--format", "json"]).stdout)
    assert told["hash"] == CATALOGUE.hash
    assert [f["name"] for f in told["features"]] == [f.name for f in CATALOGUE.features]
