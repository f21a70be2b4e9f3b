"""The commands of the serving room: score on the command line, serve over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from supervision.errors import CargoworthyError, UsageError

if TYPE_CHECKING:
    from serving.rooms import Rooms
    from serving.scores.document import InsufficientAnswer, ScoredAnswer
    from serving.scores.scoring import Answered

DATABASE = "sqlite:///var/record.db"
LEDGER = "sqlite:///var/ledger.db"
MODELS = Path("var/models")
FEATURES = Path("var/features/features.parquet")
SCORES = Path("var/scores/scores.parquet")
POLICY = Path("configs/policy/default.yaml")
PACKED = Path("var/packed.db")
SNAPSHOTS = Path("var/snapshots")

DatabaseOption = Annotated[str, typer.Option("--database", help="The record.")]
LedgerOption = Annotated[str, typer.Option("--ledger", help="The log of answers.")]
ModelsOption = Annotated[Path, typer.Option("--models", help="Folder of promoted models.")]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The lender's policy.")]
PackedOption = Annotated[
    Path,
    typer.Option("--packed", help="The file of `record pack`, read where it is of the record."),
]
SnapshotsOption = Annotated[Path, typer.Option("--snapshots", help="Folder of `features publish`.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="2023-01-01T00:00:00+08:00, or a date for its midnight at the port; now if left out.",
    ),
]


def score(
    enterprises: Annotated[list[str], typer.Argument(help="Unified social credit codes.")],
    as_of: AsOfOption = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", help="json prints JSON alone.")
    ] = "table",
    language: Annotated[
        Literal["en", "zh"], typer.Option("--language", help="Language of the reasons.")
    ] = "en",
    plot: Annotated[
        Path | None, typer.Option(help="Draw the points of one enterprise as SVG, into this file.")
    ] = None,
    database: DatabaseOption = DATABASE,
    ledger: LedgerOption = LEDGER,
    models: ModelsOption = MODELS,
    policy: PolicyOption = POLICY,
    packed: PackedOption = PACKED,
    snapshots: SnapshotsOption = SNAPSHOTS,
) -> None:
    """Score enterprises with the champion and log the answers, as the service does.

    Example: cargoworthy score 9131011502B960ULWB --as-of 2023-01-01
    """
    from features.calendar import parse_time
    from serving.rooms import Rooms
    from serving.scores.request import checked_credit_code
    from serving.scores.terminal import show
    from serving.settings import Settings

    if plot is not None and plot.suffix != ".svg":
        raise UsageError(f"--plot draws SVG, found {plot.name!r:.60}; name a file ending in .svg")
    if plot is not None and len(enterprises) != 1:
        raise UsageError(f"--plot draws one enterprise, found {len(enterprises)}; score them alone")
    at = None if as_of is None else parse_time(as_of)
    codes = [checked_credit_code(code) for code in enterprises]
    rooms = Rooms(
        Settings(
            database=database,
            ledger=ledger,
            models=models,
            policy=policy,
            packed=packed,
            snapshots=snapshots,
            as_of=at,
        )
    )
    try:
        answers = list(_answers(rooms, codes))
    finally:
        rooms.close()
    if plot is not None:
        _draw(plot, answers[0].answer, language)
    if format_ == "json":
        body = b",\n".join(answered.document for answered in answers)
        typer.echo(f"[{body.decode()}]")
        return
    for answered in answers:
        show(Console(), answered.answer, language)


def _answers(rooms: "Rooms", codes: list[str]) -> Iterator["Answered"]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from serving.scores.request import ScoreRequest
    from serving.state import wall_clock
    from serving.stopwatch import Stopwatch

    scorer = rooms.scorer()
    with Progress(
        TextColumn("scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        for code in progress.track(codes):
            request = ScoreRequest(enterprise_id=code)
            yield scorer.answer(request, wall_clock(), rooms.settings.as_of, Stopwatch())


def _draw(
    path: Path, answer: "ScoredAnswer | InsufficientAnswer", language: Literal["en", "zh"]
) -> None:
    from serving.scores.document import ScoredAnswer
    from serving.scores.waterfall import waterfall

    if not isinstance(answer, ScoredAnswer):
        raise CargoworthyError(
            f"expected a score of {answer.enterprise_id} to draw, found insufficient data; "
            "score it without --plot to see what is missing"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(waterfall(answer, language), encoding="utf-8")
    Console(stderr=True).print(
        f"points drawn into {escape(str(path))}", highlight=False, soft_wrap=True
    )


def score_table(
    table: Annotated[Path, typer.Argument(help="A table of `features build`.")] = FEATURES,
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")] = SCORES,
    workers: Annotated[int, typer.Option(min=1, help="Processes to use.")] = 2,
    cluster: Annotated[
        str | None,
        typer.Option(help="Dask scheduler whose workers to use instead, as tcp://HOST:PORT."),
    ] = None,
    models: ModelsOption = MODELS,
    policy: PolicyOption = POLICY,
) -> None:
    """Score every row of a feature table with the champion.

    One row gives score, PD, grade and the points of every feature, as the service would, but no
    limit; nothing is logged. Rows of enterprises about which too little is known are scored too.
    What was stopped goes on where it stood. The workers of a cluster must see table, models and
    file under the same paths as this machine.

    Example: cargoworthy score-table var/features/features.parquet --out scores.parquet
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from features.batch.execution import executor
    from serving.policy import Policy
    from serving.scores import batch

    lender = Policy.load(policy)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("scoring"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    with executor(workers, cluster) as run, bar:
        rows = bar.add_task("scoring", total=None)
        champion = batch.score_table(
            table,
            out,
            models,
            lender,
            lambda _, done, total: bar.update(rows, completed=done, total=total),
            run,
        )
    console.print(
        f"{escape(str(out))}: scored by {champion.name} {champion.version}, "
        f"model {champion.hash[:12]}",
        highlight=False,
        soft_wrap=True,
    )


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    as_of: AsOfOption = None,
    database: DatabaseOption = DATABASE,
    ledger: LedgerOption = LEDGER,
    models: ModelsOption = MODELS,
    policy: PolicyOption = POLICY,
    packed: PackedOption = PACKED,
    snapshots: SnapshotsOption = SNAPSHOTS,
) -> None:
    """Serve scores and profiles over HTTP; the interface is shown at /docs.

    There is no authentication yet, so the service listens on this machine alone unless --host
    says otherwise. --as-of fixes the as-of of requests that name none, as for a recorded world.

    Example: cargoworthy serve --port 8000 --workers 2
    """
    from features.calendar import parse_time
    from serving.policy import Policy
    from serving.server import run
    from serving.settings import Settings

    Policy.load(policy)
    settings = Settings(
        database=database,
        ledger=ledger,
        models=models,
        policy=policy,
        packed=packed,
        snapshots=snapshots,
        as_of=None if as_of is None else parse_time(as_of),
    )
    console = Console(stderr=True)
    if host not in ("127.0.0.1", "::1", "localhost"):
        console.print(
            f"listening on {escape(host)} without authentication: "
            "let only trusted networks reach it",
            style="yellow",
            highlight=False,
        )
    console.print(f"the interface: http://{escape(host)}:{port}/docs", highlight=False)
    run(settings, host, port, workers)
