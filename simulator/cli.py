"""The simulator's command: ``cargoworthy simulate``."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write; must be empty or not exist.")],
    enterprises: Annotated[int, typer.Option(help="How many enterprises live there.")] = 2_000,
    months: Annotated[int, typer.Option(help="How many months from 2019-01.")] = 48,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
) -> None:
    """Simulate a port that never existed and write its supervision messages to OUT.

    One Parquet file a stream, in the message contract; beside them world.json (what was run),
    port.key (the key under which the cargo codes were issued) and truth/ (what no message tells).

    Example: cargoworthy simulate var/world --enterprises 200 --months 24
    """
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    from simulator.simulation import simulate as run
    from simulator.world import World
    from supervision.errors import UsageError

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"expected an empty or new folder, found {str(out)!r:.80} with something in it; "
            "name another, or remove it first"
        )
    notice = Console(stderr=True)
    world = World(enterprises=enterprises, months=months, seed=seed)
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=notice) as bar:
        task = bar.add_task("Simulating the port", total=months)
        summary = run(world, out, lambda done, _all: bar.update(task, completed=done))
    total = sum(summary.messages.values())
    notice.print(
        f"{total:,} messages of {enterprises:,} enterprises in {months} months under {out}; "
        f"{summary.defaults:,} defaulted, {summary.insolvencies:,} ended insolvent"
    )


def figures(
    folder: Annotated[Path, typer.Argument(help="Folder that `cargoworthy simulate` wrote.")],
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="json prints JSON alone.")
    ] = "table",
) -> None:
    """Show what a simulated world holds: messages, financing, default rates by year.

    Example: cargoworthy world var/world
    """
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from simulator.figures import figures as read

    found = asdict(read(folder))
    if format_ == "json":
        typer.echo(json.dumps(found))
        return
    table = Table("figure", "value", title=f"The world under {folder}")
    for name, value in found.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, number in parts:
            shown = f"{number:,}" if isinstance(number, int) else f"{number:.4f}"
            table.add_row(f"{name.replace('_', ' ')} {part}".strip(), shown)
    Console().print(table)
