"""The image and the composition, as far as they can be checked without building them."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from click import Command, Context

from cargoworthy import app as front_door
from serving.app import create_app
from serving.compiling import DISTINCT, _model, compile_all
from serving.migrations.schema import schema
from serving.server import _FINISHING
from serving.settings import Settings
from supervision.database import engine_of
from supervision.tables import METADATA
from tests.serving.conftest import World
from training.model.shapley.explainer import Explainer

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
LIBPQ = {"PGPASSWORD"}
"""Environment variables that PostgreSQL's own library reads."""


def steps() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, each with what it says."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    found = [line.strip().partition(" ") for line in lines if line.strip()]
    return [(word, " ".join(said.split())) for word, _, said in found]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Instructions by stage, those of the stages that it stands on first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word, said in steps():
        if word == "FROM":
            base, name = re.fullmatch(r"(\S+) AS (\S+)", said).groups()  # type: ignore[union-attr]
            found[name] = list(found.get(base, ()))
        found[name].append((word, said))
    return found


def said(stage: str, word: str) -> list[str]:
    return [text for each, text in stages()[stage] if each == word]


def environment(stage: str) -> dict[str, str]:
    pairs = (pair for text in said(stage, "ENV") for pair in shlex.split(text))
    return dict(pair.split("=", 1) for pair in pairs)


def volumes(stage: str) -> set[str]:
    return {place for text in said(stage, "VOLUME") for place in json.loads(text)}


def parse(words: list[str]) -> dict[str, Any]:
    """Read a call of the front door as it would be, and run nothing."""
    command: Command = typer.main.get_command(front_door)
    context: Context = command.make_context("cargoworthy", list(words))
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)
    return context.params


def test_an_environment_is_made_as_make_setup_makes_it() -> None:
    makefile = (ROOT / "Makefile").read_text()
    recipe = makefile.partition("$(READY): ")[2].partition("\n\n")[0]
    made = [line.strip().lstrip("@").replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()]
    ours = said("training-build", "RUN")
    assert ours[0] == "python -m venv .venv"
    assert "$(PYTHON) -m venv .venv" in recipe
    installing = ours[1:4]
    assert all("install" in step for step in installing)
    assert set(installing) <= set(made)
    serving = said("serving-build", "RUN")
    assert [step.replace("serving.lock", "development.lock") for step in serving[:4]] == ours[:4]


def test_what_the_image_is_made_of_is_there_and_nothing_else_goes_in() -> None:
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert all((ROOT / name).exists() for name in kept)
    tools = PROJECT["tool"]["setuptools"]
    packages = {name.rstrip("*") for name in tools["packages"]["find"]["include"]}
    modules = {f"{name}.py" for name in tools["py-modules"]}
    assert packages | modules | {"pyproject.toml", "configs", "locks"} <= set(kept)
    assert PROJECT["project"]["readme"] in kept
    assert not {"var", "mlruns", ".git", ".venv", "tests", "benchmarks"} & set(kept)


def test_no_step_names_an_index_or_a_secret() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "index" not in text
    assert set(re.findall(r"https?://[^/'\"]+", text)) == {"http://127.0.0.1:8000"}
    assert not re.search(r"^(ARG|ADD)\b|password|secret|token", text, re.MULTILINE | re.IGNORECASE)
    for lock in (ROOT / "locks").glob("*.lock"):
        assert "://" not in lock.read_text()
    minor = re.search(r"python:(3\.\d+)-", text)
    assert minor is not None
    assert PROJECT["project"]["requires-python"] == f">={minor[1]}"


@pytest.mark.parametrize("stage", ["serving", "training"])
def test_it_runs_as_nobody_special_and_writes_only_into_volumes(stage: str) -> None:
    assert said(stage, "USER")[-1] == "10001"
    made = next(step for step in said(stage, "RUN") if step.startswith("mkdir"))
    owned = made.partition("chown cargoworthy ")[2].split()
    assert volumes(stage) <= {f"/app/{place}" if place[0] != "/" else place for place in owned}
    assert environment(stage)["NUMBA_CACHE_DIR"] in volumes(stage)
    assert "/app/var" in volumes(stage)
    # The defaults of every path that the service writes lie there.
    defaults = Settings()
    for path in (defaults.models, defaults.packed, defaults.snapshots, defaults.tokens.key):
        assert path.parts[0] == "var"
    assert environment(stage)["PATH"].startswith("/app/.venv/bin:")


def test_it_starts_the_service_and_is_looked_after_where_it_listens() -> None:
    assert json.loads(said("serving", "ENTRYPOINT")[-1]) == ["cargoworthy"]
    assert "cargoworthy" in PROJECT["project"]["scripts"]
    asked = parse(json.loads(said("serving", "CMD")[-1]))
    assert asked["host"] == "0.0.0.0"  # noqa: S104 inside its own network
    assert said("serving", "EXPOSE") == [str(asked["port"])]
    (check,) = said("serving", "HEALTHCHECK")
    port, path = re.search(r"127\.0\.0\.1:(\d+)(/\w+)", check).groups()  # type: ignore[union-attr]
    assert port == str(asked["port"])
    assert path in create_app(Settings()).openapi()["paths"]
    command = json.loads(check.partition("CMD ")[2])
    compile(command[2], "healthcheck", "exec")


def test_every_service_of_the_composition_is_built_from_a_stage_and_hardened() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "migrate", "service", "mlflow", "training"}
    for name, service in services.items():
        if name == "postgres":
            assert re.fullmatch(r"postgres:\d+-\w+", service["image"])
            continue
        stage = service["build"]["target"]
        assert stage in stages()
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108 the container's own
        for volume in service.get("volumes", ()):
            source, _, place = volume.partition(":")
            assert source in COMPOSE["volumes"]
            assert place in volumes(stage)
        for other in service.get("depends_on", ()):
            assert other in services
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")
        assert set(service.get("environment", {})) <= LIBPQ


def test_its_calls_are_calls_of_the_front_door() -> None:
    services = COMPOSE["services"]
    asked = parse(services["service"]["command"])
    migrated = parse(services["migrate"]["command"])
    assert asked["ledger"] == migrated["ledger"] == asked["database"]
    assert not migrated["check"]
    assert services["service"]["ports"] == [f"127.0.0.1:{asked['port']}:{asked['port']}"]
    assert services["service"]["depends_on"]["migrate"]["condition"].endswith("successfully")
    grace = float(services["service"]["stop_grace_period"].removesuffix("s"))
    assert grace > asked["drain"] + _FINISHING
    engine = engine_of(asked["ledger"])
    told = services["postgres"]["environment"]
    assert (engine.url.username, engine.url.database) == (
        told["POSTGRES_USER"],
        told["POSTGRES_DB"],
    )
    assert engine.url.host in services
    assert engine.url.password is None


def test_no_password_stands_in_the_composition() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASS" in name:
                assert value.startswith("${POSTGRES_PASSWORD:?")


def test_the_record_and_the_ledger_may_share_a_database() -> None:
    assert not set(METADATA.tables) & {*schema().tables, "ledger_version"}


@pytest.mark.slow
def test_mlflow_knows_what_the_composition_asks_of_it() -> None:
    verb, *words = COMPOSE["services"]["mlflow"]["command"]
    told = subprocess.run(
        [sys.executable, "-m", "mlflow", verb, "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = [word for word in words if word.startswith("--")]
    assert len(options) == 4
    assert all(option in told for option in options)


def test_the_models_that_are_compiled_for_need_each_another_form() -> None:
    explainers = [Explainer.of(_model(features), features) for features in DISTINCT]
    forms = [tables.points for explainer in explainers for tables in explainer.tables]
    assert forms == sorted(set(forms))


@pytest.mark.slow
def test_a_service_finds_everything_compiled(world: World, tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def run(program: str) -> set[Path]:
        code = ["-c", program] if " " in program else ["-m", program]
        done = subprocess.run(
            [sys.executable, *code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return set(tmp_path.rglob("*.nbc"))

    compiled = run("serving.compiling")
    assert compiled
    assert compile_all.__module__ == "serving.compiling"
    champion = (
        "from pathlib import Path; from features.engine.evaluation import settle; "
        "from training.model.shelf import Shelf; settle(); "
        f"Shelf(Path({str(world.models)!r})).champion()"
    )
    assert run(champion) == compiled
