"""The supervision room's commands: ``ingest`` and ``record``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from supervision.providers.cli import keys, sign

if TYPE_CHECKING:
    from supervision.batches import Counts
    from supervision.ingestion import FileReport, IngestReport
    from supervision.record import Record, RecordStatus
    from supervision.refused import Refused

record = typer.Typer(no_args_is_help=True, help="The record of supervision messages.")
record.add_typer(keys, name="keys")
record.command()(sign)

Format = Literal["table", "json"]
DatabaseOption = Annotated[
    str, typer.Option("--database", help="sqlite:///path or postgresql://user@host/name.")
]
FormatOption = Annotated[
    Format, typer.Option("--format", help="json prints JSON alone on standard output.")
]


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files named after their stream (custody.parquet, .csv, .ndjson), "
            "or folders of them."
        ),
    ],
    database: DatabaseOption = "sqlite:///var/record.db",
    archive: Annotated[Path, typer.Option(help="Where files are kept as they came.")] = Path(
        "var/archive"
    ),
    backfill: Annotated[
        str | None,
        typer.Option(help="Why old messages come late, as when a provider joins; with --by."),
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who declares the backfill.")] = None,
    port_key: Annotated[
        Path | None,
        typer.Option(help="File with the port's key in hexadecimal, to find forged cargo codes."),
    ] = None,
    format_: FormatOption = "table",
) -> None:
    """Take files of supervision messages into the record.

    Each file is archived as it came; then each row is accepted, quarantined with a reason, or
    counted as a duplicate. A file that cannot be read holds up none of the others. An ingestion
    that was interrupted goes on where it stopped when it is started again. Where signed statements
    lie beside a file (custody.parquet.jws, of `record sign`), they are checked first.

    Examples: cargoworthy ingest var/world --backfill "warehouse 7 joins" --by lin

    cargoworthy ingest custody.csv title.ndjson --database postgresql://localhost/record
    """
    from supervision.errors import CargoworthyError

    report = _ingested(paths, database, archive, _declared(backfill, by), port_key)
    if format_ == "json":
        typer.echo(_json(report))
    else:
        _show_report(report)
    failed = [file.error for file in report.files if file.error is not None]
    if failed:
        raise CargoworthyError("\n".join(failed))


@record.command()
def status(
    database: DatabaseOption = "sqlite:///var/record.db", format_: FormatOption = "table"
) -> None:
    """Show what the record holds: messages by stream, accepted, quarantined, duplicate.

    Example: cargoworthy record status --format json
    """
    from supervision.record import Record

    opened = Record.open(database)
    try:
        found = opened.status()
    finally:
        opened.close()
    if format_ == "json":
        typer.echo(_json(found))
        return
    _show_status(found)


@record.command()
def quarantine(
    stream: Annotated[str | None, typer.Option(help="Only rows of this stream.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only rows with this reason.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Greatest number of rows shown.")] = 20,
    database: DatabaseOption = "sqlite:///var/record.db",
    format_: FormatOption = "table",
) -> None:
    """Show the rows that were not accepted: file, row number, why, and what to do.

    Example: cargoworthy record quarantine --reason wrong_unit
    """
    from supervision.record import Record
    from supervision.refused import refused

    opened = Record.open(database)
    try:
        found = refused(opened.engine, stream, reason, most)
    finally:
        opened.close()
    if format_ == "json":
        typer.echo(_json(list(found)))
        return
    _show_refused(found)


@record.command()
def pack(
    database: DatabaseOption = "sqlite:///var/record.db",
    packed: Annotated[Path, typer.Option(help="The file to write.")] = Path("var/packed.db"),
    mirror: Annotated[Path, typer.Option(help="The record as sorted Parquet.")] = Path(
        "var/mirror"
    ),
) -> None:
    """Pack each enterprise into one piece, so that the service reads it at once.

    The first time all of them are packed, from the mirror; after that only those of whom something
    new has come. Run it as often as some ten thousand messages have come: the service keeps those
    since in memory, and goes on while this runs. What was interrupted goes on where it stood.

    Example: cargoworthy record pack
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from supervision.mirror import Mirror
    from supervision.packed.packing import pack as pack_enterprises
    from supervision.record import Record

    console = Console(stderr=True)
    columns = (*Bar.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    opened = Record.open(database)
    try:
        with Bar(*columns, console=console) as bar:
            task = bar.add_task("packing", total=None)

            def show(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total or None)

            found = pack_enterprises(opened, packed, Mirror(mirror), show)
    finally:
        opened.close()
    which = "all enterprises" if found.whole else "those with news"
    console.print(
        f"{packed}: {found.packed:,} packed ({which}), up to position {found.position:,}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@record.command()
def arrivals(
    database: DatabaseOption = "sqlite:///var/record.db",
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("var/arrivals.db"),
) -> None:
    """Count the messages of each provider and stream by day, for the console's page of feeds.

    The first time all are counted, after that only what is new; the page itself counts what comes
    from day to day. What was interrupted goes on where it stood.

    Example: cargoworthy record arrivals
    """
    from supervision.arrivals.tally import Tally
    from supervision.record import Record

    opened = Record.open(database)
    try:
        number = Tally.open(out, opened).count()
    finally:
        opened.close()
    typer.echo(f"{out}: {number:,} messages counted", err=True)


@record.command()
def schema(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("docs"),
) -> None:
    """Write the JSON Schema of each stream and the data dictionary.

    Example: cargoworthy record schema --out docs
    """
    from supervision.schema import documents

    for name, text in documents().items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        typer.echo(path, err=True)


def _ingested(
    paths: list[Path],
    database: str,
    archive: Path,
    backfill: tuple[str, str] | None,
    port_key: Path | None,
) -> "IngestReport":
    import time

    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from supervision.archive import Archive
    from supervision.batches import Backfill
    from supervision.files import expand
    from supervision.ingestion import Ingestion, Progress, Terms
    from supervision.port_key import read_port_key
    from supervision.record import Record

    files = expand(paths)

    def clock() -> int:
        return time.time_ns() // 1_000

    terms = Terms(
        now=clock(),
        backfill=Backfill(*backfill) if backfill else None,
        port_key=None if port_key is None else read_port_key(port_key),
    )
    opened = Record.open(database, create=True)
    before = opened.position()
    columns = (*Bar.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Bar(*columns, console=Console(stderr=True)) as bar:
            tasks = {path: bar.add_task(path.name, total=None) for path in files}

            def show(progress: Progress) -> None:
                bar.update(tasks[progress.path], completed=progress.rows, total=progress.total)

            ingestion = Ingestion(opened.engine, Archive(archive), terms, show, clock=clock)
            report = ingestion.run(files)
        if backfill is None:
            _warn_of_the_past(opened, before, terms.now)
        return report
    finally:
        opened.close()


def _warn_of_the_past(record: "Record", before: int, now: int) -> None:
    """Say when messages of long ago came in as if they were news."""
    from rich.console import Console

    from supervision.past import long_past

    count = sum(long_past(record, before, now).values())
    if count:
        Console(stderr=True).print(
            f"note: {count:,} messages occurred more than 30 days ago, but are known only from "
            "now on: no score as of an earlier time will see them. If they are a provider's past, "
            "take them into a new record with --backfill REASON --by WHO; a backfill cannot be "
            "declared afterwards",
            style="yellow",
            highlight=False,
        )


def _declared(reason: str | None, by: str | None) -> tuple[str, str] | None:
    from supervision.errors import UsageError

    if reason is None and by is None:
        return None
    if not reason or not by:
        raise UsageError(
            "expected --backfill REASON and --by WHO together, found only one of them; a backfill "
            "is declared with its reason and a name"
        )
    return reason, by


def _json(report: "IngestReport | RecordStatus | list[Refused]") -> str:
    import orjson

    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()


def _show_report(report: "IngestReport") -> None:
    rows = [(file.file, file.counts) for file in report.files]
    notes = [f"{file.file}: {note}" for file in report.files for note in _notes(file)]
    if report.reversals_settled:
        notes.append(f"{report.reversals_settled:,} waiting reversals settled")
    _show("file", rows, notes)


def _notes(file: "FileReport") -> list[str]:
    if file.error is not None:
        return ["not taken in as a whole, see below"]
    notes = [_reasons(file.reasons)] if file.reasons else []
    if file.signed_by:
        notes.append(f"signed by {_some(file.signed_by)}")
    if file.repeats is not None:
        notes.append(f"same content as batch {file.repeats}, taken in before: all duplicates")
    if file.resumed_after:
        notes.append(f"went on after row {file.resumed_after:,}")
    return notes


def _some(names: tuple[str, ...]) -> str:
    told = ", ".join(names[:3])
    return told if len(names) <= 3 else f"{told} and {len(names) - 3} more"


def _show_status(found: "RecordStatus") -> None:
    notes = [f"{one.stream}: {_reasons(one.reasons)}" for one in found.streams if one.reasons]
    notes += [f"{file} was interrupted: ingest it again to go on" for file in found.unfinished]
    notes += found.failed
    notes.append(f"newest position {found.position:,}")
    _show("stream", [(one.stream, one.counts) for one in found.streams], notes)


def _show_refused(found: "tuple[Refused, ...]") -> None:
    from rich.console import Console

    from supervision.reasons import HELP, Reason

    console = Console()
    if not found:
        console.print("no such row is in quarantine")
    for one in found:
        console.print(
            f"{one.file} row {one.row:,}: {one.reason}\n  {one.detail}\n  {one.content[:200]}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    for reason in dict.fromkeys(one.reason for one in found):
        console.print(f"\n{reason}: {HELP[Reason(reason)]}", highlight=False, markup=False)


def _reasons(reasons: dict[str, int]) -> str:
    counted = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items()))
    return f"quarantined {counted}"


def _show(first: str, rows: "list[tuple[str, Counts]]", notes: list[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    table.add_column(first, no_wrap=True)
    for name in ("received", "accepted", "quarantined", "duplicate"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, counts in rows:
        numbers = (counts.received, counts.accepted, counts.quarantined, counts.duplicate)
        table.add_row(name, *(f"{n:,}" for n in numbers))
    console = Console()
    console.print(table)
    for note in notes:
        console.print(note, highlight=False, markup=False)
