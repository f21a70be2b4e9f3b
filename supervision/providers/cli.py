"""``record keys`` and ``record sign``: who vouches for what it reports."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from supervision.providers.register import ProviderKey

keys = typer.Typer(no_args_is_help=True, help="Keys by which providers sign what they report.")

_OWNER_ONLY = 0o600
DatabaseOption = Annotated[
    str, typer.Option("--database", help="sqlite:///path or postgresql://user@host/name.")
]


@keys.command()
def make(
    out: Annotated[Path, typer.Option(help="File for the private key (JWK, mode 600).")],
) -> None:
    """Make a key pair; the public half is printed, to be handed to the port.

    Example: cargoworthy record keys make --out wh-3.jwk > wh-3.pub.jwk
    """
    import json

    from supervision.errors import UsageError
    from supervision.providers.statement import make_key

    key = make_key()
    try:
        descriptor = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    except FileExistsError as error:
        raise UsageError(
            f"expected no file at {out}, found one; a key is never overwritten: name another file"
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(key.as_dict(private=True), file)
    typer.echo(json.dumps(key.as_dict(private=False)))
    typer.echo(f"{out}: private, keep it; its id is {key.thumbprint()}", err=True)


@keys.command()
def add(
    provider: Annotated[str, typer.Argument(help="As its messages name it.")],
    key: Annotated[Path, typer.Option(help="Its public key, a file (JWK).")],
    by: Annotated[str, typer.Option(help="Who saw to it that the key is the provider's.")],
    database: DatabaseOption = "sqlite:///var/record.db",
) -> None:
    """Register a provider's public key: what it signs is marked as verified from then on.

    Example: cargoworthy record keys add WH-3 --key wh-3.pub.jwk --by lin
    """
    from supervision.providers.register import register
    from supervision.record import Record

    text = _read(key)
    opened = Record.open(database, create=True)
    try:
        found = register(opened.engine, provider, text, _now(), by)
    finally:
        opened.close()
    typer.echo(found.key_id)


@keys.command()
def withdraw(
    key_id: Annotated[str, typer.Argument(help="As `record keys list` shows it.")],
    by: Annotated[str, typer.Option(help="Who withdraws it.")],
    reason: Annotated[str, typer.Option(help="Why, as: lost.")],
    database: DatabaseOption = "sqlite:///var/record.db",
) -> None:
    """Withdraw a key: files that it signs are refused from now on.

    What it signed before stays verified.

    Example: cargoworthy record keys withdraw oxvpL9sgdQtC7aJl --by lin --reason lost
    """
    from supervision.providers import register
    from supervision.record import Record

    opened = Record.open(database)
    try:
        found = register.withdraw(opened.engine, key_id, _now(), by, reason)
    finally:
        opened.close()
    typer.echo(f"{found.key_id} of {found.provider} vouches for nothing more", err=True)


@keys.command("list")
def list_(
    database: DatabaseOption = "sqlite:///var/record.db",
    format_: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
) -> None:
    """Show all keys that were ever registered.

    Example: cargoworthy record keys list
    """
    from supervision.providers import register
    from supervision.record import Record

    opened = Record.open(database)
    try:
        found = register.keys(opened.engine)
    finally:
        opened.close()
    if format_ == "json":
        import orjson

        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        typer.echo(_said(one))
    if not found:
        typer.echo("no provider has registered a key", err=True)


def sign(
    paths: Annotated[list[Path], typer.Argument(help="Files of the contract, or folders of them.")],
    key: Annotated[Path, typer.Option(help="The private key, of `record keys make`.")],
) -> None:
    """Sign files: a signed statement is put into FILE.jws, which goes with the file.

    It holds the file's SHA-256 and its stream; `ingest` checks it, and marks the provider's own
    messages in that file as verified.

    Example: cargoworthy record sign custody.parquet --key wh-3.jwk
    """
    import hashlib

    from supervision.files import SIGNED, expand, signed_beside, source_of
    from supervision.providers.statement import Statement, holds, is_about, key_of
    from supervision.providers.statement import sign as signed

    private = key_of(_read(key), private=True)
    for path in expand(paths):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        beside = path.with_name(path.name + SIGNED)
        statement = Statement(digest, source_of(path).stream)
        # What was signed of an earlier content would refuse the file.
        kept = [text for text in signed_beside(path) if is_about(text, statement)]
        if not any(holds(text, statement, private) for text in kept):
            kept.append(signed(statement, private))
        beside.write_text("".join(f"{text}\n" for text in kept), encoding="ascii")
        typer.echo(beside, err=True)


def _said(one: "ProviderKey") -> str:
    told = f"{one.provider}  {one.key_id}  registered {_day(one.at)} by {one.by}"
    if one.withdrawn_at is not None:
        told += f"; withdrawn {_day(one.withdrawn_at)} by {one.withdrawn_by}: {one.reason}"
    return told


def _day(at: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at // 1_000_000))


def _read(path: Path) -> str:
    from supervision.errors import UsageError

    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"expected a key (JWK) at {path}, found none ({error})") from error


def _now() -> int:
    return time.time_ns() // 1_000
