"""The command of migrations."""

from typing import Annotated

import typer

from serving.cli import LEDGER, LedgerOption
from supervision.errors import CargoworthyError

app = typer.Typer(no_args_is_help=True, help="The database in which answers are logged.")


@app.callback()
def _ledger() -> None:
    """Keep `migrate` a command of its own while it is the only one."""


@app.command()
def migrate(
    ledger: LedgerOption = LEDGER,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a step is missing.")
    ] = False,
) -> None:
    """Bring the ledger's database to this version, before its services are started.

    All steps that are missing are taken in one transaction. A database that is up to date is
    left alone.

    Example: cargoworthy ledger migrate --ledger postgresql://cargoworthy@db/cargoworthy
    """
    from serving.migrations import migration

    if not check:
        found = migration.migrate(ledger)
        before = "" if found.before == found.after else f", before: {found.before or 'none'}"
        typer.echo(f"ledger at step {found.after}{before}")
        return
    taken, newest = migration.standing(ledger)
    typer.echo(f"ledger at step {taken or 'none'}, newest: {newest}")
    if taken != newest:
        raise CargoworthyError(
            f"expected the ledger at step {newest}, found {taken or 'none'}; "
            "run `cargoworthy ledger migrate`"
        )
