"""Commands of promotion: the champion, exceptions, key pairs and the history."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from supervision.database import DatabaseMissing
from training.cli import CONFIG, MODELS, SETTINGS, Configuration, Format, Output

if TYPE_CHECKING:
    from training.promotion.record import Entry
    from training.registry import Version
    from training.tracking import Store

PEOPLE = Path("configs/people.yaml")
PROMOTIONS = "sqlite:///var/promotions.db"
KEY = Path("var/keys/promotion.key")
PUBLIC_KEY = Path("var/keys/promotion.pub")
REPORTS = Path("var/validation")

People = Annotated[Path, typer.Option("--people", help="People whose signatures count.")]
Promotions = Annotated[
    str, typer.Option("--promotions", help="Database URL of the record of promotions.")
]
Reports = Annotated[Path, typer.Option("--reports", help="Folder of the validation reports.")]
Bounds = Annotated[
    Path, typer.Option("--settings", help="Bounds that the report must have been made by.")
]
By = Annotated[str, typer.Option("--by", help="Who says so; kept for good.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept for good.")]

people = typer.Typer(help="The people whose signatures open the gate for a model.")


def promote(
    version: Annotated[str, typer.Argument(help="A number, or challenger.")],
    by: By,
    reason: Reason,
    exception: Annotated[
        list[Path] | None,
        typer.Option(help="With a red check: a signer's file; two are needed."),
    ] = None,
    config: Configuration = CONFIG,
    models: Annotated[Path, typer.Option(help="Shelf that services read from.")] = MODELS,
    reports: Reports = REPORTS,
    settings: Bounds = SETTINGS,
    people: People = PEOPLE,
    promotions: Promotions = PROMOTIONS,
    key: Annotated[
        Path,
        typer.Option(help="Private key that seals the champion; made if missing, .pub beside it."),
    ] = KEY,
    output: Format = Output.TABLE,
) -> None:
    """Make a validated version the champion and lay it on the shelf that services read.

    It needs the report that `cargoworthy validate` wrote of this very model by the bounds of
    configs/validation.yaml: one by other bounds is refused. With a red check
    it also needs exceptions signed by two different people. Who promoted what, when, why and on
    which report goes to an append-only record: see `cargoworthy models history`.

    Example: cargoworthy promote 7 --by "Chen Jing" --reason "Yearly retraining, all green"
    """
    from features.catalogue import CATALOGUE
    from training.promotion.promotion import Places, Word
    from training.promotion.promotion import promote as bring_into_force

    word = Word(by, reason, _now())
    store, model = _model(config, version)
    places = Places(reports, settings, people, promotions, models, key)
    champion, entry = bring_into_force(store, model, word, exception or [], places, CATALOGUE.hash)
    if output is Output.JSON:
        _print_json({**champion.__dict__, "promotion": _told(entry)})
        return
    Console().print(
        f"{champion.name} version {champion.version} is champion: "
        f"{escape((models / champion.folder).as_posix())}\n"
        f"report {entry.promotion.verdict} {entry.promotion.report_sha256}\n"
        f"by the bounds of {escape(settings.as_posix())}\n"
        f"promotion {entry.position} {entry.hash}",
        highlight=False,
        soft_wrap=True,
    )


def sync(
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 5.0,
    config: Configuration = CONFIG,
    models: Annotated[Path, typer.Option(help="Shelf that services read from.")] = MODELS,
    promotion_key: Annotated[
        Path, typer.Option(help="Public key of promotions; nothing else is laid.")
    ] = PUBLIC_KEY,
) -> None:
    """Keep a shelf as the registry has it: for services on other machines than `promote`.

    The registry's champion is taken with the seal of its promotion, verified in a process of its
    own and laid on the shelf, from which services take it without a restart. Where the registry
    cannot be reached the shelf stays as it is, and the next look tries again.

    Example: cargoworthy sync --models /srv/models --promotion-key /etc/cargoworthy/promotion.pub
    """
    from training.config import TrainConfig
    from training.promotion.synchronisation import look
    from training.tracking import Store

    read = TrainConfig.read(config)
    while True:
        said = look(Store(read.tracking, read.artifacts), read.name, models, promotion_key)
        if said:
            Console(stderr=True).print(escape(said), highlight=False, soft_wrap=True)
        if once:
            return
        time.sleep(every)


def sign_exception(
    version: Annotated[str, typer.Argument(help="A number, or challenger.")],
    by: Annotated[str, typer.Option("--by", help="Who signs, as listed among the people.")],
    key: Annotated[Path, typer.Option(help="The signer's private key.")],
    reason: Annotated[str, typer.Option(help="Why the model may serve although checks are red.")],
    out: Annotated[Path, typer.Option(help="The file to write, for `promote --exception`.")],
    config: Configuration = CONFIG,
    reports: Reports = REPORTS,
    settings: Bounds = SETTINGS,
    people: People = PEOPLE,
) -> None:
    """Sign that a version may serve although checks of its validation are red.

    The signature is over this very model, this very report and its red checks. Two different
    people have to sign, each with a key of their own.

    Example: cargoworthy sign-exception 7 --by "Li Wei" --key li.pem --reason "..." --out li.json
    """
    from training.promotion.promotion import Places, Word
    from training.promotion.promotion import sign_exception as sign

    word = Word(by, reason, _now())
    _, model = _model(config, version)
    signed = sign(model, word, key, Places(reports, settings, people, PROMOTIONS, MODELS))
    signed.write(out)
    said = signed.statement
    Console(stderr=True).print(
        f"{escape(said.person)} signed on {said.day} that {model.name} version {model.version} may "
        f"serve although {', '.join(said.red)} failed: {escape(str(out))}",
        highlight=False,
        soft_wrap=True,
    )


@people.command()
def keygen(
    name: Annotated[str, typer.Argument(help="Of the person.")],
    out: Annotated[Path, typer.Option(help="File for the private key; only its owner reads it.")],
    role: Annotated[str, typer.Option(help="Of the person.")] = "validator",
) -> None:
    """Make a key pair, and print the line to add to the list of people.

    The private key goes to a file of mode 600 and must never leave its owner. The line holds
    the public key only.

    Example: cargoworthy people keygen "Li Wei" --role validator --out ~/li.pem
    """
    from training.promotion.keys import make_key
    from training.promotion.people import listed_line

    # The name is looked at first: no key is made for a line that could not be listed.
    listed_line(name, role, "")
    typer.echo(listed_line(name, role, make_key(out)))


@people.callback()
def _people() -> None:
    """Keep the commands below a name of their own."""


def models_history(promotions: Promotions = PROMOTIONS, output: Format = Output.TABLE) -> None:
    """Show all promotions, the oldest first: who put what in force, when, why, on which report.

    The chain of hashes is checked first: rows that were changed or taken out show.
    """
    from training.promotion.record import PromotionRecord

    try:
        with PromotionRecord.open(promotions, create=False) as record:
            entries = record.entries()
    except DatabaseMissing:
        entries = ()
    if output is Output.JSON:
        _print_json({"promotions": [_told(entry) for entry in entries]})
        return
    if not entries:
        Console().print("nothing was promoted yet; `cargoworthy promote VERSION` does it")
        return
    for entry in entries:
        Console().print(_lines(entry), highlight=False, soft_wrap=True)


def _lines(entry: "Entry") -> str:
    from features.calendar import show_time

    one = entry.promotion
    heading = (
        f"{entry.position}  {show_time(one.promoted_at)[:16]}  {one.name} version {one.version}, "
        f"by {one.promoted_by}"
    )
    proof = f"model {one.model_hash[:12]}, report {one.verdict} {one.report_sha256[:12]}"
    signed = f", exception signed by {' and '.join(one.signers)}" if one.signers else ""
    return escape(f"{heading}\n   {one.reason}\n   {proof}{signed}\n   {entry.hash}")


def _told(entry: "Entry") -> dict[str, Any]:
    return {**entry.row(), "exceptions": json.loads(entry.promotion.exceptions)}


def _model(config: Path, wanted: str) -> "tuple[Store, Version]":
    from training.config import TrainConfig
    from training.registry import version as find
    from training.tracking import Store

    read = TrainConfig.read(config)
    store = Store(read.tracking, read.artifacts)
    return store, find(store.client(), read.name, wanted)


def _now() -> int:
    return time.time_ns() // 1_000


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))
