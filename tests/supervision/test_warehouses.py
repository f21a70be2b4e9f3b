"""Custody messages by warehouse: all of them, in order, however many are read at a time."""

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from supervision.arrays import NEVER, Integers
from supervision.batches import Backfill
from supervision.contract.columns import column
from supervision.database import fetch, is_sqlite
from supervision.record import Record
from supervision.warehouses import custody_of, warehouses
from tests.supervision.conftest import Ingest
from tests.supervision.facts import DAY, NOW, credit_code, fact, reversal, write

AT = NOW - 9 * DAY


def _message(number: int, **said: Any) -> dict[str, Any]:
    client, house = credit_code(1 + number % 3), f"W-{number % 2}"
    at = AT + number // 6 * DAY  # six at a time
    facts = {"enterprise_id": client, "warehouse": house, "occurred_at": at, "recorded_at": at}
    kind = ("counted", "received", "counted")[number % 3]
    return fact("custody", number, **{**facts, "kind": kind, **said})


@pytest.fixture
def recorded(record: Record, ingest: Ingest, tmp_path: Path) -> Record:
    """36 counts and receipts of two warehouses, one of which was taken back, and a reading."""
    rows = [_message(n) for n in range(36)]
    rows.append(_message(36, kind="sensor", reading=-18_000))
    undone = reversal(37, "m-0", enterprise_id=credit_code(1), recorded_at=AT + DAY, occurred_at=AT)
    path = write(tmp_path / "custody.ndjson", [*rows, undone])
    ingest(path, backfill=Backfill("joins", "lin"))
    return record


def _positions(record: Record, chunk: int, **said: Any) -> list[list[int]]:
    asked: dict[str, Any] = {"between": (0, NOW), "kinds": ("counted", "exception"), **said}
    house = record.number_of(["W-0"])["W-0"]
    parts = custody_of(record, house, chunk=chunk, **asked)
    return [part["position"].tolist() for part in parts]


def _of_house(record: Record, kind: str) -> Integers:
    (rows,) = record.scan("custody")
    code = column("custody", "kind").code(kind)
    own = (rows["warehouse"] == record.number_of(["W-0"])["W-0"]) & (rows["kind"] == code)
    return rows["position"][own][np.lexsort((rows["position"][own], rows["occurred_at"][own]))]


def test_all_warehouses_are_named_once(recorded: Record) -> None:
    assert set(recorded.text_of(warehouses(recorded).tolist()).values()) == {"W-0", "W-1"}


@pytest.mark.parametrize("chunk", [1, 2, 5, 12, 1_000])
def test_every_message_comes_once_though_many_share_a_time(recorded: Record, chunk: int) -> None:
    parts = _positions(recorded, chunk)
    assert max(map(len, parts)) <= chunk
    assert list(chain.from_iterable(parts)) == _of_house(recorded, "counted").tolist()


def test_bounds_and_kinds_are_kept(recorded: Record) -> None:
    counted = _of_house(recorded, "counted").tolist()
    (after,) = _positions(recorded, 99, between=(AT + DAY, NOW))
    (rows,) = recorded.scan("custody")
    later = rows["position"][rows["occurred_at"] > AT + DAY].tolist()
    assert after == [p for p in counted if p in later]
    (by,) = _positions(recorded, 99, between=(0, AT + DAY))
    assert by == [p for p in counted if p not in later]
    assert _positions(recorded, 99, up_to=counted[3])[0] == [p for p in counted if p <= counted[3]]
    assert _positions(recorded, 99, kinds=("received",)) == [
        _of_house(recorded, "received").tolist()
    ]


def test_a_reversal_is_seen_from_its_own_position_on(recorded: Record) -> None:
    house, first = recorded.number_of(["W-0"])["W-0"], _of_house(recorded, "counted")[0]
    newest = recorded.position()
    for up_to, known in ((newest, AT + DAY), (newest - 1, NEVER)):
        (rows,) = custody_of(recorded, house, ("counted",), (0, NOW), up_to)
        assert rows["reversed_at"][rows["position"] == first].tolist() == [known]


def test_the_index_leads_straight_to_the_window(recorded: Record) -> None:
    sql = (
        "SELECT * FROM custody f WHERE f.warehouse = 1 "
        "AND (f.occurred_at, f.position) > (5, 5) ORDER BY f.occurred_at, f.position"
    )
    with recorded.engine.connect() as connection:
        if is_sqlite(connection):
            plan = " ".join(str(row) for row in fetch(connection, f"EXPLAIN QUERY PLAN {sql}"))
            assert "occurred_at>" in plan
            assert "TEMP B-TREE" not in plan
        else:
            # a table as small as this one PostgreSQL would rather read whole
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = " ".join(str(row) for row in fetch(connection, f"EXPLAIN {sql}"))
    assert "custody_by_warehouse" in plan
