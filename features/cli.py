"""The commands of the features room."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from features.peers.cli import peers
from supervision.errors import UsageError

app = typer.Typer(help="The catalogue of features, and the tables built from it.")

RECORD = "sqlite:///var/record.db"
MIRROR = Path("var/mirror")
FEATURES = Path("var/features/features.parquet")
SNAPSHOTS = Path("var/snapshots")


@app.command("list")
def list_features(
    format_: Annotated[
        Literal["table", "json", "markdown"],
        typer.Option("--format", help="json prints JSON alone; markdown is docs/features.md."),
    ] = "table",
) -> None:
    """Show every feature: what it is, in which unit, and how risk moves with it."""
    from features.catalogue import CATALOGUE
    from features.document import markdown

    if format_ == "markdown":
        typer.echo(markdown(CATALOGUE), nl=False)
        return
    if format_ == "json":
        said = [f.as_data() | {"definition": f.definition} for f in CATALOGUE.features]
        typer.echo(json.dumps({"hash": CATALOGUE.hash, "features": said}, ensure_ascii=False))
        return
    table = Table(title=f"{len(CATALOGUE.features)} features, catalogue {CATALOGUE.hash[:12]}")
    for name in ("feature", "family", "unit", "risk", "use", "what", "中文"):
        table.add_column(name, overflow="fold")
    arrows = {-1: "falls", 0: "either", 1: "rises"}
    for f in CATALOGUE.features:
        table.add_row(
            f.name, f.family, f.unit, arrows[f.direction], f.permitted_use, f.title.en, f.title.zh
        )
    Console().print(table)


@app.command("build")
def build_features(
    first: Annotated[str, typer.Option("--from", help="First month, such as 2019-12.")],
    last: Annotated[str, typer.Option("--to", help="Last month, such as 2022-12.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")] = FEATURES,
    database: Annotated[str, typer.Option(help="The record.")] = RECORD,
    mirror: Annotated[Path, typer.Option(help="Folder of the record's mirror.")] = MIRROR,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes to use; more pay from fifty million messages on.")
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(help="Dask scheduler whose workers to use instead, as tcp://HOST:PORT."),
    ] = None,
) -> None:
    """Evaluate all features of all enterprises at the month ends FROM to TO.

    A build that was stopped goes on where it stood. The file names in its metadata the
    catalogue's hash, the record's position and the as-of points. The workers of a cluster must
    see the mirror and the file's folder under the same paths as this machine.

    Example: cargoworthy features build --from 2019-12 --to 2022-12
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    from features.batch.building import build
    from features.batch.execution import executor
    from features.calendar import micros, month_ends
    from supervision.mirror import Mirror
    from supervision.record import Record

    as_of = month_ends(first, last)
    if int(as_of[-1]) > micros(datetime.now(UTC)):
        raise UsageError(f"expected --to to be a month that has ended, found {last}")
    console = Console(stderr=True)
    record = Record.open(database)
    mirrored = Mirror(mirror)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    stages: dict[str, TaskID] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in stages:
            stages[stage] = bar.add_task(stage)
        bar.update(stages[stage], completed=done, total=total)

    with executor(workers, cluster) as run, bar:
        mirroring = bar.add_task("mirror of the record", total=None)
        mirrored.refresh(record, lambda name: bar.update(mirroring, description=f"mirror: {name}"))
        bar.update(mirroring, description="mirror of the record", total=1, completed=1)
        table = build(record, mirrored, out, as_of, progress, run)
    console.print(
        f"{out}: {table.rows:,} rows ({len(as_of)} month ends), {len(table.names)} features, "
        f"catalogue {table.catalogue_hash[:12]}, record position {table.position:,}"
    )


@app.command("profile")
def profile_features(
    file: Annotated[Path, typer.Argument(help="A table of `features build`.")] = FEATURES,
    reference: Annotated[
        Path | None,
        typer.Option(help="Table to compare with; else first against second half of the times."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Outcomes written by `cargoworthy labels`.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page with plots here.")] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="json prints JSON alone.")
    ] = "table",
) -> None:
    """Profile every feature of a table: what is missing, how it is spread, how it drifts.

    With outcomes also: what each feature alone tells of defaults, and whether the default rate
    moves in the direction that the feature declares. The worst come first.

    Example: cargoworthy features profile var/features/features.parquet --html profile.html
    """
    from dataclasses import asdict

    from features.catalogue import CATALOGUE
    from features.profile.console import profile_table
    from features.profile.outcomes import Outcomes
    from features.profile.page import page
    from features.profile.profiling import profile
    from features.table import FeatureTable

    found = profile(
        FeatureTable.read(file),
        CATALOGUE,
        None if reference is None else FeatureTable.read(reference),
        None if labels is None else Outcomes.read(labels),
    )
    if html is not None:
        html.write_text(page(found, CATALOGUE, file.name), encoding="utf-8")
    if format_ == "json":
        typer.echo(json.dumps(asdict(found), allow_nan=False))
        return
    Console().print(profile_table(found, CATALOGUE))
    if html is not None:
        Console(stderr=True).print(f"page with plots: {html}", highlight=False, soft_wrap=True)


@app.command("publish")
def publish_snapshot(
    as_of: Annotated[
        str | None,
        typer.Option(help="A date, or a time with its zone; the midnight before it. Else today's."),
    ] = None,
    database: Annotated[str, typer.Option(help="The record.")] = RECORD,
    folder: Annotated[Path, typer.Option(help="Folder of the snapshots.")] = SNAPSHOTS,
) -> None:
    """Publish what is known of every enterprise as of the last midnight of the port.

    The service reads from it how those fare with whom an enterprise deals, for all of that day;
    where nothing is published, it reckons the same from their messages, which takes longer. Run
    it each day after midnight, once what arrived before midnight is in the record.

    Example: cargoworthy features publish
    """
    from features.calendar import micros, midnight, parse_time, show_time
    from features.snapshots.file import edition_of
    from features.snapshots.publishing import publish
    from supervision.record import Record

    now = micros(datetime.now(UTC))
    at = now if as_of is None else parse_time(as_of)
    if midnight(at) > now:
        raise UsageError(f"expected --as-of not to be in the future, found {as_of}")
    record = Record.open(database)
    path = publish(record, folder, at)
    Console(stderr=True).print(
        f"{path}: as of {show_time(midnight(at))}, record position {edition_of(path).position:,}",
        highlight=False,
        soft_wrap=True,
    )
    record.close()


app.command("peers")(peers)
