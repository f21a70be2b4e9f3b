"""What a worker must not load: it explains by the house's own kernel."""

import subprocess
import sys
from pathlib import Path

from features.snapshots.publishing import publish
from supervision.record import Record
from tests.serving.conftest import AS_OF, World

ROOT = Path(__file__).parents[2]


def loaded(program: str) -> set[str]:
    code = f"import sys; {program}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_a_worker_loads_neither_mlflow_nor_shap_and_scoring_nothing_of_http() -> None:
    program = (
        "import serving.scores.scoring; web = {'fastapi', 'starlette', 'uvicorn'}; "
        "sys.exit(sorted(web & set(sys.modules))) if web & set(sys.modules) else None; "
        "from serving.app import create_app; from serving.settings import Settings; "
        "create_app(Settings()).openapi()"
    )
    found = loaded(program)
    assert "fastapi" in found
    absent = {
        "mlflow",
        "shap",
        "lightgbm",
        "pandas",
        "sklearn",
        "matplotlib",
        "optuna",
        "simulator",
    }
    assert found.isdisjoint(absent)


def test_reading_what_was_published_loads_no_pandas(world: World, tmp_path: Path) -> None:
    """Arrow loads it, where it is installed, for the most harmless of its methods."""
    record = Record.open(world.database)
    path = publish(record, tmp_path, AS_OF)
    record.close()
    reading = f"from features.snapshots.file import read; read(Path({str(path)!r}))"
    found = loaded(f"from pathlib import Path; {reading}")
    assert "pyarrow" in found
    assert "pandas" not in found


def test_the_command_line_loads_nothing_heavy_before_it_is_called() -> None:
    found = loaded("import serving.cli")
    assert found.isdisjoint({"fastapi", "lightgbm", "numpy", "pandas", "sqlalchemy", "uvicorn"})
