"""Warehouses' own record: over all clients, as of midnight, and nothing where clients are few."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.calendar import DAY, midnight
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate
from features.engine.sums import Overflow
from features.engine.sweep import Spine
from features.facts import ENVELOPE, Facts, table_names
from features.nodes.warehouses import OfWarehouses
from features.prices import NO_PRICES
from features.snapshots.asked import asked
from features.snapshots.file import read
from features.snapshots.publishing import publish
from features.warehouses import totals
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import column, columns
from tests.conftest import RecordedPort
from tests.features.conftest import custody_of_all

T = midnight(1_640_000_000_000_000) + DAY // 3
NIGHT = midnight(T)
HOUSE, OTHER, OWN = 900, 901, 1
FEATURES = [f for f in CATALOGUE.features if isinstance(f.recipe, OfWarehouses)]
NAMES = [f.name for f in FEATURES]
RATE, SHORT, AGAINST = (
    "warehouse_exception_rate_365d",
    "warehouse_short_share_365d",
    "exceptions_to_warehouse_rate_365d",
)
(YEAR,) = asked().of_warehouses


def told(kind: str, client: int = OWN, warehouse: int = HOUSE, **said: Any) -> dict[str, int]:
    """A custody message, a month before T unless told otherwise."""
    row = {c.name: MISSING for c in columns("custody") if c.kind != "text"}
    row |= {"position": 0, "reversed_at": NEVER, "occurred_at": T - 30 * DAY, "quantity": 1_000}
    row |= {"enterprise_id": client, "warehouse": warehouse, "cargo_code": 5_000 + client}
    row["kind"] = column("custody", "kind").code(kind)
    if "exception" in said:
        said["exception"] = column("custody", "exception").code(said["exception"])
    row |= said
    return {"known_at": row["occurred_at"], "recorded_at": row["occurred_at"], **row}


def counted_by(clients: int, warehouse: int = HOUSE, each: int = 1) -> list[dict[str, int]]:
    return [told("counted", n, warehouse) for n in range(1, clients + 1) for _ in range(each)]


def custody(rows: Sequence[dict[str, int]]) -> Columns:
    names = (*ENVELOPE, *(c.name for c in columns("custody") if c.kind != "text"))
    found = {n: np.array([row[n] for row in rows], np.int64) for n in dict.fromkeys(names)}
    return {**found, "position": np.arange(len(rows)) + 1}


def values(rows: Sequence[dict[str, int]], as_of: int = T) -> dict[str, float]:
    none = np.empty(0, np.int64)
    tables: dict[str, Columns] = {
        table: dict.fromkeys(ENVELOPE, none) | {c.name: none for c in columns(stream)}
        for table, stream in (
            (t, {"purchase": "title", "appraisal": "valuation"}.get(t, t)) for t in table_names()
        )
    }
    facts = Facts({**tables, "custody": custody(rows)}, NO_PRICES, {"lot": none, "commodity": none})
    matrix = evaluate(facts, Spine(np.array([OWN]), np.array([as_of])), FEATURES)
    return dict(zip(matrix.names, matrix.values[0].tolist(), strict=True))


def test_rates_worked_by_hand() -> None:
    rows = [
        *counted_by(10, HOUSE, 10),  # 100 counts
        *counted_by(8, OTHER, 5),  # 40 counts
        *(told("exception", n, HOUSE, exception="seal_broken") for n in range(1, 5)),
        told("exception", 7, OTHER, exception="count_mismatch", short_quantity=800),
    ]
    found = values(rows)
    # 4 in 100 and 1 in 40, of which its own counts are 10 and 5.
    assert found[RATE] == (10 * 40_000 + 5 * 25_000) / (15 * 10**6)
    assert found[SHORT] == (5 * 800 * 10**6 // 40_000) / (15 * 10**6)
    # One exception of its own, where 10 * 4 % + 5 * 2.5 % were to be expected.
    assert found[AGAINST] == 10**6 / 525_000


@pytest.mark.parametrize(("clients", "known"), [(5, False), (6, True)])
def test_a_warehouse_of_few_clients_tells_nothing(clients: int, known: bool) -> None:
    rows = [*counted_by(clients, each=3), told("exception", 2, exception="seal_broken")]
    assert [not np.isnan(value) for value in values(rows).values()] == [known] * 3
    # Who was never counted there is no client, whatever else is said of it.
    more = [*rows, told("exception", 77, exception="seal_broken"), told("received", 78)]
    assert [not np.isnan(value) for value in values(more).values()] == [known] * 3


def test_a_warehouse_that_tells_nothing_leaves_the_others_their_weight() -> None:
    rows = [*counted_by(6), *counted_by(5, OTHER, 50), told("exception", 2)]
    silent = told("exception", OWN, OTHER)
    assert values(rows)[RATE] == values([*rows, silent])[RATE] == (10**6 // 6) / 10**6
    assert values([*rows, silent])[AGAINST] == 0


def test_of_others_what_was_known_at_midnight_counts_of_its_own_what_is_known_now() -> None:
    rows = [*counted_by(6), told("exception", 2, occurred_at=NIGHT)]
    late = told("exception", 3, known_at=NIGHT + 1)
    assert values(rows)[RATE] == values([*rows, late])[RATE] == (10**6 // 6) / 10**6
    assert values([*rows, late], T + DAY)[RATE] == (2 * 10**6 // 6) / 10**6
    own = told("exception", OWN, occurred_at=T)
    assert values([*rows, own])[RATE] == values(rows)[RATE]
    assert values([*rows, own])[AGAINST] == 10**6 / (10**6 // 6)


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"occurred_at": NIGHT - 365 * DAY, "known_at": NIGHT}, False),
        ({"occurred_at": NIGHT - 365 * DAY + 1, "known_at": NIGHT}, True),
        ({"reversed_at": NIGHT}, False),
        ({"reversed_at": NIGHT + 1}, True),
        ({"known_at": NIGHT}, True),
        ({"known_at": NIGHT + 1}, False),
    ],
)
def test_a_year_before_midnight_and_not_reversed(said: dict[str, int], counts: bool) -> None:
    rows = [*counted_by(6), told("exception", 2, **said)]
    assert (values(rows)[RATE] > 0) == counts
    # The same for being a client at all.
    clients = [*counted_by(5), told("counted", 6, **said)]
    assert np.isnan(values(clients)[RATE]) != counts


def test_whoever_is_not_counted_anywhere_has_no_value() -> None:
    others = [row for row in counted_by(9) if row["enterprise_id"] != OWN]
    assert all(np.isnan(value) for value in values(others).values())
    assert all(np.isnan(v) for v in values([*others, told("exception", OWN)]).values())


def test_nothing_found_wrong_is_a_rate_of_zero_and_expects_nothing() -> None:
    found = values(counted_by(6))
    assert (found[RATE], found[SHORT]) == (0, 0)
    assert np.isnan(found[AGAINST])


def test_sums_past_int64_are_refused() -> None:
    huge = [told("counted", n, quantity=2**61) for n in range(1, 8)]
    with pytest.raises(Overflow):
        values(huge)
    small = [told("counted", n, quantity=1) for n in range(1, 8)]
    short = told("exception", 1, exception="count_mismatch", short_quantity=2**60)
    with pytest.raises(Overflow):
        values([*small, short])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), parts=st.integers(1, 5))
def test_however_the_messages_are_cut_they_add_up_to_what_a_loop_counts(
    seed: int, parts: int
) -> None:
    rng = np.random.default_rng(seed)
    nights = NIGHT + np.array([-200, -1, 0]) * DAY
    rows = custody([_drawn(rng, nights) for _ in range(int(rng.integers(0, 60)))])
    cut = rng.integers(0, parts, len(rows["kind"]))
    pieces = [{n: v[cut == part] for n, v in rows.items()} for part in range(parts)]
    found = totals(pieces, nights, YEAR.window)
    for place, warehouse in enumerate(found.warehouse.tolist()):
        for column_, night in enumerate(nights.tolist()):
            expected = _counted(rows, warehouse, night)
            assert found.numbers[:, place, column_].tolist() == expected
    left = set(rows["warehouse"].tolist()) - set(found.warehouse.tolist())
    assert all(_counted(rows, w, n) == [0] * 5 for w in left for n in nights.tolist())


def _drawn(rng: np.random.Generator, nights: Any) -> dict[str, int]:
    at = int(rng.choice(nights) - rng.choice([0, 1, 364, 365, 366]) * DAY + rng.integers(-1, 2))
    known = at + int(rng.choice([0, 0, 1, DAY, 40 * DAY]))
    kind = str(rng.choice(["counted", "counted", "exception", "received"]))
    return told(
        kind,
        int(rng.integers(1, 5)),
        int(rng.choice([HOUSE, OTHER, 3])),
        occurred_at=at,
        known_at=known,
        reversed_at=int(rng.choice([NEVER, NEVER, known, known + DAY])),
        quantity=int(rng.integers(0, 9)),
        exception=str(rng.choice(["count_mismatch", "seal_broken"])),
        short_quantity=int(rng.choice([MISSING, 0, 3])),
    )


def _counted(rows: Columns, warehouse: int, night: int) -> list[int]:
    exceptions = counts = short = quantity = 0
    clients = set()
    kinds, wrong = column("custody", "kind"), column("custody", "exception")
    for n in range(len(rows["kind"])):
        row = {name: int(values_[n]) for name, values_ in rows.items()}
        stands = row["known_at"] <= night < row["reversed_at"]
        if row["warehouse"] != warehouse or not stands or row["occurred_at"] <= night - 365 * DAY:
            continue
        if row["kind"] == kinds.code("counted"):
            counts, quantity = counts + 1, quantity + row["quantity"]
            clients.add(row["enterprise_id"])
        if row["kind"] == kinds.code("exception"):
            exceptions += 1
            if row["exception"] == wrong.code("count_mismatch"):
                short += max(row["short_quantity"], 0)
    return [exceptions, counts, short, quantity, len(clients)]


def test_rows_read_from_a_record_give_the_bits_of_everyones_tables() -> None:
    rows = [*counted_by(9, each=2), *counted_by(7, OTHER), told("exception", 4)]
    none = np.empty(0, np.int64)
    lots = {"lot": none, "commodity": none}
    whole = Facts({"custody": custody(rows)}, NO_PRICES, lots)
    mine = custody([row for row in rows if row["enterprise_id"] == OWN])
    read = Facts({"custody": mine}, NO_PRICES, lots, custody=custody_of_all(whole))
    spine = Spine(np.full(3, OWN), T - np.array([0, 20, 40]) * DAY)
    one, other = (evaluate(facts, spine, FEATURES).values for facts in (whole, read))
    assert one.tobytes() == other.tobytes()
    assert np.isnan(one[:, NAMES.index(RATE)]).tolist() == [False, False, True]


# --------------------------------------------------------------------------------------- the truth


def test_rates_tell_careless_warehouses_from_careful_ones(
    recorded_port: RecordedPort, tmp_path: Path
) -> None:
    """Against what the simulator alone knows, in a port of 60 enterprises and 40 warehouses."""
    record, at = recorded_port.record, int(recorded_port.month_ends[-1])
    snapshot = read(publish(record, tmp_path, at))
    truth = pq.read_table(
        recorded_port.folder / "world" / "truth" / "providers.parquet"
    ).to_pydict()
    careless_of = dict(zip(truth["provider_id"], truth["carelessness"], strict=True))
    names = record.text_of(snapshot.parties.tolist())
    careless = np.array([careless_of.get(names[party], 0.0) for party in snapshot.parties.tolist()])
    for rate in asked().rates:
        said = snapshot.value(rate)
        assert 15 < np.count_nonzero(said.known) < 40, "some warehouses have few clients"
        median = np.median(careless[said.known])
        worse = said.numbers[said.known & (careless > median)]
        better = said.numbers[said.known & (careless <= median)]
        assert np.mean(worse[:, None] > better) > 0.7
