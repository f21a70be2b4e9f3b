"""A small port, a small model and the service over both: all real, made once a session."""

import hashlib
import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import lightgbm as lgb
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI

from features.calendar import DAY, month_ends, parse_time
from features.carried import written
from features.catalogue import CATALOGUE, Catalogue
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.online import facts_of
from serving.app import create_app
from serving.jobs.settings import JobSettings
from serving.settings import Settings
from serving.webhooks.settings import WebhookSettings
from supervision.archive import Archive
from supervision.batches import Backfill
from supervision.cargo_code import CargoCode
from supervision.credit_code import with_check_character
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.providers.register import register
from supervision.providers.statement import Statement, make_key, sign
from supervision.record import Record
from training.model.bundle import assemble
from training.model.calibration import Calibration
from training.model.cycle import Cycle
from training.model.shelf import Shelf

# A busy machine may take its time.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

HOUR = DAY // 24
AS_OF = parse_time("2023-01-01")
NOW = parse_time("2023-01-02")
"""The clock of the service under test."""
POLICY = Path(__file__).parents[2] / "configs" / "policy" / "default.yaml"
CYCLE = Cycle(-0.7, 0.03, 0.1, 0.0005, 8, "the tests")
"""Brings the model's PD to the level of the long run: the odds of default are halved."""
COPPER, ORE = "7403110000", "2601110000"


def code(number: int) -> str:
    return with_check_character(f"91350211MA31{number:05d}")


STRONG, WEAK, DEFAULTED, NEWCOMER, DORMANT, NAMED_ONLY, UNKNOWN = map(code, range(900, 907))


@dataclass
class Port:
    """Messages of a port, by stream."""

    messages: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ids: Iterator[int] = field(default_factory=itertools.count)

    def say(self, stream: str, kind: str, at: int, who: str, **stated: object) -> str:
        message_id = f"M{next(self.ids):06d}"
        provider = {"financing": "BANK-7", "outcome": "BANK-7"}.get(stream, stream.upper())
        self.messages[stream].append(
            {
                "message_id": message_id,
                "provider_id": provider,
                "enterprise_id": who,
                "occurred_at": at,
                "recorded_at": at + HOUR,
                "kind": kind,
                **stated,
            }
        )
        return message_id

    def register(self, who: str, at: int) -> None:
        stated = {"region": "350200", "industry": "F5164", "size_class": "small"}
        stated |= {"registered_capital": 500_000_000, "established_on": 19_980_312}
        self.say("enterprise", "registration", at, who, customs_credit_grade="registered", **stated)

    def month(self, who: str, at: int, risk: float, rng: np.random.Generator) -> None:
        """Let an enterprise import one lot, store it and sell part of it."""
        hs_code = COPPER if rng.random() < 0.6 else ORE
        quantity = int(rng.integers(20_000, 60_000))
        price = 6_000_000 if hs_code == COPPER else 80_000
        value = quantity * price // 1_000
        number = f"D{next(self.ids):05d}"
        batch = f"{next(self.ids):06d}"
        lot = str(CargoCode.issue(who, hs_code, batch, "CLSAI", "CNXMN", b"key"))
        declared = {"number": number, "direction": "import", "hs_code": hs_code, "unit": "kg"}
        declared |= {"first_quantity": quantity, "declared_value": value, "currency": "USD"}
        declared |= {"currency_value": value // 7, "origin": "CL", "port": "CNXMN"}
        declared |= {"cargo_code": lot, "supervision_mode": "0110"}
        parties = {"trading_party": who, "consuming_party": who}
        counterparty = f"SUPPLIER-{rng.integers(8)}"
        self.say(
            "declaration", "declared", at, who, counterparty=counterparty, **parties, **declared
        )
        held = {"cargo_code": lot, "warehouse": "W1", "unit": "kg"}
        self.say("custody", "received", at + DAY, who, quantity=quantity, **held)
        self.say("custody", "counted", at + 5 * DAY, who, quantity=quantity, **held)
        self.say("valuation", "appraisal", at + 2 * DAY, who, cargo_code=lot, unit_price=price)
        if rng.random() > risk:
            policy = {"number": f"P{batch}", "amount": value}
            self.say("document", "insurance_policy", at + DAY, who, cargo_code=lot, **policy)
        else:
            fault = {"exception": "seal_broken", "warehouse": "W1"}
            self.say("custody", "exception", at + 6 * DAY, who, cargo_code=lot, **fault)
        self._sell(who, lot, at, (quantity, price), risk, rng)
        late = int(rng.integers(1, 50)) if rng.random() < risk else 0
        paid = {"facility": f"F-{who}", "lender": "BANK-7", "amount": 10_000_000}
        due = at + 10 * DAY
        self.say(
            "financing", "instalment_paid", due + late * DAY, who,
            due_at=due, days_past_due=late, **paid,
        )  # fmt: skip

    def _sell(
        self, who: str, lot: str, at: int, goods: tuple[int, int], risk: float,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        quantity, price = goods
        sold = int(quantity * (0.9 - 0.6 * risk))
        sale = {"cargo_code": lot, "number": f"S{next(self.ids):05d}"}
        sale |= {"buyer": f"BUYER-{rng.integers(9)}", "price": sold * price // 1_000}
        due = at + 20 * DAY
        self.say(
            "title", "transferred", at + 8 * DAY, who,
            quantity=sold, unit="kg", due_at=due, in_storage="no", **sale,
        )  # fmt: skip
        released = {"cargo_code": lot, "warehouse": "W1", "unit": "kg", "quantity": sold}
        self.say("custody", "released", at + 9 * DAY, who, **released)
        if rng.random() > risk / 2:
            self.say("title", "paid", due, who, due_at=due, **sale)

    def borrow(self, who: str, at: int) -> None:
        stated = {"facility": f"F-{who}", "lender": "BANK-7"}
        terms = {"lender_kind": "bank", "matures_at": at + 2_000 * DAY}
        self.say("financing", "facility", at, who, amount=900_000_000, **terms, **stated)
        self.say("financing", "drawn", at + DAY, who, amount=600_000_000, **stated)

    def live(self, who: str, months: range, risk: float, rng: np.random.Generator) -> None:
        """Let an enterprise register, borrow, and trade through some months of its life."""
        ends = month_ends("2021-01", "2022-12").tolist()
        self.register(who, ends[months.start])
        self.borrow(who, ends[months.start])
        for month in months:
            self.month(who, ends[month], risk, rng)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for stream, messages in self.messages.items():
            lines = (json.dumps(message) for message in messages)
            (folder / f"{stream}.ndjson").write_text("\n".join(lines) + "\n")


def populate() -> Port:
    """Make the port's messages; everything is over well before the last month's end."""
    rng = np.random.default_rng(5)
    port = Port()
    for number in range(24):
        port.live(code(number), range(23), number / 24, rng)
    port.live(STRONG, range(23), 0.02, rng)
    port.live(WEAK, range(23), 0.9, rng)
    port.live(DEFAULTED, range(23), 0.95, rng)
    port.live(NEWCOMER, range(22, 23), 0.2, rng)
    port.live(DORMANT, range(3), 0.2, rng)
    lot = next(m["cargo_code"] for m in port.messages["custody"] if m["enterprise_id"] == WEAK)
    receipt = {"receipt": "R1", "lender": "BANK-SECRET", "rank": 1, "form": "static"}
    receipt |= {"quantity": 5_000, "unit": "kg", "amount": 7_000_000, "registration_number": "G1"}
    port.say("pledge", "registered", AS_OF - 90 * DAY, WEAK, cargo_code=lot, **receipt)
    stated = {"default_kind": "past_due_90", "amount": 1_000_000}
    port.say("outcome", "default", AS_OF - 20 * DAY, DEFAULTED, **stated)
    port.messages["declaration"][-1]["counterparty"] = NAMED_ONLY
    return port


def sign_custody(folder: Path, database: str) -> None:
    """Let the warehouse vouch for what it reports, as nobody else does."""
    path, key = folder / "custody.ndjson", make_key()
    with closing(Record.open(database, create=True)) as record:
        public = json.dumps(key.as_dict(private=False))
        register(record.engine, "CUSTODY", public, AS_OF, "the tests")
    statement = Statement(hashlib.sha256(path.read_bytes()).hexdigest(), "custody")
    path.with_name("custody.ndjson.jws").write_text(sign(statement, key))


def ingest(
    folder: Path, database: str, now: int = AS_OF + 90 * DAY, backfill: bool = True
) -> Record:
    record = Record.open(database, create=True)
    terms = Terms(now, Backfill("test", "the tests") if backfill else None)
    report = Ingestion(record.engine, Archive(folder.parent / "archive"), terms).run(
        expand([folder])
    )
    refused = [(file.file, file.reasons, file.error) for file in report.files]
    assert not [each for each in refused if each[1] or each[2]]
    return record


def train(
    record: Record,
    folder: Path,
    catalogue_hash: str | None = None,
    trees: int = 30,
    catalogue: Catalogue = CATALOGUE,
) -> None:
    """Fit a small monotone model on the port's own features.

    It carries its catalogue, unless it says to be of another.
    """
    numbers = record.number_of([code(number) for number in range(24)])
    parties = np.array([numbers[code(number)] for number in range(24)], np.int64)
    spine = Spine.grid(parties, month_ends("2021-06", "2022-11"))
    values = evaluate(facts_of(record, parties.tolist()), spine, catalogue.champion).values
    rng = np.random.default_rng(8)
    risk = np.repeat(np.arange(24) / 24, len(spine) // 24)
    target = (rng.random(len(risk)) < 0.5 * risk**2).astype(np.int64)
    names = [feature.name for feature in catalogue.champion]
    directions = tuple(int(feature.direction) for feature in catalogue.champion)
    options = {"objective": "binary", "num_leaves": 5, "min_data_in_leaf": 20, "verbose": -1}
    options |= {"num_threads": 1, "seed": 1, "monotone_constraints": list(directions)}
    data = lgb.Dataset(values, target, feature_name=names, free_raw_data=True)
    booster = lgb.train(options, data, num_boost_round=trees)
    assemble(
        booster,
        Calibration(covariance=(0.04, 0.03, 0.05)),
        values[:5],
        name="sme-pd",
        features=tuple(names),
        directions=directions,
        catalogue_hash=catalogue_hash or catalogue.hash,
        catalogue_file=b"" if catalogue_hash else written(catalogue),
        cycle=CYCLE,
    ).write(folder)


@dataclass(frozen=True)
class World:
    """A record and a champion, to be read by all tests and changed by none."""

    folder: Path
    database: str
    models: Path

    def settings(self, ledger: Path, **changed: Any) -> Settings:
        stated = {"database": self.database, "models": self.models, "policy": POLICY}
        stated["access"] = "open"
        stated["jobs"] = JobSettings(folder=ledger.parent / "jobs")
        stated["webhooks"] = WebhookSettings(key=ledger.parent / "webhooks.json", deliver=False)
        return Settings(**{**stated, "ledger": f"sqlite:///{ledger}", **changed})


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    populate().write(folder / "messages")
    database = f"sqlite:///{folder}/record.db"
    sign_custody(folder / "messages", database)
    record = ingest(folder / "messages", database)
    train(record, folder / "bundle")
    Shelf(folder / "models").publish(folder / "bundle", "sme-pd", "7")
    record.close()
    return World(folder, database, folder / "models")


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    return world.settings(tmp_path / "ledger.db")


def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for what a service does by itself."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.02)


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve an application on a free port of this machine, as it would be in use."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(1_000):
        if server.started or not thread.is_alive():
            break
        time.sleep(0.005)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def client(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service that all tests ask and none harms."""
    settings = world.settings(tmp_path_factory.mktemp("ledger") / "ledger.db")
    with served(create_app(settings, clock=lambda: NOW)) as found:
        yield found


@pytest.fixture
def fresh(settings: Settings) -> Iterator[httpx.Client]:
    """A service of one test's own, with an empty ledger."""
    with served(create_app(settings, clock=lambda: NOW)) as found:
        yield found
