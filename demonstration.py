"""The demonstration: every step of the house once, as the commands that a user would type."""

import json
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
from rich.console import Console
from rich.rule import Rule
from rich.table import Table

from supervision.errors import CargoworthyError

WORLD = Path("var/world")
FEATURES = Path("var/features/features.parquet")
TRAINED = Path("var/trained.json")
FIRST, LAST = "2019-12", "2022-12"
AS_OF = "2023-01-01"
MONTHS = 48
SEED = 1
REPORTS = Path("var/validation")
SIGNERS = Path("var/demo-signers")
REGISTRIES = {"TITLE-REGISTRY": "title", "PLEDGE-REGISTRY": "pledge"}
MLFLOW_PORT = 5000
MLFLOW_LOG = Path("var/mlflow.log")

console = Console(stderr=True, highlight=False)


def demonstrate(serve: bool, enterprises: int, port: int) -> None:
    """Simulate a port, record it, build features, train, validate, promote, score and serve.

    Each step is one command of the front door, shown before it runs. Whatever is there already
    is used again: a world of the same size is not simulated twice, and messages that are
    recorded already are counted as duplicates.

    Raises
    ------
    CargoworthyError
        If a step fails.
    """
    if serve:
        _refuse_taken_ports(port)
    started = time.monotonic()
    _simulate(enterprises)
    _sign()
    _step(
        "Record its messages",
        f"ingest {WORLD} --backfill demonstration --by demo --port-key {WORLD}/port.key",
    )
    _features()
    _step("Train, validate out of time, register", "train --format json", out=TRAINED)
    trained = json.loads(TRAINED.read_text())
    _validate_and_promote(trained["name"], trained["version"])
    _step("Pack each enterprise into one piece for the service", "record pack")
    _step("Publish how counterparties stood at midnight", f"features publish --as-of {AS_OF}")
    _step("Measure how peers compare", f"features peers {FEATURES}")
    _step("Count when each provider's messages came", "record arrivals")
    chosen = _strong_middling_weak()
    _step(
        "Score three enterprises: strong, middling, weak",
        f"score {' '.join(chosen)} --as-of {AS_OF}",
    )
    _step("Score a lender's borrowers for its officers' console", "officers demo")
    _summary(trained, time.monotonic() - started)
    if serve:
        _serve(chosen[1], port)


def _simulate(enterprises: int) -> None:
    from simulator.world import VERSION

    described = WORLD / "world.json"
    if described.exists():
        world = json.loads(described.read_text())
        wanted = {
            "world_version": VERSION,
            "enterprises": enterprises,
            "months": MONTHS,
            "seed": SEED,
        }
        found = {name: world.get(name) for name in wanted}
        if found != wanted:
            raise CargoworthyError(
                f"expected {WORLD} to hold {_said(wanted)}, found {_said(found)}; two worlds must "
                "not mix in one record: remove var/ (`rm -r var`) and run the demonstration again"
            )
        console.print(Rule("Simulate a port", align="left"))
        console.print(f"{WORLD} is there already: {enterprises:,} enterprises, {MONTHS} months")
        return
    _step(
        "Simulate a port",
        f"simulate {WORLD} --enterprises {enterprises} --months {MONTHS} --seed {SEED}",
    )


def _sign() -> None:
    """Let the two registries vouch for what they report, as providers would; others do not."""
    for provider, stream in REGISTRIES.items():
        private, public = (SIGNERS / f"{provider}{end}" for end in (".jwk", ".pub.jwk"))
        if not private.exists():
            make = f"record keys make --out {private}"
            _step(f"Make a key for {provider}", make, out=public)
            add = f"record keys add {provider} --key {public} --by demo"
            _step(f"Register the key of {provider}", add)
        sign = f"record sign {WORLD}/{stream}.parquet --key {private}"
        _step(f"{provider} signs what it reports", sign)


def _validate_and_promote(name: str, version: str) -> None:
    """Bring the model into force as a bank would: by its report, or by two signatures."""
    _step("Validate it", f"validate {version}")
    report = json.loads((REPORTS / f"{name}-{version}" / "report.json").read_text())
    red = [check["code"] for check in report["checks"] if check["verdict"] == "red"]
    signed = ""
    if red:
        console.print(
            f"{', '.join(red)} failed: this model may serve only by an exception that two "
            "different people sign. Two made-up ones do so here, with keys made for them."
        )
        signed = _sign_for(version)
    reason = "demonstration on a simulated port"
    _step("Make it the champion", f"promote {version} --by demo --reason '{reason}'{signed}")


def _sign_for(version: str) -> str:
    """Make two people with a key each, let both sign, and return the options for `promote`."""
    people = SIGNERS / "people.yaml"
    names = ("demo-validator", "demo-risk-officer")
    for name in names:
        if not (SIGNERS / f"{name}.pem").exists():
            keygen = f"people keygen {name} --out {SIGNERS}/{name}.pem"
            _step(f"Make a key for {name}", keygen, out=SIGNERS / f"{name}.yaml")
    lines = [(SIGNERS / f"{name}.yaml").read_text() for name in names]
    people.write_text("people:\n" + "".join(lines))
    options = f" --people {people}"
    for name in names:
        out = SIGNERS / f"{name}-{version}.json"
        _step(
            f"{name} signs",
            f"sign-exception {version} --by {name} --key {SIGNERS}/{name}.pem --people {people} "
            f"--reason 'the port is simulated, and nobody lends by this model' --out {out}",
        )
        options += f" --exception {out}"
    return options


def _said(facts: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _features() -> None:
    from features.catalogue import CATALOGUE
    from features.table import FeatureTable

    if FEATURES.exists() and FeatureTable.read(FEATURES).catalogue_hash != CATALOGUE.hash:
        FEATURES.unlink()
    _step(
        "Evaluate the features at every month end",
        f"features build --out {FEATURES} --from {FIRST} --to {LAST}",
    )


def _step(title: str, command: str, out: Path | None = None) -> None:
    """Run one command of the front door and stop where it fails."""
    console.print(Rule(title, align="left"))
    redirect = "" if out is None else f" > {out}"
    console.print(f"[bold]$ cargoworthy {command}{redirect}[/bold]")
    arguments = [sys.executable, "-m", "cargoworthy", *shlex.split(command)]
    started = time.monotonic()
    if out is None:
        done = subprocess.run(arguments, check=False)  # noqa: S603 our own commands
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("wb") as file:
            done = subprocess.run(arguments, check=False, stdout=file)  # noqa: S603
    if done.returncode:
        raise CargoworthyError(
            f"expected `cargoworthy {command}` to succeed, it ended with {done.returncode}; "
            "what it said stands above"
        )
    console.print(f"[dim]{time.monotonic() - started:.1f} s[/dim]")


def _strong_middling_weak() -> list[str]:
    """Credit codes at the 95th, 50th and 5th percentile of the score, none in default."""
    from features.table import FeatureTable
    from training.model.shelf import Shelf

    table = FeatureTable.read(FEATURES)
    column = {name: table.values[:, place] for place, name in enumerate(table.names)}
    rows = np.flatnonzero(
        (table.as_of == table.as_of.max())
        & (column["months_on_record"] >= 12)
        & (column["declared_value_sum_365d"] > 0)
        & (column["default_in_force_now"] == 0)
    )
    bundle = Shelf(Path("var/models")).champion()
    values = np.column_stack([column[name][rows] for name in bundle.features])
    order = rows[np.argsort(bundle.score(values).score_micro, kind="stable")]
    places = [int(len(order) * share) for share in (0.95, 0.5, 0.05)]
    return [str(table.enterprise_id[order[place]]) for place in places]


def _summary(trained: dict[str, Any], seconds: float) -> None:
    """Print the champion's figures beside the core-enterprise rule's."""
    test = trained["facts"]["test"]
    console.print(Rule("What came out", align="left"))
    table = Table(
        title=(
            f"Default within twelve months, {test['from']} to {test['to']}: {test['rows']:,} rows "
            f"that no model was trained on, {test['defaults']:,} defaults "
            f"({test['defaults'] / test['rows']:.2%})"
        )
    )
    table.add_column("model")
    for name in ("AUC", "95 % interval", "Gini", "KS", "Brier", "mean PD"):
        table.add_column(name, justify="right")
    shown = {"candidate": "champion, from cargo", "core_enterprise_rule": "core-enterprise rule"}
    for key, name in shown.items():
        figures = trained["facts"]["performance"]["out_of_time"][key]
        table.add_row(
            name,
            f"{figures['auc']:.3f}",
            f"{figures['auc_low']:.3f}..{figures['auc_high']:.3f}",
            f"{figures['gini']:.3f}",
            f"{figures['ks']:.3f}",
            f"{figures['brier']:.4f}",
            f"{figures['mean_pd']:.2%}",
        )
    Console().print(table)
    console.print(f"All of it took {seconds:.0f} s.")


def _serve(example: str, port: int) -> None:
    """Serve the scores and MLflow's pages until interrupted."""
    body = json.dumps({"enterprise_id": example, "as_of": f"{AS_OF}T00:00:00+08:00"})
    commands = [
        [
            *(sys.executable, "-m", "cargoworthy", "serve", "--open"),
            *("--port", str(port), "--as-of", AS_OF),
            *("--port-key", f"{WORLD}/port.key"),
        ],
        [
            str(Path(sys.executable).with_name("mlflow")),
            *("ui", "--backend-store-uri", "sqlite:///mlruns/mlflow.db"),
            *("--port", str(MLFLOW_PORT)),
        ],
    ]
    signal.signal(signal.SIGTERM, _interrupt)
    with MLFLOW_LOG.open("wb") as log:
        children = [
            subprocess.Popen(commands[0]),  # noqa: S603 our own command
            subprocess.Popen(commands[1], stdout=log, stderr=log),  # noqa: S603 our own command
        ]
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz", children[0])
        _wait_until_ready(f"http://127.0.0.1:{MLFLOW_PORT}/", children[1])
        console.print(Rule("Serving; Ctrl-C ends it", align="left"))
        print(  # noqa: T201 the line is there to be copied
            f"service   http://127.0.0.1:{port}/docs\n"
            f"console   http://127.0.0.1:{port}/console (sign in as told above)\n"
            f"MLflow    http://127.0.0.1:{MLFLOW_PORT}\n\n"
            f"curl -s http://127.0.0.1:{port}/v1/scores -H 'Content-Type: application/json' "
            f"-d '{body}'",
            flush=True,
        )
        children[0].wait()
    except KeyboardInterrupt:
        console.print("stopping")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 a handler's form
    """End as Ctrl-C does, so that no child outlives a demonstration that was told to stop."""
    raise KeyboardInterrupt


def _refuse_taken_ports(*ports: int) -> None:
    """Say before a minute of work, not after it, that nobody could be served."""
    for port in (*ports, MLFLOW_PORT):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CargoworthyError(
                    f"expected port {port} of this machine to be free, found it taken; stop what "
                    "listens there, or run `make demo SERVE=0`"
                ) from error


def _wait_until_ready(url: str, service: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        if service.poll() is not None:
            raise CargoworthyError(
                f"what serves {url} ended before it was ready; it said why above or in {MLFLOW_LOG}"
            )
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 our own loopback address
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.25)
    raise CargoworthyError(f"expected {url} to answer within 30 s, it did not")
