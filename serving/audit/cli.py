"""Commands of the audit log: seal what has no seal yet, and verify the whole."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from serving.cli import LEDGER, LedgerOption
from supervision.errors import CargoworthyError

if TYPE_CHECKING:
    from serving.audit.verification import Verified
    from serving.ledger import Ledger

app = typer.Typer(no_args_is_help=True, help="The audit log of all answers, chained by hash.")


@app.command()
def seal(ledger: LedgerOption = LEDGER) -> None:
    """Seal the rows of the audit log that have no seal yet.

    A running service does so within a second; this is for what `cargoworthy score` logged while
    none ran.

    Example: cargoworthy audit seal --ledger sqlite:///var/ledger.db
    """
    from serving.audit import seals

    with _opened(ledger) as opened, seals.SEALING.held(opened.engine) as alone:
        if not alone:
            typer.echo("a service that runs seals them")
            return
        typer.echo(f"{seals.seal(opened.engine, all_rows=True):,} rows sealed")


@app.command()
def verify(
    ledger: LedgerOption = LEDGER,
    known: Annotated[
        str | None,
        typer.Option(help="The newest hash of an earlier verification: shows rows cut off since."),
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="json prints JSON alone.")
    ] = "table",
) -> None:
    """Verify that the audit log and the scores are what was written.

    Every hash is reckoned again: a row that was edited, taken out or put elsewhere is found, and
    exit code 1 tells so. Rows too new to have a seal are counted. Note the newest hash where
    nobody who can write to the ledger can write, and name it next time with --known.

    Example: cargoworthy audit verify --ledger sqlite:///var/ledger.db
    """
    from serving.audit.verification import verify as look_through

    with _opened(ledger) as opened:
        found = look_through(opened.engine, known)
    if format_ == "json":
        typer.echo(_json(found))
    else:
        typer.echo(_lines(found))
    if found.faults:
        raise CargoworthyError(
            f"the audit log is not what was written: {len(found.faults)} faults, the first: "
            f"{found.faults[0]}; keep the ledger as it is and compare it with a backup"
        )


def _opened(url: str) -> "Ledger":
    from serving.ledger import Ledger
    from supervision.database import DatabaseMissing

    try:
        return Ledger.open(url, create=False)
    except DatabaseMissing as error:
        raise CargoworthyError(
            f"expected a ledger at {url:.120}, found no file; score an enterprise first, or name "
            "another with --ledger"
        ) from error


def _lines(found: "Verified") -> str:
    from serving.instants import text_of

    since = "" if found.unsealed_since is None else f", since {text_of(found.unsealed_since)}"
    older = f", {found.unaudited:,} older than the log" if found.unaudited else ""
    return "\n".join(
        [
            f"sealed    {found.sealed:,} rows, newest hash {found.newest_hash}",
            f"unsealed  {found.unsealed:,} rows{since}",
            f"scores    {found.scores:,}{older}",
            *(f"fault     {fault}" for fault in found.faults),
            *([] if found.faults else ["all is as it was written"]),
        ]
    )


def _json(found: "Verified") -> str:
    import orjson

    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2).decode()
