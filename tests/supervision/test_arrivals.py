"""The tally of arrivals: what a count over all messages says, however it was counted."""

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from supervision.archive import Archive
from supervision.arrivals.counting import AHEAD, counted, day_of
from supervision.arrivals.tally import Tally
from supervision.batches import Backfill
from supervision.cli import record as record_app
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from tests.supervision.conftest import Ingest
from tests.supervision.facts import DAY, NOW, Row, fact, reversal, write

FIRST, LAST = day_of(NOW) - 400, day_of(NOW)
JOINS = Backfill("joins", "lin")


def messages() -> dict[str, list[Row]]:
    """Two providers over forty days, with counts, disagreements and a reversal."""
    custody: list[Row] = []
    for number in range(120):
        who = "WH-1" if number % 3 else "WH-2"
        at = NOW - (number % 40) * DAY - number * 1_000_003
        kind = ("received", "counted", "exception")[number % 5 % 3]
        stated: Row = {"exception": ("count_mismatch", "seal_broken")[number % 2]}
        changes = stated if kind == "exception" else {}
        times = {"occurred_at": at - number * 7_000_001, "recorded_at": at}
        custody.append(fact("custody", number, provider_id=who, kind=kind, **times, **changes))
    taken_back = [
        reversal(900 + n, f"m-{n}", provider_id="WH-1", recorded_at=NOW - n * DAY) for n in (1, 2)
    ]
    title = [fact("title", 500 + n, provider_id="TITLES") for n in range(4)]
    return {"custody": custody + taken_back, "title": title}


def expected(rows: dict[str, list[Row]]) -> dict[tuple[str, str, int], Counter[str]]:
    """The same figures, message by message."""
    found: dict[tuple[str, str, int], Counter[str]] = {}
    for stream, messages in rows.items():
        for row in messages:
            known = max(row["occurred_at"], row["recorded_at"])
            key = (stream, row["provider_id"], (known + AHEAD) // DAY)
            told = found.setdefault(key, Counter())
            told["newest"] = max(told["newest"], known)
            if "reverses" in row:
                told["reversals"] += 1
                continue
            told["messages"] += 1
            told["delay_seconds"] += (known - row["occurred_at"]) // 1_000_000
            told["checks"] += stream == "custody" and row["kind"] == "counted"
            told["disagreements"] += row.get("exception") == "count_mismatch"
    return found


def told(tally: Tally, record: Record) -> dict[tuple[str, str, int], Counter[str]]:
    days = tally.days(FIRST, LAST)
    called = record.text_of([one.provider for one in days])
    names = ("newest", "messages", "delay_seconds", "reversals", "checks", "disagreements")
    return {
        (one.stream, called[one.provider], one.day): Counter(
            {name: getattr(one, name) for name in names}
        )
        for one in days
    }


def test_a_day_is_the_ports() -> None:
    midnight = 20_000 * DAY - AHEAD
    assert (day_of(midnight - 1), day_of(midnight), day_of(midnight + DAY - 1)) == (
        19_999,
        20_000,
        20_000,
    )


@pytest.mark.parametrize("most", [1, 7, 100_000])
def test_the_tally_says_what_the_messages_say(
    record: Record, ingest: Ingest, tmp_path: Path, most: int
):
    rows = messages()
    for stream, some in rows.items():
        ingest(write(tmp_path / f"{stream}.ndjson", some), backfill=JOINS)
    tally = Tally.open(tmp_path / "arrivals.db", record)
    number = 0
    while found := tally.advance(most):
        number += found
    assert number == sum(map(len, rows.values())) == record.position()
    assert told(tally, record) == expected(rows)
    tally.close()


def test_only_what_is_new_is_counted(record: Record, ingest: Ingest, tmp_path: Path):
    rows = messages()
    ingest(write(tmp_path / "custody.ndjson", rows["custody"]), backfill=JOINS)
    tally = Tally.open(tmp_path / "arrivals.db", record)
    assert tally.count() == len(rows["custody"])
    assert tally.count() == 0
    tally.close()
    ingest(write(tmp_path / "title.ndjson", rows["title"]), backfill=JOINS)
    again = Tally.open(tmp_path / "arrivals.db", record)
    assert again.count() == len(rows["title"])
    assert told(again, record) == expected(rows)
    newest = max(row["recorded_at"] for row in rows["title"])
    number = record.number_of(["TITLES"])["TITLES"]
    assert again.newest(LAST)["title", number] == newest
    assert not again.newest(day_of(newest) - 1).get(("title", number))
    again.close()


def test_totals_and_sources_are_by_provider(record: Record, ingest: Ingest, tmp_path: Path):
    rows = messages()
    for stream, some in rows.items():
        ingest(write(tmp_path / f"{stream}.ndjson", some), backfill=JOINS)
    tally = Tally.open(tmp_path / "arrivals.db", record)
    tally.count()
    numbers = record.number_of(["WH-1", "WH-2", "TITLES"])
    totals = {total.provider: total for total in tally.totals(LAST)}
    by_hand: dict[str, Counter[str]] = {}
    for (_, who, _), figures in expected(rows).items():
        by_hand.setdefault(who, Counter()).update(figures)
    for who, figures in by_hand.items():
        total = totals[numbers[who]]
        for name in ("messages", "delay_seconds", "reversals", "checks", "disagreements"):
            assert getattr(total, name) == figures[name], (who, name)
    assert tally.by_sole_source({1: 7, 2: 5}) == {numbers["TITLES"]: 5}
    again = write(tmp_path / "document.ndjson", [fact("document", 700, provider_id="TITLES")])
    ingest(again, backfill=JOINS)
    tally.count()
    assert tally.by_sole_source({1: 7, 2: 5, 3: 4, 9: 1}) == {numbers["TITLES"]: 9}
    assert tally.by_sole_source({}) == {}
    assert tally.mixed_sources() == {numbers["WH-1"], numbers["WH-2"]}
    tally.close()


def test_a_tally_of_another_record_is_begun_anew(record: Record, ingest: Ingest, tmp_path: Path):
    other = Record.open(f"sqlite:///{tmp_path}/other.db", create=True)
    Tally.open(tmp_path / "arrivals.db", other).close()
    ingest(write(tmp_path / "title.ndjson", messages()["title"]), backfill=JOINS)
    mine = Tally.open(tmp_path / "arrivals.db", record)
    assert mine.count() == 4
    mine.close()
    theirs = Tally.open(tmp_path / "arrivals.db", other)
    assert theirs.days(FIRST, LAST) == []
    theirs.close()
    other.close()


def test_an_empty_table_has_nothing_to_count(record: Record):
    found = counted(record.engine, "custody", 0, 10)
    assert (found.rows, found.messages, found.up_to) == ((), 0, 0)


def test_one_command_counts_and_again_counts_only_what_is_new(tmp_path: Path) -> None:
    url, out = f"sqlite:///{tmp_path}/record.db", tmp_path / "arrivals.db"
    opened = Record.open(url, create=True)
    terms = Terms(now=NOW, backfill=JOINS)
    ingestion = Ingestion(opened.engine, Archive(tmp_path / "archive"), terms)
    ingestion.run([write(tmp_path / "title.ndjson", messages()["title"])])
    opened.close()
    for number in (4, 0):
        options = ["--database", url, "--out", str(out)]
        found = CliRunner().invoke(record_app, ["arrivals", *options])
        assert found.exit_code == 0
        assert f"{number} messages counted" in found.stderr
