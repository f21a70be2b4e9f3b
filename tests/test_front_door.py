"""The command line as a whole: what it lists, how it ends, what it prints where."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cargoworthy import app

ROOT = Path(__file__).parents[1]
COMMANDS = [
    ("simulate",),
    ("world",),
    ("ingest",),
    ("record",),
    ("record", "status"),
    ("record", "quarantine"),
    ("record", "schema"),
    ("features",),
    ("features", "list"),
    ("features", "build"),
    ("features", "profile"),
    ("features", "peers"),
    ("labels",),
    ("train",),
    ("train-lgd",),
    ("haircuts",),
    ("models",),
    ("models", "list"),
    ("models", "show"),
    ("models", "history"),
    ("validate",),
    ("promote",),
    ("sync",),
    ("sign-exception",),
    ("tune",),
    ("people",),
    ("people", "keygen"),
    ("score",),
    ("access",),
    ("access", "init"),
    ("access", "client", "add"),
    ("access", "token"),
    ("audit",),
    ("audit", "seal"),
    ("audit", "verify"),
    ("ledger",),
    ("ledger", "migrate"),
    ("officers",),
    ("officers", "add"),
    ("officers", "demo"),
    ("serve",),
    ("demo",),
]


def cargoworthy(*words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cargoworthy", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": "120", "MLFLOW_DISABLE_TELEMETRY": "true"},
    )


def test_every_command_of_the_readme_is_there_and_explains_itself() -> None:
    readme = (ROOT / "README.md").read_text()
    named = {
        tuple(m.split())
        for m in re.findall(r"^    cargoworthy ([a-z-]+(?: build| list| status)?)", readme, re.M)
    }
    listed = set(COMMANDS)
    assert named <= listed
    assert len(named) >= 10


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_teaches(words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "120"})
    assert found.exit_code == 0, found.stderr
    assert "Usage: cargoworthy" in found.stdout
    assert len(found.stdout) > 300


def test_help_comes_without_the_heavy_libraries() -> None:
    program = (
        "import sys, cargoworthy; "
        "print([m for m in ('mlflow', 'pandas', 'lightgbm', 'sklearn', 'matplotlib', 'fastapi') "
        "if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert found.stdout.strip() == "[]"


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("fly",), 2, "No such command"),
    (("ingest", "nowhere.parquet"), 2, "nowhere.parquet"),
    (("record", "status"), 1, "cargoworthy ingest"),
    (("features", "build", "--from", "2019-13", "--to", "2020-01"), 2, "expected a month"),
    (("features", "build", "--from", "2020-02", "--to", "2020-01"), 2, "or later"),
    (("features", "build", "--from", "2020-01", "--to", "2020-02"), 1, "cargoworthy ingest"),
    (("train", "--target", "y"), 2, "--table"),
    (("train", "--table", "none.csv", "--target", "y"), 2, "none.csv"),
    (("promote", "7", "--by", "x", "--reason", "y"), 2, "no version '7'"),
    (("promote", "7"), 2, "--by"),
    (("models", "history", "--promotions", "nonsense"), 2, "database URL"),
    (("score", "123"), 2, "credit code"),
    (("score", "91350200MA2XXXXX0M", "--as-of", "someday"), 2, "expected a date"),
    (("score", "91350200MA2XXXXX0M"), 1, "expected"),
    (("simulate", "out", "--months", "0"), 2, "0"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_a_wrong_call_is_told_in_words_and_by_its_exit_code(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    found = cargoworthy(*words, folder=tmp_path)
    assert said in found.stderr, found.stderr
    assert "Traceback" not in found.stderr
    assert found.returncode == code
    assert found.stdout == ""


def test_json_stands_alone_on_standard_output() -> None:
    found = cargoworthy("features", "list", "--format", "json")
    told: dict[str, Any] = json.loads(found.stdout)
    assert len(told["features"]) >= 30
    assert found.stderr == ""


def test_markdown_is_the_committed_document() -> None:
    found = cargoworthy("features", "list", "--format", "markdown")
    assert found.stdout == (ROOT / "docs" / "features.md").read_text()
