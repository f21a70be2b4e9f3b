"""The command that makes the file of the peers."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

PEERS = Path("var/peers.json")


def peers(
    file: Annotated[Path, typer.Argument(help="A table of `features build`.")] = Path(
        "var/features/features.parquet"
    ),
    out: Annotated[Path, typer.Option(help="The file to write.")] = PEERS,
    database: Annotated[str, typer.Option(help="The record.")] = "sqlite:///var/record.db",
    mirror: Annotated[Path, typer.Option(help="Folder of the record's mirror.")] = Path(
        "var/mirror"
    ),
) -> None:
    """Measure how each feature is spread among enterprises of one size and trade.

    The service reads from it where an enterprise stands among its peers. Only the newest month
    of the table counts, and only groups of thirty enterprises or more; nobody is named. Make it
    again after each month's build.

    Example: cargoworthy features peers
    """
    from features.calendar import show_time
    from features.peers.file import write
    from features.peers.making import goods_of, newest_month, peers_of
    from supervision.mirror import Mirror
    from supervision.record import Record

    console = Console(stderr=True)
    table = newest_month(file)
    record = Record.open(database)
    mirrored = Mirror(mirror)
    with console.status("reading declared goods"):
        mirrored.refresh(record)
        goods = goods_of(table, record, mirrored)
    record.close()
    found = peers_of(table, goods)
    write(found, out)
    console.print(
        f"{out}: {len(found.spreads)} groups from {len(table):,} enterprises as of "
        f"{show_time(found.as_of)}, catalogue {found.catalogue_hash[:12]}",
        highlight=False,
        soft_wrap=True,
    )
