"""The lender's own facilities that end soon, on both databases alike."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from features.calendar import DAY, parse_time
from serving.console.worklist.maturities import AHEAD, Maturity, maturities
from supervision.database import engine_of
from supervision.record import Record
from tests.serving.conftest import Port, code, ingest

TODAY = parse_time("2022-06-01")
LENT = TODAY - 300 * DAY


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
        return
    server, name = str(request.getfixturevalue("postgresql")), f"maturities_{uuid.uuid4().hex}"
    engine = engine_of(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def lend(port: Port, number: int, days: int, lender: str = "BANK-7", at: int = LENT) -> str:
    """A facility that ends so many days from today; returns its message's id."""
    stated = {"facility": f"F{number}", "lender": lender, "amount": 1_000 + number}
    ends = {"lender_kind": "bank", "matures_at": TODAY + days * DAY}
    return port.say("financing", "facility", at, code(number), **stated, **ends)


def close(port: Port, number: int, at: int, lender: str = "BANK-7") -> str:
    stated = {"facility": f"F{number}", "lender": lender, "amount": 0}
    return port.say("financing", "closed", at, code(number), **stated)


def take_back(port: Port, number: int, message_id: str) -> None:
    port.messages["financing"].append(
        {
            "message_id": f"R-{message_id}", "provider_id": "BANK-7",
            "enterprise_id": code(number), "occurred_at": LENT + DAY,
            "recorded_at": LENT + DAY, "reverses": message_id,
        }
    )  # fmt: skip


def test_those_that_end_within_the_days_ahead_stand_in_their_order(
    url: str, tmp_path: Path
) -> None:
    port = Port()
    for number, days in enumerate((40, 3, 0, -1, AHEAD - 1, AHEAD)):
        lend(port, number, days)
    lend(port, 10, 5, lender="BANK-8")
    lend(port, 11, 5)
    close(port, 11, TODAY - 10 * DAY)
    lend(port, 12, 6)
    close(port, 12, TODAY + 10 * DAY)
    lend(port, 13, 7, at=TODAY + DAY)
    for number, days in ((20, 90), (21, 20)):
        lend(port, number, 10)
        stated = {"facility": f"F{number}", "lender": "BANK-7", "amount": 7}
        stated["matures_at"] = TODAY + days * DAY
        port.say("financing", "extended", TODAY - DAY, code(number), **stated)
    take_back(port, 14, lend(port, 14, 8))
    port.write(tmp_path / "messages")
    record: Record = ingest(tmp_path / "messages", url)
    found = maturities(record, "BANK-7", TODAY + DAY // 2)
    expected = [(2, 0), (1, 3), (12, 6), (21, 20), (0, 40), (4, AHEAD - 1)]
    assert found == tuple(
        Maturity(
            code(number), f"F{number}", 7 if number == 21 else 1_000 + number, TODAY + days * DAY
        )
        for number, days in expected
    )
    assert maturities(record, "nobody", TODAY) == ()
    record.close()


def test_what_another_lender_says_of_its_own_hides_none_nor_what_was_taken_back(
    url: str, tmp_path: Path
) -> None:
    port = Port()
    for number in (1, 2, 3):
        lend(port, number, 5)
    close(port, 1, TODAY - 10 * DAY, lender="BANK-8")
    stated = {"facility": "F2", "lender": "BANK-8", "amount": 7, "matures_at": TODAY + 99 * DAY}
    port.say("financing", "extended", TODAY - DAY, code(2), **stated)
    take_back(port, 3, close(port, 3, LENT + DAY // 2))
    port.write(tmp_path / "messages")
    record: Record = ingest(tmp_path / "messages", url)
    found = maturities(record, "BANK-7", TODAY)
    assert [each.facility for each in found] == ["F1", "F2", "F3"]
    record.close()
