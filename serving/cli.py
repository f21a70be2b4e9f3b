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
POLICY = Path("configs/policy/default.yaml")

DatabaseOption = Annotated[str, typer.Option("--database", help="The record.")]
LedgerOption = Annotated[str, typer.Option("--ledger", help="The log of answers.")]
ModelsOption = Annotated[Path, typer.Option("--models", help="Folder of promoted models.")]
PolicyOption = Annotated[Path, typer.Option("--policy", help="The lender's policy.")]
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
        Settings(database=database, ledger=ledger, models=models, policy=policy, as_of=at)
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


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    as_of: AsOfOption = None,
    database: DatabaseOption = DATABASE,
    ledger: LedgerOption = LEDGER,
    models: ModelsOption = MODELS,
    policy: PolicyOption = POLICY,
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
