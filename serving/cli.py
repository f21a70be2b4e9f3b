"""The commands of the serving room: score on the command line, serve over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from serving.access.settings import AUDIENCE, ISSUER, KEY
from supervision.errors import CargoworthyError, UsageError

if TYPE_CHECKING:
    from features.catalogue import Catalogue
    from serving.language import Language
    from serving.rooms import Rooms
    from serving.scores.document import InsufficientAnswer, ScoredAnswer
    from serving.scores.scoring import Answered
    from training.model.shelf import Shelf

DATABASE = "sqlite:///var/record.db"
LEDGER = "sqlite:///var/ledger.db"
MODELS = Path("var/models")
PROMOTION_KEY = Path("var/keys/promotion.pub")
PROMOTIONS = "sqlite:///var/promotions.db"
SCORES = Path("var/scores/scores.parquet")
POLICY = Path("configs/policy/default.yaml")
PACKED = Path("var/packed.db")
SNAPSHOTS = Path("var/snapshots")
PEERS = Path("var/peers.json")
ARRIVALS = Path("var/arrivals.db")
ARCHIVE = Path("var/archive")
JOBS = Path("var/jobs")
WEBHOOK_KEY = Path("var/access/webhooks.json")

DatabaseOption = Annotated[str, typer.Option("--database", help="The record.")]
LedgerOption = Annotated[str, typer.Option("--ledger", help="The log of answers.")]
ModelsOption = Annotated[Path, typer.Option("--models", help="Folder of promoted models.")]
PromotionKeyOption = Annotated[
    Path,
    typer.Option(
        "--promotion-key",
        help="Public key of `promote`: where it is there, only what it sealed is served.",
    ),
]
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
    enterprises: Annotated[
        list[str] | None, typer.Argument(help="Unified social credit codes.")
    ] = None,
    portfolio: Annotated[
        Path | None,
        typer.Option(help="Score every row of this table of `features build` instead, into --out."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Of --portfolio: the Parquet file to write.")] = SCORES,
    workers: Annotated[int, typer.Option(min=1, help="Of --portfolio: processes to use.")] = 2,
    cluster: Annotated[
        str | None,
        typer.Option(help="Of --portfolio: Dask scheduler whose workers to use, tcp://HOST:PORT."),
    ] = None,
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
    promotion_key: PromotionKeyOption = PROMOTION_KEY,
    policy: PolicyOption = POLICY,
    packed: PackedOption = PACKED,
    snapshots: SnapshotsOption = SNAPSHOTS,
) -> None:
    """Score enterprises with the champion and log the answers, as the service does.

    Example: cargoworthy score 9131011502B960ULWB --as-of 2023-01-01

    With --portfolio, score a table of any size: one row gives score, PD, grade and the points of
    every feature, with the service's bits, but no limit; nothing is logged, and rows of
    enterprises about which too little is known are scored too. What was stopped goes on where it
    stood. The workers of a cluster must see table, models and file under the same paths as here.

    Example: cargoworthy score --portfolio var/features/features.parquet --out scores.parquet
    """
    from features.calendar import parse_time
    from serving.rooms import Rooms
    from serving.scores.request import checked_credit_code
    from serving.scores.terminal import show
    from serving.settings import Settings
    from training.model.shelf import Shelf

    if portfolio is not None:
        if enterprises or as_of is not None or plot is not None:
            raise UsageError(
                "--portfolio scores the rows of a table, each as of its own time, found "
                "enterprises, --as-of or --plot beside it; leave them out"
            )
        _portfolio(portfolio, out, Shelf(models, promotion_key), policy, workers, cluster)
        return
    if not enterprises:
        raise UsageError(
            "expected enterprises to score, found none; name their unified social credit codes, "
            "or a table with --portfolio"
        )
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
            promotion_key=promotion_key,
            policy=policy,
            packed=packed,
            snapshots=snapshots,
            as_of=at,
        )
    )
    try:
        answers = list(_answers(rooms, codes, language))
        catalogue = rooms.throne.champion().catalogue
    finally:
        rooms.close()
    if plot is not None:
        _draw(plot, answers[0].answer, language, catalogue)
    if format_ == "json":
        body = b",\n".join(answered.document for answered in answers)
        typer.echo(f"[{body.decode()}]")
        return
    for answered in answers:
        show(Console(), answered.answer, language)


def _answers(rooms: "Rooms", codes: list[str], language: "Language") -> Iterator["Answered"]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from serving.scores.asked import Asker
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
            asker = Asker(language=language)
            yield scorer.answer(request, wall_clock(), rooms.settings.as_of, Stopwatch(), asker)


def _draw(
    path: Path,
    answer: "ScoredAnswer | InsufficientAnswer",
    language: "Language",
    catalogue: "Catalogue",
) -> None:
    from serving.scores.document import ScoredAnswer
    from serving.scores.waterfall import waterfall

    if not isinstance(answer, ScoredAnswer):
        raise CargoworthyError(
            f"expected a score of {answer.enterprise_id} to draw, found insufficient data; "
            "score it without --plot to see what is missing"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(waterfall(answer, language, catalogue), encoding="utf-8")
    Console(stderr=True).print(
        f"points drawn into {escape(str(path))}", highlight=False, soft_wrap=True
    )


def _portfolio(
    table: Path, out: Path, shelf: "Shelf", policy: Path, workers: int, cluster: str | None
) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from features.batch.execution import executor
    from serving.policy import Policy
    from serving.scores.portfolio import score_portfolio

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
        champion = score_portfolio(
            table,
            out,
            shelf,
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
    promotion_key: PromotionKeyOption = PROMOTION_KEY,
    promotions: Annotated[
        str, typer.Option(help="The record of promotions, which the console shows.")
    ] = PROMOTIONS,
    policy: PolicyOption = POLICY,
    packed: PackedOption = PACKED,
    snapshots: SnapshotsOption = SNAPSHOTS,
    peers: Annotated[Path, typer.Option(help="The file of `features peers`.")] = PEERS,
    arrivals: Annotated[Path, typer.Option(help="The file of `record arrivals`.")] = ARRIVALS,
    archive: Annotated[
        Path, typer.Option(help="Where files are kept as they came, also those of releases.")
    ] = ARCHIVE,
    port_key: Annotated[
        Path | None,
        typer.Option(help="File with the port's key, to find forged cargo codes in releases."),
    ] = None,
    jobs: Annotated[Path, typer.Option(help="Folder of portfolios and their results.")] = JOBS,
    work: Annotated[
        bool, typer.Option("--work/--no-work", help="Keep a process beside it that does the jobs.")
    ] = True,
    webhook_network: Annotated[
        list[str] | None,
        typer.Option(help="A network that webhooks may lie in though it is not public."),
    ] = None,
    webhook_key: Annotated[
        Path, typer.Option(help="The key that seals webhooks' secrets; made where there is none.")
    ] = WEBHOOK_KEY,
    open_: Annotated[
        bool, typer.Option("--open", help="Ask nobody for a token; on this machine alone.")
    ] = False,
    key: Annotated[Path, typer.Option(help="The issuer's key, of `access init`.")] = KEY,
    issuer: Annotated[str, typer.Option(help="URL of the issuer of tokens.")] = ISSUER,
    audience: Annotated[str, typer.Option(help="For whom tokens are.")] = AUDIENCE,
    jwks: Annotated[
        str | None,
        typer.Option(help="URL or file of another issuer's public keys, named by --issuer."),
    ] = None,
    calls: Annotated[
        int, typer.Option("--calls-a-minute", min=1, help="That one client may make.")
    ] = 6_000,
    drain: Annotated[
        float,
        typer.Option(min=0, help="Seconds for which /readyz is 503 and calls are still taken."),
    ] = 2.0,
) -> None:
    """Serve scores and profiles over HTTP; the interface is shown at /docs.

    Every call shows a token of a client that `access client add` registered; --open asks for
    none, to try on this machine. --as-of fixes the as-of of requests that name none, as for a
    recorded world. Told to end by SIGTERM, it says at /readyz that it is not ready, answers on for
    --drain seconds, then finishes what is in flight.

    Example: cargoworthy serve --port 8000 --workers 2
    """
    from features.calendar import parse_time
    from serving.access.settings import AccessSettings
    from serving.jobs.settings import JobSettings
    from serving.policy import Policy
    from serving.server import run
    from serving.settings import Settings
    from serving.webhooks.settings import webhook_settings

    Policy.load(policy)
    settings = Settings(
        database=database,
        ledger=ledger,
        models=models,
        promotion_key=promotion_key,
        promotions=promotions,
        policy=policy,
        packed=packed,
        snapshots=snapshots,
        peers=peers,
        arrivals=arrivals,
        archive=archive,
        port_key=port_key,
        as_of=None if as_of is None else parse_time(as_of),
        access="open" if open_ else "required",
        drain_seconds=drain,
        tokens=AccessSettings(
            issuer=issuer, audience=audience, key=key, jwks=jwks, calls_a_minute=calls
        ),
        jobs=JobSettings(folder=jobs, work=work),
        webhooks=webhook_settings(webhook_key, webhook_network or ()),
    )
    console = Console(stderr=True)
    if open_:
        _check_loopback(host)
        console.print(
            "OPEN: nobody is asked who he is; for trying on this machine alone",
            style="yellow",
            highlight=False,
        )
    elif jwks is None:
        from serving.access.keys import load

        load(key)
    console.print(f"the interface: http://{escape(host)}:{port}/docs", highlight=False)
    run(settings, host, port, workers)


def _check_loopback(host: str) -> None:
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise UsageError(
            f"--open listens on this machine alone, found --host {host!r:.60}; "
            "leave --host out, or serve with tokens (`cargoworthy access init`)"
        )
