"""An enterprise of 100,000 messages among small ones: the same bits, in time that stays in line.

Its messages come in waves: hundreds share one time, and the as-of points fall on such times.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.batch import building
from features.batch.building import build
from features.batch.execution import executor
from features.calendar import DAY
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.online import facts_of
from features.table import FeatureTable
from supervision.archive import Archive
from supervision.arrays import Columns, Integers
from supervision.batches import Backfill
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.mirror import Mirror
from supervision.record import Record
from tests.supervision.facts import credit_code, fact, lot, write

START = 1_577_808_000_000_000  # 2020-01-01T00:00 at the port
WAVE = 10 * DAY
WAVES = 60
HUB, SMALL = credit_code(0), [credit_code(n) for n in range(1, 21)]
BUYERS = [*SMALL, *(credit_code(n) for n in range(1_000, 4_000))]
LOTS = [lot(n, n % 7) for n in range(4_000)]
OF_HUB = {
    "declaration": 12_000,
    "document": 10_000,
    "custody": 40_000,
    "valuation": 6_000,
    "title": 20_000,
    "pledge": 6_000,
    "financing": 6_000,
}
POINTS = START + WAVE * np.array([20, 37, 38, 58, 59], np.int64) - np.array([0, 0, 0, 0, 1])


KINDS = {"custody": ("received", "counted", "released")}
AMOUNTS = ("quantity", "price", "amount", "declared_value", "unit_price")
REFERENCES = ("number", "receipt")


def _draw(stream: str, enterprise: str, count: int, lots: list[str]) -> list[dict[str, Any]]:
    """Valid messages of a stream about an enterprise."""
    rng = np.random.default_rng([count, len(stream)])
    template = fact(stream, 0, enterprise_id=enterprise)
    kinds = KINDS.get(stream, (template["kind"],))
    at = START + rng.integers(0, WAVES, count) * WAVE
    known = at + rng.integers(0, 3, count) * DAY
    code = rng.integers(0, len(lots), count)
    amount = rng.integers(1, 10**6, count)
    buyer = rng.integers(0, len(BUYERS), count)
    rows = []
    for n in range(count):
        row = {
            **template,
            "message_id": f"{enterprise}-{stream}-{n}",
            "cargo_code": lots[code[n]],
            "occurred_at": int(at[n]),
            "recorded_at": int(known[n]),
            "kind": kinds[n % len(kinds)],
        }
        row |= {name: int(amount[n]) for name in AMOUNTS if name in row}
        row |= {name: f"N-{n}" for name in REFERENCES if name in row}
        if stream == "title":
            row |= {"buyer": BUYERS[buyer[n]], "due_at": int(at[n] + amount[n] % 90 * DAY)}
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Mirror]]:
    """Record and mirror of the hub and twenty others, some of whom it sells to."""
    folder = tmp_path_factory.mktemp("hub")
    for stream, count in OF_HUB.items():
        rows = _draw(stream, HUB, count, LOTS)
        for place, small in enumerate(SMALL):
            rows += _draw(stream, small, count // 1_000, LOTS[place::50])
        write(folder / f"{stream}.parquet", rows)
    record = Record.open(f"sqlite:///{folder / 'record.db'}", create=True)
    terms = Terms(START + 1_000 * DAY, backfill=Backfill("test", "tests"))
    files = Ingestion(record.engine, Archive(folder / "archive"), terms).run(expand([folder]))
    assert {file.counts.quarantined for file in files.files} == {0}
    mirror = Mirror(folder / "mirror")
    mirror.refresh(record)
    yield record, mirror
    record.close()


def test_a_hub_has_the_same_bits_among_others_alone_and_by_itself_in_a_process(
    port: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, mirror = port
    number = record.number_of([HUB])[HUB]
    build(record, mirror, tmp_path / "together.parquet", POINTS, lambda *_: None)
    monkeypatch.setattr(building, "RANGE", 7)
    with executor(workers=2) as run:
        build(record, mirror, tmp_path / "apart.parquet", POINTS, lambda *_: None, run)
    assert (tmp_path / "apart.parquet").read_bytes() == (tmp_path / "together.parquet").read_bytes()
    table = FeatureTable.read(tmp_path / "together.parquet")
    among = table.values[table.enterprise_id == HUB]
    facts = facts_of(record, [number])
    alone = evaluate(facts, Spine(np.full(len(POINTS), number), POINTS)).values
    assert table.as_of[table.enterprise_id == HUB].tolist() == POINTS.tolist()
    assert np.count_nonzero(alone.view(np.int64) != among.view(np.int64)) == 0
    assert np.count_nonzero(~np.isnan(among)) > among.size / 2
    assert sum(OF_HUB.values()) == 100_000


def test_time_stays_in_line_with_the_messages(port: Any) -> None:
    """Ten times the messages take some ten times as long; were it a square, a hundred times."""
    record, _ = port
    number = record.number_of([HUB])[HUB]
    whole = facts_of(record, [number])
    tenth = replace(whole, tables={name: _tenth(rows) for name, rows in whole.tables.items()})
    spine = Spine(np.full(len(POINTS), number), POINTS)
    seconds = []
    for facts in (tenth, whole):
        evaluate(facts, spine)
        before = time.process_time()
        evaluate(facts, spine)
        seconds.append(time.process_time() - before)
    assert seconds[1] < 30 * seconds[0]


def _tenth(rows: Columns) -> Columns:
    chosen: Integers = np.arange(0, len(rows["position"]), 10)
    return {name: values[chosen] for name, values in rows.items()}
