"""Snapshots: what was published says bit for bit what is reckoned from the rows of others."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from features.calendar import DAY, midnight, midnights, parse_time
from features.catalogue import CATALOGUE
from features.cli import app
from features.engine.evaluation import evaluate
from features.engine.sweep import Spine
from features.facts import Facts
from features.nodes.network import OfOthers
from features.nodes.warehouses import OfWarehouses
from features.online import facts_of as facts_of_record
from features.others import LiveOthers
from features.snapshots.asked import asked
from features.snapshots.file import read, write
from features.snapshots.making import (
    snapshot_of_all,
    snapshot_of_range,
    snapshot_of_warehouses,
    together,
)
from features.snapshots.publishing import Shelf, path_of, publish
from features.snapshots.snapshot import Edition, Snapshot
from supervision.archive import Archive
from supervision.arrays import Integers
from supervision.batches import Backfill
from supervision.errors import CargoworthyError
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from tests.features.test_nodes_network import among, entangled
from tests.supervision.facts import NOW, fact
from tests.supervision.facts import write as write_messages

World = Any
EDITION = Edition("0" * 32, 7, CATALOGUE.hash)
FEATURES = [f for f in CATALOGUE.features if isinstance(f.recipe, OfOthers | OfWarehouses)]
SEEDS = range(500, 506)
STRANGER = 10**6
YEARS = asked().of_warehouses


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest, make_world: Callable[[int], World]) -> World:
    return entangled(make_world(request.param), request.param)


def _snapshot(facts: Facts, enterprises: Integers, at: Integers, ranges: int = 1) -> Snapshot:
    parts, when = np.array_split(np.unique(enterprises), ranges), np.unique(midnights(at))
    found = []
    for part in parts:
        own = snapshot_of_range(facts, part, when, EDITION)
        custody = among(facts.tables["custody"], "enterprise_id", part.tolist())
        theirs = [snapshot_of_warehouses([custody], when, EDITION, of) for of in YEARS]
        found.append(together([own, *theirs]))
    return snapshot_of_all(found)


def _same(one: Snapshot, other: Snapshot) -> bool:
    same = one.edition == other.edition
    same &= one.parties.tolist() == other.parties.tolist()
    same &= one.midnights.tolist() == other.midnights.tolist()
    for recipe in (*asked().states, *asked().fellows, *asked().rates):
        left, right = one.value(recipe), other.value(recipe)
        same &= left.known.tolist() == right.known.tolist()
        same &= left.numbers[left.known].tolist() == right.numbers[right.known].tolist()
    for balance in asked().balances:
        left, right = one.held[balance], other.held[balance]
        same &= (left.row.tolist(), left.key.tolist()) == (right.row.tolist(), right.key.tolist())
    return same


def test_each_with_own_rows_and_the_snapshot_gives_the_bits_of_all_rows(
    world: World, facts_of: Callable[[World], Facts]
) -> None:
    facts, spine = facts_of(world), world.spine
    live = evaluate(facts, spine).values
    published = _snapshot(facts, world.enterprises, spine.as_of, 3)
    for enterprise in world.enterprises:
        rows = spine.enterprise == enterprise
        tables = {n: among(t, "enterprise_id", [enterprise]) for n, t in facts.tables.items()}
        own = Spine(spine.enterprise[rows], spine.as_of[rows])
        alone = evaluate(replace(facts, tables=tables, others=published), own).values
        np.testing.assert_array_equal(alone.view(np.int64), live[rows].view(np.int64))


def test_what_a_snapshot_says_of_anyone_is_what_is_reckoned(
    world: World, facts_of: Callable[[World], Facts]
) -> None:
    facts = facts_of(world)
    at = np.unique(midnights(world.spine.as_of))
    published, live = _snapshot(facts, world.enterprises, at), LiveOthers(facts)
    houses = world.streams["custody"]["warehouse"]
    asked_of = np.concatenate([world.enterprises, np.unique(houses), [STRANGER]])
    who, when = (a.ravel() for a in np.meshgrid(asked_of, at))
    for recipe in (*asked().states, *asked().fellows, *asked().rates):
        one, other = published.at(who, when).value(recipe), live.at(who, when).value(recipe)
        left, right = (np.where(v.known, v.numbers, 0) for v in (one, other))
        np.testing.assert_array_equal(left, right)
    for balance in asked().balances:
        keys = np.random.default_rng(0).choice(asked_of, len(who))
        np.testing.assert_array_equal(
            published.at(who, when).holds(balance, keys), live.at(who, when).holds(balance, keys)
        )


def test_what_became_known_after_the_midnight_changes_nothing(
    world: World, facts_of: Callable[[World], Facts]
) -> None:
    for at in np.unique(midnights(world.spine.as_of))[::4]:
        then = _snapshot(facts_of(world.known(int(at))), world.enterprises, at[None])
        assert _same(then, _snapshot(facts_of(world), world.enterprises, at[None]))


def test_ranges_do_not_matter(world: World, facts_of: Callable[[World], Facts]) -> None:
    facts, at = facts_of(world), world.spine.as_of
    whole = _snapshot(facts, world.enterprises, at)
    assert _same(whole, _snapshot(facts, world.enterprises, at, len(world.enterprises)))


def test_a_file_gives_back_what_was_written(
    world: World, facts_of: Callable[[World], Facts], tmp_path: Path
) -> None:
    snapshot = _snapshot(facts_of(world), world.enterprises, world.spine.as_of)
    write(snapshot, tmp_path / "s.parquet")
    assert _same(snapshot, read(tmp_path / "s.parquet"))
    nobody = _snapshot(facts_of(world), np.empty(0, np.int64), world.spine.as_of)
    write(nobody, tmp_path / "n.parquet")
    assert _same(nobody, read(tmp_path / "n.parquet"))


def test_a_stranger_is_in_no_state_and_another_midnight_is_refused(
    world: World, facts_of: Callable[[World], Facts], tmp_path: Path
) -> None:
    snapshot = _snapshot(facts_of(world), world.enterprises, world.spine.as_of)
    stranger, at = np.array([STRANGER]), snapshot.midnights[:1]
    for recipe in (*asked().states, *asked().fellows, *asked().rates):
        assert not snapshot.at(stranger, at).value(recipe).known.any()
    with pytest.raises(CargoworthyError, match="publish that midnight"):
        snapshot.at(stranger, at + 1)
    (tmp_path / "s.parquet").write_bytes(b"no")
    with pytest.raises(CargoworthyError, match="to be a snapshot"):
        read(tmp_path / "s.parquet")


def test_all_that_the_catalogue_asks_is_found() -> None:
    assert len(asked().states) >= 4
    assert len(asked().fellows) == 4
    assert set(asked().tables) == {"enterprise", "financing", "outcome"}
    assert len(asked().rates) == 2
    assert len(asked().of_warehouses) == 1
    assert set(asked().streams) == {"enterprise", "financing", "outcome", "custody"}


# ------------------------------------------------------------------------------------- the record


def test_a_published_snapshot_serves_its_day(recorded_port: Any, tmp_path: Path) -> None:
    record, at = recorded_port.record, int(recorded_port.month_ends[-3])
    position = record.position()
    path = publish(record, tmp_path, at + DAY // 2)
    shelf = Shelf(record, tmp_path)
    assert path == path_of(tmp_path, at)
    assert shelf.at(at - 1, position) is None
    assert shelf.at(at + DAY, position) is None
    snapshot = shelf.at(at + DAY - 1, position)
    assert snapshot is not None
    assert snapshot is shelf.at(at, position)
    assert snapshot.edition == Edition(record.identity(), position, CATALOGUE.hash)
    for number in record.enterprises()[::10].tolist():
        facts = facts_of_record(record, [number])
        spine = Spine(np.array([number]), np.array([at + DAY // 3]))
        live = evaluate(facts, spine, FEATURES).values
        served = evaluate(replace(facts, others=snapshot), spine, FEATURES).values
        assert served.tobytes() == live.tobytes()


def test_a_snapshot_of_another_record_or_that_lacks_what_is_asked_is_not_served(
    recorded_port: Any, tmp_path: Path
) -> None:
    record, at = recorded_port.record, int(recorded_port.month_ends[-3])
    path = publish(record, tmp_path, at)
    snapshot, shelf = read(path), Shelf(record, tmp_path)
    assert shelf.at(at, record.position()) is not None
    last_state, last_balance = [*snapshot.states][-1], [*snapshot.held][-1]
    for other in (
        replace(snapshot, edition=replace(snapshot.edition, record="f" * 32)),
        replace(snapshot, states={k: v for k, v in snapshot.states.items() if k != last_state}),
        replace(snapshot, held={k: v for k, v in snapshot.held.items() if k != last_balance}),
    ):
        write(other, path)
        assert shelf.at(at, record.position()) is None
    # Of another catalogue that asked for the same of others: what was published then still counts.
    write(replace(snapshot, edition=replace(snapshot.edition, catalogue_hash="f" * 64)), path)
    found = shelf.at(at, record.position())
    assert found is not None
    assert _same(replace(found, edition=snapshot.edition), snapshot)
    write(snapshot, path)
    assert shelf.at(at, record.position()) is not None
    assert midnight(at) == snapshot.midnights[0]


@pytest.mark.parametrize("stream", ["outcome", "custody"])
def test_a_message_that_came_late_ends_a_snapshot_until_the_next_is_published(
    stream: str, tmp_path: Path
) -> None:
    record = Record.open(f"sqlite:///{tmp_path / 'record.db'}", create=True)
    at, folder = midnight(NOW - 2 * DAY), tmp_path / "snapshots"

    def arrive(stream: str, number: int, **facts: Any) -> int:
        (tmp_path / str(number)).mkdir()
        path = tmp_path / str(number) / f"{stream}.ndjson"
        write_messages(path, [fact(stream, number, **facts)])
        terms = Terms(now=NOW, backfill=Backfill("joins", "lin"), port_key=None)
        Ingestion(record.engine, Archive(tmp_path / "archive"), terms).run([path])
        return record.position()

    first = arrive("outcome", 1)
    publish(record, folder, at)
    shelf = Shelf(record, folder)
    later = arrive("outcome", 2, occurred_at=at, recorded_at=at + 1)
    elsewhere = arrive("document", 3)
    assert shelf.at(at, first) is not None
    assert shelf.at(at, elsewhere) is not None, "nothing of it was known at midnight"
    late = arrive(stream, 4, recorded_at=at)
    assert shelf.at(at, late) is None
    assert shelf.at(at, later) is not None, "a replay at an older position does not see it"
    publish(record, folder, at)
    found = shelf.at(at, late)
    assert found is not None
    assert found.edition.position == late
    assert shelf.at(at, later) is None
    record.close()


def test_the_command_publishes_and_says_so(recorded_port: Any, tmp_path: Path) -> None:
    words = ["publish", "--database", recorded_port.url, "--folder", str(tmp_path), "--as-of"]
    done = CliRunner().invoke(app, [*words, "2022-07-15"])
    assert done.exit_code == 0, done.output
    assert "as of 2022-07-15T00:00:00+08:00" in done.stderr
    at = parse_time("2022-07-15")
    assert Shelf(recorded_port.record, tmp_path).at(at, recorded_port.record.position()) is not None
    assert CliRunner().invoke(app, [*words, "2999-01-01"]).exit_code != 0
