"""The commands of the officers' roster; passwords are asked for, never taken from arguments."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from serving.cli import (
    DATABASE,
    LEDGER,
    MODELS,
    PACKED,
    POLICY,
    PROMOTION_KEY,
    SNAPSHOTS,
    DatabaseOption,
    LedgerOption,
    ModelsOption,
    PackedOption,
    PolicyOption,
    PromotionKeyOption,
    SnapshotsOption,
)
from serving.console.officers.role import OfficerRole
from serving.notice import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving.access.store import Store

app = typer.Typer(
    help="Officers who may sign in to the console, each of one lender and in one role.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(help="With which the officer signs in, as li.wei.")]


@app.command()
def add(
    name: NameArgument,
    tenant: Annotated[str, typer.Option(help="The lender, as its client is named.")],
    role: Annotated[OfficerRole, typer.Option(help="What the officer may open.")],
    called: Annotated[str | None, typer.Option(help="As pages show the officer.")] = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Add an officer; the password is asked for twice.

    Example: cargoworthy officers add li.wei --tenant harbour-bank --role officer
    """
    from serving.console.officers.officer import Officer
    from serving.console.officers.roster import Roster
    from serving.state import wall_clock

    with _store(ledger) as store:
        officer = Officer(name, (called or name)[:80], tenant[:64], role, wall_clock())
        Roster(store).add(officer, _password())
    say(f"officer {name} of {tenant}, role {role.value}")


@app.command("list")
def list_(ledger: LedgerOption = LEDGER) -> None:
    """List the officers: name, lender, role."""
    from serving.console.officers.roster import Roster

    with _store(ledger) as store:
        for each in Roster(store).all():
            words = [each.name, each.tenant, each.role.value]
            typer.echo("  ".join(words + ["disabled"] * (each.disabled_at is not None)))


@app.command()
def disable(name: NameArgument, ledger: LedgerOption = LEDGER) -> None:
    """Let an officer in no more; open sessions end at once."""
    from serving.console.officers.roster import Roster
    from serving.console.officers.sessions import Sessions
    from serving.state import wall_clock

    with _store(ledger) as store:
        Roster(store).disable(name, wall_clock())
        Sessions(store).close_all(name)
    say(f"officer {name} is disabled")


@app.command()
def reset(name: NameArgument, ledger: LedgerOption = LEDGER) -> None:
    """Give an officer a new password, and open the lock; open sessions end at once."""
    from serving.console.officers.roster import Roster
    from serving.console.officers.sessions import Sessions
    from serving.state import wall_clock

    with _store(ledger) as store:
        Roster(store).reset(name, _password(), wall_clock())
        Sessions(store).close_all(name)
    say(f"officer {name} has a new password")


@app.command()
def demo(
    tenant: Annotated[
        str, typer.Option(help="A lender of the record, as it names itself.")
    ] = "BANK-03",
    enterprises: Annotated[int, typer.Option(min=1, help="Of its borrowers.")] = 40,
    first: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")] = "2022-01",
    last: Annotated[str, typer.Option("--to", help="Last month.")] = "2022-12",
    database: DatabaseOption = DATABASE,
    ledger: LedgerOption = LEDGER,
    models: ModelsOption = MODELS,
    promotion_key: PromotionKeyOption = PROMOTION_KEY,
    policy: PolicyOption = POLICY,
    packed: PackedOption = PACKED,
    snapshots: SnapshotsOption = SNAPSHOTS,
) -> None:
    """Fill the console to try it: score a lender's borrowers at month ends, add officers.

    The officers are made up; their password is made here and shown once.

    Example: cargoworthy officers demo
    """
    from rich.progress import Progress

    from serving.console.demonstration import OFFICERS, Wanted, fill
    from serving.rooms import Rooms
    from serving.settings import Settings
    from serving.state import wall_clock

    settings = Settings(
        database=database,
        ledger=ledger,
        models=models,
        promotion_key=promotion_key,
        policy=policy,
        packed=packed,
        snapshots=snapshots,
    )
    rooms = Rooms(settings)
    wanted = Wanted(tenant, enterprises, first, last)
    try:
        with _store(ledger) as store, Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("scoring", total=None)
            number, password = fill(
                rooms,
                store,
                wanted,
                wall_clock(),
                lambda done, total: bar.update(task, completed=done, total=total),
            )
    finally:
        rooms.close()
    names = ", ".join(f"{name} ({role.value})" for name, _, role in OFFICERS)
    say(f"{number} new scores of {tenant}; officers {names}; their password, shown once:")
    typer.echo(password)


def _password() -> str:
    return str(typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True))


@contextmanager
def _store(ledger: str) -> "Iterator[Store]":
    from serving.access.consents import prepare
    from serving.access.store import Store
    from serving.console.officers.sessions import prepare as prepare_officers

    store = Store(ledger, (prepare, prepare_officers))
    try:
        yield store
    finally:
        store.close()
