import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from features.calendar import DAY, parse_time
from supervision.archive import Archive
from supervision.batches import Backfill
from supervision.cargo_code import CargoCode
from supervision.credit_code import with_check_character
from supervision.files import expand
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from training.loss.recoveries import Recoveries, read_recoveries

START = parse_time("2021-01-01")
FIRM, OTHER = (with_check_character(f"9135020000{number:07d}") for number in (1, 2))
COPPER, MEAT = "7403110000", "0202300090"

Said = list[dict[str, object]]
Read = Callable[[Said], Recoveries]


def message(stream: str, kind: str, day: int, **stated: object) -> dict[str, object]:
    at = START + day * DAY
    common = {"stream": stream, "provider_id": "BANK-1", "enterprise_id": FIRM, "kind": kind}
    return {**common, "occurred_at": at, "recorded_at": at, **stated}


def default(
    day: int, amount: int, kind: str = "past_due_90", **stated: object
) -> dict[str, object]:
    named = {"facility": "F1", "lender": "BANK-1", "amount": amount, "default_kind": kind}
    return message("outcome", "default", day, **{**named, **stated})


def paid(day: int, amount: int, facility: str = "F1") -> dict[str, object]:
    due = {"due_at": START + day * DAY, "days_past_due": 0}
    named = {"facility": facility, "lender": "BANK-1", "amount": amount}
    return message("financing", "instalment_paid", day, **named, **due)


def pledged(day: int, receipt: str, amount: int, **stated: object) -> dict[str, object]:
    goods = str(stated.pop("goods", COPPER))
    lot = str(CargoCode.issue(FIRM, goods, f"{day:06d}", "CLSAI", "CNXMN", b"key"))
    named = {"receipt": receipt, "lender": "BANK-1", "cargo_code": lot, "amount": amount}
    named |= {"quantity": 1_000, "unit": "kg", "rank": 1, "form": "static"}
    return message("pledge", "registered", day, **{**named, "registration_number": "G", **stated})


def taken(kind: str, day: int, receipt: str, quantity: int) -> dict[str, object]:
    stated = pledged(0, receipt, 1)
    kept = {name: stated[name] for name in ("receipt", "lender", "cargo_code", "unit", "amount")}
    return message("pledge", kind, day, **kept, quantity=quantity)


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Read]:
    records: list[Record] = []

    def read(messages: Said) -> Recoveries:
        (tmp_path / "files").mkdir()
        for stream in {str(one["stream"]) for one in messages}:
            lines = [
                json.dumps({"message_id": f"{stream}-{number}", **one})
                for number, one in enumerate(messages)
                if one["stream"] == stream
            ]
            (tmp_path / "files" / f"{stream}.ndjson").write_text("\n".join(lines) + "\n")
        record = Record.open(f"sqlite:///{tmp_path}/record.db", create=True)
        records.append(record)
        terms = Terms(START + 2_000 * DAY, Backfill("test", "the tests"))
        report = Ingestion(record.engine, Archive(tmp_path / "archive"), terms).run(
            expand([tmp_path / "files"])
        )
        assert sum(file.counts.accepted for file in report.files) == len(messages)
        return read_recoveries(record, record.position())

    yield read
    for record in records:
        record.close()


def test_what_is_paid_after_the_default_is_what_came_back(read: Read) -> None:
    found = read(
        [paid(5, 400), default(10, 1_000), paid(30, 250), paid(40, 50), paid(500, 9, "F9")]
    )
    assert found.exposure.tolist() == [1_000]
    assert found.recovered.tolist() == [300]
    assert found.lgd.tolist() == [0.7]


def test_more_than_the_exposure_does_not_come_back(read: Read) -> None:
    found = read([default(10, 1_000), paid(30, 1_200)])
    assert (found.recovered.tolist(), found.lgd.tolist()) == ([1_000], [0.0])


def test_the_first_default_of_a_facility_counts_and_its_write_off_ends_it(read: Read) -> None:
    found = read([default(10, 1_000), paid(30, 600), default(60, 400, "write_off"), paid(61, 1)])
    assert found.exposure.tolist() == [1_000]
    assert found.recovered.tolist() == [601]


def test_what_the_goods_brought_on_the_day_of_a_sudden_write_off_is_recovered(read: Read) -> None:
    hour = DAY // 24
    sale = paid(10, 600)
    sale |= dict.fromkeys(("occurred_at", "recorded_at"), START + 10 * DAY + hour)
    written_off = default(10, 400, "write_off")
    written_off |= dict.fromkeys(("occurred_at", "recorded_at"), START + 10 * DAY + 2 * hour)
    found = read([paid(5, 50), paid(9, 7), sale, written_off, pledged(1, "R1", 500)])
    assert (found.exposure.tolist(), found.recovered.tolist()) == ([1_000], [600])
    assert found.security.tolist() == [[0.5, 1.0, 1.0]]


@pytest.mark.parametrize(("last", "unresolved"), [(200, 1), (400, 0)])
def test_an_open_default_waits_for_a_year(read: Read, last: int, unresolved: int) -> None:
    found = read([default(10, 1_000), paid(30, 250), paid(last, 5, "F9")])
    assert (found.unresolved, len(found.lgd)) == (unresolved, 1 - unresolved)


def test_defaults_that_name_no_facility_are_not_losses_of_a_lender(read: Read) -> None:
    court = default(10, 1_000, "bankruptcy")
    del court["facility"]
    found = read([court, default(12, 500, "write_off", facility="F2")])
    assert found.exposure.tolist() == [500]


def test_goods_pledged_to_this_lender_by_then_secure_the_exposure(read: Read) -> None:
    found = read(
        [
            pledged(1, "R1", 300),
            pledged(2, "R2", 100, goods=MEAT, form="dynamic"),
            pledged(3, "R3", 999, lender="BANK-2"),
            pledged(4, "R4", 999, enterprise_id=OTHER),
            pledged(11, "R5", 999),
            default(10, 1_000),
            default(20, 600, "write_off"),
        ]
    )
    assert np.allclose(found.security, [[0.4, 0.75, 0.75]])


def test_what_was_released_or_enforced_before_secures_nothing(read: Read) -> None:
    found = read(
        [
            pledged(1, "R1", 400),
            pledged(2, "R2", 800),
            taken("released", 5, "R1", 750),
            taken("enforced", 6, "R2", 1_000),
            taken("released", 11, "R1", 250),
            default(10, 1_000, "write_off"),
        ]
    )
    assert np.allclose(found.security, [[0.1, 1.0, 1.0]])


def test_more_goods_than_exposure_secure_all_of_it(read: Read) -> None:
    found = read([pledged(1, "R1", 5_000), default(10, 1_000, "write_off")])
    assert found.security.tolist() == [[1.0, 1.0, 1.0]]


def test_without_a_pledge_nothing_is_secured(read: Read) -> None:
    assert read([default(10, 1_000, "write_off")]).security.tolist() == [[0.0, 0.0, 0.0]]
