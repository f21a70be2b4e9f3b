"""The command `cargoworthy validate`; the front door registers it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from training.cli import CONFIG, Configuration, Format, Output

if TYPE_CHECKING:
    from training.experiment import Tell
    from training.model.bundle import Bundle
    from training.registry import Version
    from training.report.document import Report
    from training.report.folder import Written

SETTINGS = Path("configs/validation.yaml")
REPORTS = Path("var/validation")


def validate(
    version: Annotated[str, typer.Argument(help="A number, or champion or challenger.")],
    config: Configuration = CONFIG,
    settings: Annotated[
        Path, typer.Option(help="Bounds, grades and scenarios of the validation.")
    ] = SETTINGS,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = REPORTS,
    output: Format = Output.TABLE,
) -> None:
    """Ask a version what supervisors ask, and write the report.

    Reads the version, the feature table and the labels as its training did, trains again, runs
    every check, and writes report.html and report.json to OUT/NAME-VERSION; both also go to the
    version's MLflow run.

    The exit code is 0 whatever the verdict: a red check stops `cargoworthy promote`, not this.

    Example: cargoworthy validate challenger
    """
    with Console(stderr=True).status("validate") as status:
        report, written = _validated(
            version, config, settings, out, lambda step: status.update(f"validate: {escape(step)}")
        )
    if output is Output.JSON:
        typer.echo(json.dumps(report.plain(), ensure_ascii=False))
        return
    from training.report.console import failed_table, sizes_line, verdict_line

    console = Console()
    if report.verdict in ("red", "amber"):
        console.print(failed_table(report))
    console.print(verdict_line(report), highlight=False, soft_wrap=True)
    console.print(sizes_line(report), highlight=False)
    told = f"{escape(written.page.as_posix())}\nreport {written.sha256}"
    console.print(told, highlight=False, soft_wrap=True)


def _validated(
    wanted: str, config: Path, settings: Path, out: Path, tell: "Tell"
) -> "tuple[Report, Written]":
    tell("find the version")
    from features.catalogue import CATALOGUE
    from training.config import TrainConfig
    from training.registry import CHAMPION, keep_report, version, versions
    from training.report.evidence import gather, run_config
    from training.report.folder import write
    from training.report.settings import ValidationSettings
    from training.report.validation import validate as ask
    from training.tracking import Store

    read, asked = TrainConfig.read(config), ValidationSettings.read(settings)
    client = Store(read.tracking, read.artifacts).client()
    found = version(client, read.name, wanted)
    in_force = next((v for v in versions(client, read.name) if CHAMPION in v.aliases), None)
    evidence = gather(
        _bundle(found),
        run_config(found.folder),
        asked,
        CATALOGUE,
        tell,
        champion=None if in_force is None else _bundle(in_force),
    )
    report = ask(evidence, tell)
    tell("write the report")
    written = write(report, out)
    keep_report(client, found, written.folder, written.sha256, report.verdict)
    return report, written


def _bundle(found: "Version") -> "Bundle":
    from training.model.bundle import Bundle

    return Bundle.load(found.folder, version=found.version, expected=found.tags.get("hash", ""))
