"""The commands of who may: the issuer's key, the clients, a token to try with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from serving.access.roles import Role
from serving.access.settings import AUDIENCE, ISSUER, KEY
from serving.cli import LEDGER
from serving.notice import say

if TYPE_CHECKING:
    from serving.access.clients import Clients

app = typer.Typer(
    help="Who may call the service: the issuer's key, the clients, their tokens.",
    no_args_is_help=True,
)
client = typer.Typer(help="The clients of the service.", no_args_is_help=True)
app.add_typer(client, name="client")

LedgerOption = Annotated[str, typer.Option("--ledger", help="Where the clients are kept.")]
KeyOption = Annotated[Path, typer.Option("--key", help="The issuer's key file.")]
NameArgument = Annotated[str, typer.Argument(help="The client's name.")]


@app.command()
def init(
    key: KeyOption = KEY,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Add a new key to sign with; the old one still checks.")
    ] = False,
) -> None:
    """Make the key with which the service signs its tokens, readable by you alone.

    After --rotate start the service anew.

    Example: cargoworthy access init
    """
    from serving.access.keys import create

    create(key, rotate=rotate)
    say(f"the issuer's key: {key}")


@client.command("add")
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="What it is to the service.")],
    tenant: Annotated[
        str | None,
        typer.Option(help="An officer's bank, an enterprise's credit code; else its own name."),
    ] = None,
    jwks: Annotated[
        Path | None,
        typer.Option(help="Its public keys (JWKS), by which it proves itself without a secret."),
    ] = None,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Register a client and print its secret, once: only a hash of it is kept.

    Example: cargoworthy access client add harbour-bank --role bank
    """
    from serving.state import wall_clock

    keys = None if jwks is None else jwks.read_text(encoding="utf-8")
    secret = _clients(ledger).add(name, role, tenant, wall_clock(), keys)
    say(f"client {name}, role {role}" + ("" if secret is None else "; its secret, shown once:"))
    if secret is not None:
        typer.echo(secret)


@client.command("list")
def list_(ledger: LedgerOption = LEDGER) -> None:
    """List the clients: name, role, on whose behalf, how it proves itself."""
    for each in _clients(ledger).all():
        proof = "keys" if each.jwks else "secret"
        words = [each.client_id, each.role.value, each.tenant or "-", proof]
        typer.echo("  ".join(words + ["disabled"] * (each.disabled_at is not None)))


@client.command("rotate")
def rotate_secret(name: NameArgument, ledger: LedgerOption = LEDGER) -> None:
    """Give a client a new secret and print it, once; the old one ends at once."""
    from serving.state import wall_clock

    secret = _clients(ledger).rotate(name, wall_clock())
    say(f"client {name}; its new secret, shown once:")
    typer.echo(secret)


@client.command("disable")
def disable(name: NameArgument, ledger: LedgerOption = LEDGER) -> None:
    """Let a client in no more; what it holds ends within half a minute."""
    from serving.state import wall_clock

    _clients(ledger).disable(name, wall_clock())
    say(f"client {name} is disabled")


@app.command()
def token(
    name: NameArgument,
    key: KeyOption = KEY,
    issuer: Annotated[str, typer.Option(help="As `serve --issuer`.")] = ISSUER,
    audience: Annotated[str, typer.Option(help="As `serve --audience`.")] = AUDIENCE,
    ledger: LedgerOption = LEDGER,
) -> None:
    """Print a token for a registered client, good for ten minutes, to try with curl.

    Whoever can read the issuer's key needs no secret of the client.

    Example: curl -H "Authorization: Bearer $(cargoworthy access token harbour-bank)" ...
    """
    from serving.access.keys import load
    from serving.access.tokens import Issuer
    from serving.state import wall_clock
    from supervision.errors import UsageError

    found = _clients(ledger).active(name)
    if found is None:
        raise UsageError(
            f"expected the name of a client in force, found {name!r:.80}; see `access client list`"
        )
    issued = Issuer(issuer, audience, load(key)).issue(
        found, found.scopes, wall_clock() // 1_000_000
    )
    typer.echo(issued)


def _clients(ledger: str) -> "Clients":
    from serving.access.clients import Clients
    from serving.access.consents import prepare
    from serving.access.store import Store

    return Clients(Store(ledger, (prepare,)))
