"""The simulator's commands: ``cargoworthy simulate`` and ``cargoworthy world``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from simulator.scenarios import SCENARIOS

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.futures import Sample
    from simulator.simulation import Summary
    from simulator.world import World

_SCENARIOS = "; ".join(f"{known.name} ({known.title})" for known in SCENARIOS)
_Out = Annotated[Path, typer.Argument(help="Folder to write; must be empty or not exist.")]
_Enterprises = Annotated[int, typer.Option(help="How many enterprises live there.")]
_Months = Annotated[
    int, typer.Option(help="How many months, at most 96: every world ends with 2022-12.")
]
_Seed = Annotated[
    int, typer.Option(help="The same seed gives the same bytes, another one another world.")
]
_Scenario = Annotated[
    str, typer.Option(help=f"What happens in 2021 besides history: {_SCENARIOS}.")
]
_TruthSample = Annotated[
    int,
    typer.Option(
        help="At how many month ends, a year apart, the true twelve-month PD is found for "
        "all; the last one a year before the end."
    ),
]
_TruthPaths = Annotated[
    int, typer.Option(help="How many futures are lived from each of these month ends.")
]


def simulate(
    out: _Out,
    enterprises: _Enterprises = 2_000,
    months: _Months = 48,
    seed: _Seed = 1,
    scenario: _Scenario = SCENARIOS[0].name,
    truth_sample: _TruthSample = 0,
    truth_paths: _TruthPaths = 200,
) -> None:
    """Simulate a port that never existed and write its supervision messages to OUT.

    Prices and shocks are those of the years; everyone who trades is invented. One Parquet file a
    stream, in the message contract; beside them world.json (what was run), port.key (the key
    under which the cargo codes were issued) and truth/ (what no message tells).

    Examples: cargoworthy simulate var/world --enterprises 200 --months 24

    cargoworthy simulate var/crash --scenario price-crash

    cargoworthy simulate var/known --truth-sample 1 --truth-paths 200
    """
    from rich.console import Console

    from simulator.futures import Sample
    from simulator.world import World
    from supervision.errors import UsageError

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"expected an empty or new folder, found {str(out)!r:.80} with something in it; "
            "name another, or remove it first"
        )
    notice = Console(stderr=True)
    world = World(enterprises=enterprises, months=months, seed=seed, scenario=scenario)
    summary = _run(world, out, Sample(truth_sample, truth_paths), notice)
    notice.print(
        f"{sum(summary.messages.values()):,} messages of {enterprises:,} enterprises in {months} "
        f"months under {out}; {summary.defaults:,} defaulted, {summary.insolvencies:,} ended "
        "insolvent"
    )


def _run(world: "World", out: Path, sample: "Sample", notice: "Console") -> "Summary":
    """Run a world under a bar that shows how far it is."""
    from rich.progress import Progress, TimeElapsedColumn

    from simulator.simulation import simulate as run

    with Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=notice) as bar:
        task = bar.add_task("Simulating the port", total=world.months)
        futures = bar.add_task(
            "Living its futures",
            total=sample.month_ends * sample.paths,
            visible=sample.month_ends > 0,
        )
        return run(
            world,
            out,
            lambda done, _all: bar.update(task, completed=done),
            sample,
            lambda paths: bar.advance(futures, paths),
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

    found = read(folder)
    if format_ == "json":
        typer.echo(json.dumps(asdict(found)))
        return
    table = Table("figure", "value", "plausible", "", title=f"The world under {folder}")
    for stream, rows in found.messages.items():
        table.add_row(f"messages {stream}", f"{rows:,}")
    table.add_row("messages an enterprise month", f"{found.messages_an_enterprise_month:.1f}")
    for name, figure in found.figures.items():
        shown = "-" if figure.value is None else f"{figure.value:,.4g}"
        span = "" if figure.low is None else f"{figure.low:g} to {figure.high:g}"
        mark = {True: "inside", False: "OUTSIDE", None: ""}[figure.inside]
        table.add_row(name.replace("_", " "), shown, span, mark)
    for name, distance in found.distances.items():
        table.add_row(f"distance {name.replace('_', ' ')}", f"{distance:.4f}")
    Console().print(table)
