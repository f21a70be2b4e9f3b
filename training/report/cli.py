"""The command `cargoworthy validate`; the front door registers it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from training.cli import CONFIG, MODELS, SETTINGS, Configuration, Format, Output

REPORTS = Path("var/validation")


def validate(
    version: Annotated[str, typer.Argument(help="A number, or champion or challenger.")],
    config: Configuration = CONFIG,
    settings: Annotated[
        Path, typer.Option(help="Bounds, grades and scenarios of the validation.")
    ] = SETTINGS,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = REPORTS,
    name: Annotated[
        str | None, typer.Option(help="Name of a model on a table, such as table-loans.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option(help="Where that table lies now, if it was moved.")
    ] = None,
    models: Annotated[
        Path, typer.Option(help="Shelf of services: a challenger's report is laid there, too.")
    ] = MODELS,
    output: Format = Output.TABLE,
) -> None:
    """Ask a version what supervisors ask, and write the report.

    Reads the version and its data as its training did, trains again, runs every check, and
    writes report.html and report.json to OUT/NAME-VERSION; both also go to the version's MLflow
    run. Of the challenger, they are laid on the shelf, where the console shows it beside the
    champion; nothing scores by it. With --name a model of `cargoworthy train --table` is asked.

    The exit code is 0 whatever the verdict: a red check stops `cargoworthy promote`, not this.

    Example: cargoworthy validate challenger
    """
    with Console(stderr=True).status("validate") as status:

        def tell(step: str) -> None:
            status.update(f"validate: {escape(step)}")

        tell("find the version")
        from training.config import TrainConfig
        from training.promotion.dossiers import lay_challenger
        from training.registry import version as find
        from training.report.settings import ValidationSettings
        from training.report.version_report import evidence_of, finish
        from training.tracking import Store

        read, asked = TrainConfig.read(config), ValidationSettings.read(settings)
        store = Store(read.tracking, read.artifacts)
        found = find(store.client(), name or read.name, version)
        evidence = evidence_of(found, store, asked, tell, table)
        report, written = finish(evidence, found, store, out, tell)
        if found.name == read.name:
            lay_challenger(found, report.content, written.sha256, written.folder, models)
    if output is Output.JSON:
        typer.echo(json.dumps(report.plain(), ensure_ascii=False))
        return
    from training.report.console import show

    show(report, written.page, settings)
