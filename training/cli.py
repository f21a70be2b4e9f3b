"""Commands of the training room, as plain functions; the front door registers them."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from supervision.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

    from training.bank_table import BankTable, TableDescription
    from training.config import TrainConfig
    from training.experiment import Tell
    from training.registry import Version
    from training.report.document import Report
    from training.report.evidence import Evidence
    from training.table_experiment import TableExperiment
    from training.tracking import Store

CONFIG = Path("configs/train.yaml")
MODELS = Path("var/models")
LABELS = Path("var/features/labels.parquet")
SETTINGS = Path("configs/validation.yaml")


class Output(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"


Format = Annotated[Output, typer.Option("--format", help="json prints JSON alone.")]
Configuration = Annotated[Path, typer.Option("--config", help="Configuration of the training.")]


def train(
    config: Configuration = CONFIG,
    table: Annotated[
        Path | None, typer.Option(help="Train on any CSV, Parquet or ARFF table instead.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="With --table: column with 1 for the bad outcome, else 0.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="With --table: column that orders rows; tests are later.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="With --table: rows of one group stay on one side.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="With --table: column to leave out; may repeat.")
    ] = None,
    increasing: Annotated[
        list[str] | None, typer.Option(help="With --table: more of it never lowers the risk.")
    ] = None,
    decreasing: Annotated[
        list[str] | None, typer.Option(help="With --table: more of it never raises the risk.")
    ] = None,
    trials: Annotated[
        int, typer.Option(min=0, help="Tune with so many trials before; see `tune`.")
    ] = 0,
    cluster: Annotated[
        str | None, typer.Option(help="Fit on a Dask cluster: its scheduler, tcp://HOST:PORT.")
    ] = None,
    settings: Annotated[
        Path, typer.Option(help="With --table: bounds and grades of its validation report.")
    ] = SETTINGS,
    output: Format = Output.TABLE,
) -> None:
    """Train a model, compare it, and register it as a challenger.

    Without --table: the PD model on the feature table and the record that the configuration
    names. With --table: the same training on a table of your own, registered under its name and
    validated; the report lies in its MLflow run.

    Example: cargoworthy train --table loans.csv --target Default --drop Term
    """
    from training.config import TrainConfig

    read = TrainConfig.read(config)
    if table is None:
        given = {"--target": target, "--time": time, "--group": group, "--drop": drop}
        given |= {"--increasing": increasing, "--decreasing": decreasing}
        stray = [name for name, value in given.items() if value]
        if stray:
            raise UsageError(f"{stray[0]} describes a table; give the table too, with --table FILE")
        if trials:
            from training.tuning.cli import tuned

            read = tuned(read, trials).config
        _train_champion(read, output, cluster)
        return
    if trials or cluster is not None:
        raise UsageError("--trials and --cluster are for the champion; leave them out with --table")
    if target is None:
        raise UsageError("--table needs --target: the column with 1 for the bad outcome, else 0")

    from training.bank_table import TableDescription

    described = TableDescription(
        target=target,
        time=time,
        group=group,
        drop=tuple(drop or ()),
        increasing=tuple(increasing or ()),
        decreasing=tuple(decreasing or ()),
    )
    _train_table(table, described, read, settings, output)


def labels(
    config: Configuration = CONFIG,
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")] = LABELS,
) -> None:
    """Write what became of the rows of the feature table, for `features profile --labels`.

    Rows without a known outcome are left out: see docs/training.md.

    Example: cargoworthy labels --out var/features/labels.parquet
    """
    from training.config import TrainConfig

    read = TrainConfig.read(config)
    console = Console(stderr=True)
    from features.catalogue import CATALOGUE
    from features.profile.outcomes import Outcomes
    from supervision.record import Record
    from training.inputs import read_inputs
    from training.labels import Status

    with console.status("read the feature table and the outcomes"):
        inputs = read_inputs(read, CATALOGUE)
        known = (inputs.status == Status.GOOD) | (inputs.status == Status.BAD)
        bad = inputs.status[known] == Status.BAD
        with closing(Record.open(read.record)) as record:
            identity = record.identity()
        rows = inputs.rows
        Outcomes(rows.enterprise[known], rows.as_of[known], bad, identity).write(out)
    console.print(
        f"{out}: {len(bad):,} rows with a known outcome of {len(known):,}, "
        f"{int(bad.sum()):,} defaults",
        highlight=False,
        soft_wrap=True,
    )


def models_list(config: Configuration = CONFIG, output: Format = Output.TABLE) -> None:
    """List the versions of the model, newest first."""
    read, store = _store(config)
    from training.registry import versions

    found = [_told(one) for one in versions(store.client(), read.name)]
    if output is Output.JSON:
        _print_json({"name": read.name, "versions": found})
        return
    if not found:
        Console().print(f"{read.name} has no version yet; train one with `cargoworthy train`")
        return
    from training.console import versions_table

    Console().print(versions_table(found, read.name))


def models_show(
    version: Annotated[str, typer.Argument(help="A number, or champion or challenger.")],
    config: Configuration = CONFIG,
    output: Format = Output.TABLE,
) -> None:
    """Show one version: how it was trained, its figures, its hash."""
    read, store = _store(config)
    from training.model.bundle import Bundle
    from training.registry import version as find

    found = find(store.client(), read.name, version)
    bundle = Bundle.load(found.folder, version=found.version, expected=found.tags.get("hash", ""))
    told = {
        **_told(found),
        "calibration": {
            "slope": bundle.calibration.slope,
            "intercept": bundle.calibration.intercept,
        },
        "base_points": bundle.base_micro_points / 1e6,
        "cycle": bundle.cycle and bundle.cycle.stated(),
        "features": list(bundle.features),
        "facts": dict(bundle.facts),
    }
    if output is Output.JSON:
        _print_json(told)
        return
    from training.console import sample_table, versions_table

    console = Console()
    console.print(versions_table([told], read.name))
    facts = told["facts"]
    console.print(sample_table(facts, facts["dropped"]))
    console.print(
        f"{len(bundle.features)} features of catalogue {bundle.catalogue_hash[:12]}, "
        f"{facts['rounds']} trees; calibration slope {bundle.calibration.slope:.3f}, intercept "
        f"{bundle.calibration.intercept:+.3f}; record position {facts['record_position']:,}\n"
        f"model {bundle.hash}\nMLflow run {found.run_id}",
        highlight=False,
    )


def _train_champion(config: "TrainConfig", output: Output, cluster: str | None) -> None:
    console = Console(stderr=True)
    with _steps(console) as tell, _connected(cluster) as client:
        tell("read the feature table and the outcomes")
        from features.catalogue import CATALOGUE
        from training.experiment import run
        from training.inputs import read_inputs

        inputs = read_inputs(config, CATALOGUE)
        done = run(inputs, CATALOGUE, config, tell, client)
        tell("register it")
        from training.registration import register_experiment

        made = register_experiment(done, inputs, config)
    facts, findings = done.bundle.facts, [str(finding) for finding in done.findings]
    _warn(console, [*findings, *done.comparison.notices])
    if output is Output.JSON:
        _print_json({**_told(made), "facts": dict(facts), "findings": findings})
        return
    from training.central_tendency import told
    from training.console import calibration_table, comparison_table, sample_table, splits_table

    out = Console()
    out.print(sample_table(facts, done.dropped))
    title = f"Out of time, {facts['test']['from']} to {facts['test']['to']}"
    out.print(comparison_table(done.comparison.out_of_time, title))
    if done.comparison.unseen:
        title = "Out of time, enterprises that no model was fitted on"
        out.print(comparison_table(done.comparison.unseen, title))
    if done.comparison.splits is not None:
        out.print(splits_table(done.comparison.splits))
    out.print(calibration_table(facts))
    said = told(done.bundle.cycle, facts["central_tendency"])
    out.print(escape(said), highlight=False, soft_wrap=True)
    out.print(
        f"{made.name} version {made.version} is challenger; "
        f"`cargoworthy validate {made.version}` judges it, `cargoworthy promote` makes it champion",
        highlight=False,
    )


def _train_table(
    path: Path,
    described: "TableDescription",
    config: "TrainConfig",
    settings: Path,
    output: Output,
) -> None:
    console = Console(stderr=True)
    with _steps(console) as tell:
        tell("read the table")
        from training.bank_table import read_table
        from training.report.settings import ValidationSettings
        from training.table_experiment import run_table
        from training.table_run import TableRun

        asked, table = ValidationSettings.read(settings), read_table(path, described)
        name = f"table-{re.sub(r'[^A-Za-z0-9._-]+', '-', path.stem)[:50]}"
        run = TableRun.of(path, described, config.seed, config.checks)
        done = run_table(table, name, tell, seed=run.seed, checks=run.checks)
        from training.registration import register_table
        from training.report.table_evidence import gather_table, require_judgeable
        from training.report.version_report import bundle_of

        require_judgeable(table, done.learnt)
        tell("register it")
        made = register_table(done, run, config)
        evidence = gather_table(bundle_of(made), run, table, done.learnt, asked, tell)
        report, page = _kept_report(evidence, made, config, tell)
    findings = [str(finding) for finding in done.findings]
    _warn(console, [*table.notices, *findings])
    if output is Output.JSON:
        kept = {
            "page": page.as_posix(),
            "sha256": report.hash,
            "verdict": report.verdict,
            "checks": report.counts,
        }
        _print_json({**_told(made), **_told_table(table, done), "report": kept})
        return
    from training.console import folds_table
    from training.report.console import show

    out = Console()
    out.print(folds_table(done.folds.ours, done.folds.plain))
    out.print(
        f"{len(table.target):,} rows, {int(table.target.sum()):,} bad, {len(table.names)} columns; "
        f"registered as {escape(name)} version {made.version}",
        highlight=False,
    )
    show(report, page, settings)


def _told_table(table: "BankTable", done: "TableExperiment") -> dict[str, Any]:
    """What JSON tells of a training on a table."""
    return {
        "rows": len(table.target),
        "columns": len(table.names),
        "auc": done.auc,
        "auc_plain_lightgbm": done.auc_plain,
        "fold_auc": list(done.folds.ours),
        "fold_auc_plain_lightgbm": list(done.folds.plain),
        "brier": done.out_of_fold.brier,
        "findings": [str(finding) for finding in done.findings],
        "notices": list(table.notices),
    }


def _kept_report(
    evidence: "Evidence", made: "Version", config: "TrainConfig", tell: "Tell"
) -> "tuple[Report, Path]":
    """Validate a version and keep the report in its run; also where its page lies there."""
    from training.registry import VALIDATION
    from training.report.folder import PAGE
    from training.report.version_report import finish
    from training.tracking import Store

    store = Store(config.tracking, config.artifacts)
    with TemporaryDirectory() as scratch:
        report, _ = finish(evidence, made, store, Path(scratch), tell)
    return report, made.folder.parent / VALIDATION / PAGE


def _store(config: Path) -> "tuple[TrainConfig, Store]":
    from training.config import TrainConfig
    from training.tracking import Store

    read = TrainConfig.read(config)
    return read, Store(read.tracking, read.artifacts)


def _told(one: "Version") -> dict[str, Any]:
    figures = {
        key.removeprefix("test_"): float(value)
        for key, value in one.tags.items()
        if key.startswith("test_")
    }
    return {
        "name": one.name,
        "version": one.version,
        "aliases": list(one.aliases),
        "created_at": one.created_at,
        "run_id": one.run_id,
        "hash": one.tags.get("hash", ""),
        "catalogue_hash": one.tags.get("catalogue_hash", ""),
        "figures": figures,
    }


@contextmanager
def _connected(address: str | None) -> "Iterator[Client | None]":
    if address is None:
        yield None
        return
    from features.batch.execution import connected

    with connected(address) as client:
        yield client


@contextmanager
def _steps(console: Console) -> "Iterator[Tell]":
    """Show the step that is under way, on standard error."""
    with console.status("train") as status:
        yield lambda step: status.update(f"train: {escape(step)}")


def _warn(console: Console, lines: list[str]) -> None:
    for line in lines:
        console.print(f"[yellow]warning[/] {escape(line)}", highlight=False, soft_wrap=True)


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False))
