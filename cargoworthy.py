"""The front door: one command line that composes the rooms."""

import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

import features.cli
import serving.access.cli
import serving.audit.cli
import serving.cli
import serving.console.officers.cli
import serving.haircuts.cli
import serving.migrations.cli
import simulator.cli
import supervision.cli
import training.cli
import training.loss.cli
import training.promotion.cli
import training.report.cli
import training.tuning.cli
from supervision.errors import CargoworthyError, UsageError


class InOrder(TyperGroup):
    """Lists the commands in the order in which they are used."""

    ORDER = (
        "simulate",
        "world",
        "ingest",
        "record",
        "features",
        "labels",
        "tune",
        "train",
        "train-lgd",
        "haircuts",
        "models",
        "validate",
        "sign-exception",
        "promote",
        "sync",
        "people",
        "score",
    )

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands, first what is used first."""
        return sorted(super().list_commands(ctx), key=self._place)

    def _place(self, name: str) -> int:
        return self.ORDER.index(name) if name in self.ORDER else len(self.ORDER)


app = typer.Typer(
    name="cargoworthy",
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help=(
        "Creditworthiness read from cargo.\n\n"
        "A port's supervision already knows what a small trader holds, where it lies, what it is "
        "worth and how often something was wrong with it. These commands turn that record into a "
        "credit score with a reason for every point:\n\n"
        "**simulate** a port, **ingest** its messages into the record, **features build**, "
        "**train** a model, **promote** it, **score** an enterprise, **serve** the API.\n\n"
        "`make demo` runs all of them. Exit codes: 0 done, 1 the work failed, 2 the call was wrong."
    ),
)
models = typer.Typer(help="The registered models: their figures, and which one is champion.")
models.command("list")(training.cli.models_list)
models.command("show")(training.cli.models_show)
models.command("history")(training.promotion.cli.models_history)


@models.callback(invoke_without_command=True)
def _models(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        training.cli.models_list()


app.command()(simulator.cli.simulate)
app.command("world")(simulator.cli.figures)
app.command()(supervision.cli.ingest)
app.add_typer(supervision.cli.record, name="record")
app.add_typer(features.cli.app, name="features")
app.command()(training.cli.labels)
app.command()(training.tuning.cli.tune)
app.command()(training.cli.train)
app.command("train-lgd")(training.loss.cli.train_lgd)
app.command()(serving.haircuts.cli.haircuts)
app.add_typer(models, name="models")
app.command()(training.report.cli.validate)
app.command()(training.promotion.cli.sync)
app.command("sign-exception")(training.promotion.cli.sign_exception)
app.command()(training.promotion.cli.promote)
app.add_typer(training.promotion.cli.people, name="people")
app.command()(serving.cli.score)
app.command()(serving.cli.serve)
app.add_typer(serving.access.cli.app, name="access")
app.add_typer(serving.audit.cli.app, name="audit")
app.add_typer(serving.console.officers.cli.app, name="officers")
app.add_typer(serving.migrations.cli.app, name="ledger")


@app.command()
def demo(
    serve: Annotated[
        bool, typer.Option(help="Serve the scores at the end, until interrupted.")
    ] = True,
    enterprises: Annotated[int, typer.Option(min=50, help="Size of the port's world.")] = 2_000,
    port: Annotated[int, typer.Option(help="Where the service listens.")] = 8000,
) -> None:
    """Run the whole house once: from a simulated port to an explained score."""
    from demonstration import demonstrate

    demonstrate(serve, enterprises, port)


def main() -> None:
    """Run the command line and turn every expected failure into one line and an exit code."""
    try:
        app()
    except UsageError as error:
        _say(error)
        sys.exit(2)
    except CargoworthyError as error:
        _say(error)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        _say(
            f"expected to read or write {error.filename}, found: {error.strerror}; check that the "
            "path exists and that you may write there"
        )
        sys.exit(1)


def _say(error: CargoworthyError | str) -> None:
    Console(stderr=True, soft_wrap=True).print(
        f"[red]error[/red]: {escape(str(error))}", highlight=False
    )


if __name__ == "__main__":
    main()
