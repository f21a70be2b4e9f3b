"""The command that tunes; the front door registers it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from training.cli import CONFIG, Configuration, Format, Output

if TYPE_CHECKING:
    from training.config import TrainConfig
    from training.tuning.search import Found

FOLDER = Path("var/tuning")
"""Of the studies, and of the best settings."""


def tune(
    trials: Annotated[
        int, typer.Option(min=1, help="Trials in all, with those of earlier calls.")
    ] = 50,
    config: Configuration = CONFIG,
    folder: Annotated[Path, typer.Option(help="Of the studies and the best settings.")] = FOLDER,
    output: Format = Output.TABLE,
) -> None:
    """Search for better settings of the booster, on the training rows alone.

    The test is never looked at. What was begun is resumed; the best settings are written to
    best.yaml in the folder, for `train --config`.

    Example: cargoworthy tune --trials 50
    """
    from training.config import TrainConfig

    found = tuned(TrainConfig.read(config), trials, folder)
    if output is Output.JSON:
        told = {**asdict(found), "config": (folder / "best.yaml").as_posix()}
        typer.echo(json.dumps({**told, "settings": found.config.model.model_dump()}))
        return
    from training.tuning.console import settings_table

    out = Console()
    out.print(settings_table(found, TrainConfig.read(config).model))
    embargo = "" if found.embargoed else "; the training months are too few for an embargo between"
    out.print(
        f"{found.trials} trials, {found.pruned} of them pruned; {found.rows:,} rows, "
        f"{found.defaults:,} defaults\nfitted -> validated, on other "
        f"enterprises: {'; '.join(found.cuts)}{embargo}\n"
        f"`cargoworthy train --config {escape((folder / 'best.yaml').as_posix())}` trains with "
        "them; only that, on the test, says what they are worth",
        highlight=False,
        soft_wrap=True,
    )


def tuned(config: "TrainConfig", trials: int, folder: Path = FOLDER) -> "Found":
    """Tune with a progress bar on standard error."""
    console = Console(stderr=True)
    columns = (
        TextColumn("tune"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("read the feature table and the outcomes", total=trials)
        from features.catalogue import CATALOGUE
        from training.inputs import read_inputs
        from training.tuning.search import search

        inputs = read_inputs(config, CATALOGUE)
        return search(
            inputs,
            CATALOGUE,
            config,
            folder,
            trials,
            lambda done, loss: progress.update(
                task, completed=done, description=f"least log loss {loss:.5f}"
            ),
        )
