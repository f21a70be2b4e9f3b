"""A small world for the tests of training: enterprises with facilities, defaults and features."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from features.calendar import month_ends
from features.catalogue import CATALOGUE
from features.table import FeatureTable
from supervision.archive import Archive
from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.batches import Backfill
from supervision.contract.columns import column
from supervision.credit_code import with_check_character
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from training.baselines import CORE_RATING
from training.config import (
    BoostingSettings,
    CentralTendencySettings,
    SplitSettings,
    StabilitySettings,
    TrainConfig,
)
from training.experiment import Experiment, run
from training.horizon import months_after
from training.inputs import Inputs
from training.labels import LabelRules, Reports
from training.sample import Sample
from training.selection.financed import TRADE

DAY = 86_400_000_000
MONTHS = month_ends("2019-12", "2022-12")
QUICK = BoostingSettings(learning_rate=0.1, max_rounds=100, patience=10)
LEAKY = "basket_return_90d"
"""The feature that a test makes leak."""
FEW = replace(
    CATALOGUE,
    features=tuple(
        feature
        for place, feature in enumerate(CATALOGUE.features)
        if place % 4 == 0 or feature.name in (*TRADE, CORE_RATING, LEAKY)
    ),
)
"""A quarter of the catalogue: what is no matter of single features is learnt from it sooner."""


def message_rows(stream: str, rows: list[dict[str, int | str]]) -> Columns:
    """Rows of a stream as the record gives them; what is not said is missing."""
    names = ["position", "enterprise_id", "occurred_at", "known_at", "reversed_at", "kind"]
    names += ["facility", "renewed_from"] if stream == "financing" else []
    found: dict[str, list[int]] = {name: [] for name in names}
    for position, row in enumerate(rows):
        at = int(row["occurred_at"])
        said = {"position": position, "known_at": at, "reversed_at": NEVER} | row
        said["kind"] = column(stream, "kind").code(str(row["kind"]))
        for name in names:
            found[name].append(int(said.get(name, MISSING)))
    return {name: np.array(values, dtype=np.int64) for name, values in found.items()}


@dataclass(frozen=True)
class SmallWorld:
    """A hidden risk drives both the defaults and the catalogue's features.

    Attributes
    ----------
    financing, outcome : list of rows
        ``enterprise_id`` and ``facility`` are numbers from 0.
    firm : int64 [n]
        Number of the enterprise of each row of ``rows``.
    rows : Sample
        All enterprises at all month ends, without targets.
    """

    financing: list[dict[str, int | str]]
    outcome: list[dict[str, int | str]]
    firm: Integers
    rows: Sample


def credit_code(number: int) -> str:
    return with_check_character(f"9135020000{number:07d}")


def make_world(enterprises: int, seed: int) -> SmallWorld:
    chance = np.random.default_rng(seed)
    start = months_after(MONTHS[:1], -11)
    steps = [int(months_after(start, later)[0]) for later in range(48)]
    risk = np.zeros((enterprises, 48))
    risk[:, 0] = chance.normal(size=enterprises)
    for later in range(1, 48):
        risk[:, later] = 0.95 * risk[:, later - 1] + 0.31 * chance.normal(size=enterprises)
    defaulted = chance.uniform(size=risk.shape) < np.minimum(0.003 * np.exp(1.3 * risk), 0.5)
    financing: list[dict[str, int | str]] = []
    outcome: list[dict[str, int | str]] = []
    for number in range(enterprises):
        begun = int(chance.integers(0, 12))
        said = {"enterprise_id": number, "facility": number}
        financing.append({**said, "kind": "facility", "occurred_at": steps[begun] + DAY})
        financing.append({**said, "kind": "drawn", "occurred_at": steps[46] + 20 * DAY})
        months = np.flatnonzero(defaulted[number, begun + 1 : 47])
        if len(months):
            at = steps[begun + 1 + int(months[0])] + 10 * DAY
            known = {"occurred_at": at, "known_at": at + 5 * DAY}
            outcome.append({**said, **known, "kind": "default"})
    firm, month = (part.ravel() for part in np.indices((enterprises, len(MONTHS))))
    names = tuple(feature.name for feature in CATALOGUE.features)
    now = risk[firm, month + 11]
    values = chance.normal(size=(len(firm), len(names))) * 2.0
    for place, feature in enumerate(CATALOGUE.features):
        if feature.permitted_use == "champion":
            values[:, place] += feature.direction * now
    rating = np.clip(np.rint(5 + 1.5 * now + 2 * chance.normal(size=len(now))), 1, 10)
    linked = chance.uniform(size=enterprises)[firm] < 0.5
    values[:, names.index(CORE_RATING)] = np.where(linked, rating, np.nan)
    values[chance.uniform(size=values.shape) < 0.03] = np.nan
    codes = np.array([credit_code(number) for number in range(enterprises)])
    rows = Sample(names, codes[firm], MONTHS[month], values, np.zeros(len(firm), dtype=np.int8))
    return SmallWorld(financing, outcome, firm.astype(np.int64), rows)


def write_messages(folder: Path, world: SmallWorld) -> None:
    """The world's financing and outcome as files of the message contract."""
    for stream, rows in (("financing", world.financing), ("outcome", world.outcome)):
        bodies = []
        for number, row in enumerate(rows):
            body: dict[str, object] = {
                "message_id": f"{stream}-{number}",
                "stream": stream,
                "provider_id": "BANK-1",
                "enterprise_id": credit_code(int(row["enterprise_id"])),
                "occurred_at": row["occurred_at"],
                "recorded_at": row.get("known_at", row["occurred_at"]),
                "kind": row["kind"],
                "facility": f"F{row['facility']}",
                "lender": "BANK-1",
                "amount": 100_000_00,
            }
            if row["kind"] == "facility":
                body |= {"lender_kind": "bank", "matures_at": int(row["occurred_at"]) + 900 * DAY}
            if row["kind"] == "default":
                body |= {"default_kind": "past_due_90"}
            bodies.append(json.dumps(body))
        (folder / f"{stream}.ndjson").write_text("\n".join(bodies) + "\n")


@pytest.fixture(scope="session")
def small_world() -> SmallWorld:
    return make_world(600, seed=7)


@pytest.fixture(scope="session")
def recorded(small_world: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    """Configuration of a training from a real record and a feature table on disk."""
    base = tmp_path_factory.mktemp("recorded")
    (base / "files").mkdir()
    write_messages(base / "files", small_world)
    record = Record.open(f"sqlite:///{base / 'record.db'}", create=True)
    terms = Terms(now=int(MONTHS[-1]) + DAY, backfill=Backfill("test", "tests"), port_key=None)
    report = Ingestion(record.engine, Archive(base / "archive"), terms).run(
        expand([base / "files"])
    )
    assert sum(file.counts.accepted for file in report.files) == len(
        small_world.financing + small_world.outcome
    )
    rows = small_world.rows
    FeatureTable(
        rows.enterprise,
        rows.as_of,
        rows.names,
        rows.values,
        CATALOGUE.hash,
        record.identity(),
        record.position(),
    ).write(base / "features.parquet")
    record.close()
    return TrainConfig(
        table=base / "features.parquet",
        record=f"sqlite:///{base / 'record.db'}",
        tracking=f"sqlite:///{base / 'mlflow.db'}",
        artifacts=base / "artifacts",
        bootstrap=50,
        seed=3,
        split=SplitSettings(folds=3),
        model=QUICK,
        stability=StabilitySettings(refits=3),
    )


@pytest.fixture(scope="session")
def inputs(small_world: SmallWorld) -> Inputs:
    rules = LabelRules(as_of=int(MONTHS[-1]))
    reports = Reports(
        message_rows("financing", small_world.financing),
        message_rows("outcome", small_world.outcome),
        small_world.firm,
        small_world.rows.as_of,
    )
    return Inputs(small_world.rows, reports, rules, position=1234, table_sha256="0" * 64)


@pytest.fixture(scope="session")
def config() -> TrainConfig:
    level = CentralTendencySettings(long_run_rate=0.04, years=7, source="the bank's own books")
    stability = StabilitySettings(refits=3)
    return TrainConfig(
        bootstrap=50,
        seed=3,
        split=SplitSettings(folds=3),
        central_tendency=level,
        model=QUICK,
        stability=stability,
    )


@pytest.fixture(scope="session")
def told() -> list[str]:
    return []


@pytest.fixture(scope="session")
def experiment(inputs: Inputs, config: TrainConfig, told: list[str]) -> Experiment:
    return run(inputs, CATALOGUE, config, told.append)


@pytest.fixture(scope="session")
def rows_of() -> Callable[[str, list[dict[str, int | str]]], Columns]:
    return message_rows
