"""The log of warnings on both databases: raised with the score, append-only, one first of two."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from serving.access import consents
from serving.access.row_security import as_tenant
from serving.access.store import Store
from serving.audit.log import AUDIT, digest_of
from serving.cases.standing import STANDING
from serving.console.officers.officer import Officer
from serving.console.officers.role import OfficerRole
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import prepare
from serving.errors import LedgerFailure
from serving.ledger import Entry, Ledger
from serving.policy import Policy
from serving.warnings.event import SERVICE, Kind, Outcome, WarningEvent
from serving.warnings.handling import ClosedWarning, Handling
from serving.warnings.log import WARNING, Overtaken, Warnings
from serving.webhooks.outbox import Outbox
from supervision.database import engine_of, writing
from tests.serving.conftest import POLICY
from tests.serving.test_ledger import ENTRY, emptied

TABLES = ("warning_event", "case_standing", "console_officer", "console_session", "webhook")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    found = emptied(str(request.getfixturevalue("postgresql")))
    engine = engine_of(found)
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(sa.text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return found


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as found:
        found.announce = Outbox(Policy.load(POLICY), 3_600).announce
        yield found


@pytest.fixture
def roster(url: str, ledger: Ledger) -> Iterator[Roster]:
    store = Store(url, (consents.prepare, prepare))
    yield Roster(store)
    store.close()


def entry(name: str, score: int, tenant: str = "bank-a", **changed: Any) -> Entry:
    told = {
        "score_id": name, "enterprise_id": ENTRY.enterprise_id, "as_of": "2023-01-01T00:00:00Z",
        "score": score, "grade": "BB", "limit": {},
    }  # fmt: skip
    return replace(ENTRY, score_id=name, tenant=tenant, document=orjson.dumps(told), **changed)


def officer(roster: Roster, name: str, tenant: str) -> None:
    roster.add(Officer(name, name, tenant, OfficerRole.OFFICER, 1), "four words not together")


def audited(ledger: Ledger) -> list[dict[str, Any]]:
    query = sa.select(AUDIT).where(AUDIT.c.action.startswith("warning-")).order_by(AUDIT.c.number)
    with ledger.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def only(log: Warnings) -> Handling:
    """The one warning that is open, as the list tells it and in full."""
    (brief,) = log.open("bank-a")
    (found,) = log.some("bank-a", [brief.warning_id, "another"])
    assert found.brief == brief
    return found


def test_a_score_raises_a_warning_for_a_lender_that_has_officers(
    ledger: Ledger, roster: Roster
) -> None:
    officer(roster, "li.wei", "bank-a")
    ledger.append(entry("S1", 600), entry("O1", 600, "bank-b"))
    ledger.append(entry("S2", 555), entry("O2", 555, "bank-b"))
    ledger.append(entry("S3", 555))
    log = Warnings(ledger.engine)
    found = only(log)
    assert (found.raised.warning_id, found.raised.by, found.state) == ("S2", SERVICE, "raised")
    assert (found.raised.at, found.raised.as_of) == (ENTRY.answered_at, ENTRY.as_of)
    (warned,) = found.raised.warned
    assert (warned.code, warned.former, warned.now) == ("points_lost", 600, 555)
    assert log.open("bank-b") == []
    (row,) = audited(ledger)
    assert (row["action"], row["subject"]) == ("warning-raised", ENTRY.enterprise_id)
    assert row["digest"] == digest_of(found.raised.row())


def test_a_look_back_and_a_score_that_is_not_committed_raise_nothing(
    ledger: Ledger, roster: Roster
) -> None:
    officer(roster, "li.wei", "bank-a")
    ledger.append(entry("S1", 600))
    ledger.append(entry("S2", 500, as_of=ENTRY.as_of - 1))
    with pytest.raises(LedgerFailure):
        ledger.append(entry("S3", 500), entry("S1", 1))
    assert Warnings(ledger.engine).open("bank-a") == []
    assert audited(ledger) == []


def test_a_disabled_officer_is_none(ledger: Ledger, roster: Roster) -> None:
    officer(roster, "li.wei", "bank-a")
    roster.disable("li.wei", 2)
    ledger.append(entry("S1", 600))
    ledger.append(entry("S2", 500))
    assert Warnings(ledger.engine).open("bank-a") == []


def raised(warning_id: str = "W1", tenant: str = "bank-a") -> WarningEvent:
    return WarningEvent(warning_id, tenant, "E1", 0, Kind.RAISED, 1_000, SERVICE, SERVICE, as_of=1)


def next_to(place: int, kind: Kind, by: str = "li.wei", at: int = 2_000) -> WarningEvent:
    outcome = Outcome.SECURED if kind is Kind.CLOSED else None
    event = replace(raised(), place=place, kind=kind, at=at, by=by, called=by, note="n")
    return replace(event, outcome=outcome, as_of=None)


def test_what_is_written_is_read_by_where_it_stands(ledger: Ledger) -> None:
    log = Warnings(ledger.engine)
    events = (raised(), next_to(1, Kind.TAKEN), next_to(2, Kind.CLOSED))
    for event in events[:2]:
        log.append(event)
    log.append(raised("W2"))
    log.append(raised("W3", "bank-b"))
    assert [one.warning_id for one in log.open("bank-a")] == ["W1", "W2"]
    log.append(events[2])
    assert [one.warning_id for one in log.open("bank-a")] == ["W2"]
    closed = log.closed("bank-a", 1_999)
    assert closed == [ClosedWarning("W1", "E1", 1_000, 2_000, Outcome.SECURED)]
    assert [one.events for one in log.some("bank-a", [closed[0].warning_id])] == [events]
    assert log.closed("bank-a", 2_000) == []
    assert log.closed("bank-b", 0) == []
    found = log.find("bank-a", "W1")
    assert found is not None
    assert found.events == events
    assert log.find("bank-b", "W1") is None


def test_of_many_officers_at_once_one_is_first(ledger: Ledger) -> None:
    log, together = Warnings(ledger.engine), threading.Barrier(6)
    log.append(raised())

    def take(number: int) -> bool:
        together.wait()
        try:
            log.append(next_to(1, Kind.TAKEN, f"officer-{number}"))
        except Overtaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(take, range(6)))
    assert won.count(True) == 1
    found = only(log)
    assert [each.by for each in found.events] == [SERVICE, f"officer-{won.index(True)}"]
    assert [row["digest"] for row in audited(ledger)] == [
        digest_of(each.row()) for each in found.events
    ]


@pytest.mark.parametrize(
    "change", ["UPDATE warning_event SET note = 'x'", "DELETE FROM warning_event"]
)
def test_nothing_is_changed_afterwards(ledger: Ledger, change: str) -> None:
    Warnings(ledger.engine).append(raised())
    with (
        pytest.raises(DBAPIError, match="append-only"),
        writing(ledger.engine).begin() as connection,
    ):
        connection.execute(sa.text(change))


def test_on_postgresql_a_wall_stands_between_lenders(postgresql: str) -> None:
    url = emptied(postgresql)
    with Ledger.open(url) as ledger:
        log = Warnings(ledger.engine)
        log.append(raised("wall-a"))
        log.append(raised("wall-b", "bank-b"))
        with ledger.engine.connect() as connection:
            as_tenant(connection, "bank-a")
            seen = set(connection.execute(sa.select(WARNING.c.tenant)).scalars())
        assert seen == {"bank-a"}
        theirs = raised("wall-c", "bank-b").row()
        with ledger.engine.connect() as connection:
            as_tenant(connection, "bank-a")
            with pytest.raises(DBAPIError, match="row-level security"):
                connection.execute(sa.insert(WARNING), theirs)


def test_a_ledger_of_before_is_brought_up_and_its_cases_are_made_anew(
    url: str, ledger: Ledger
) -> None:
    limit = {
        "amount_fen": 5,
        "expected_loss": {"ead_fen": 70, "expected_loss_fen": 3},
        "lines": {"goods_fen": 90},
        "components": {
            "stock": [
                {"chapter": "26", "value_fen": 60, "pledged_fen": 10},
                {"chapter": "26", "value_fen": 5, "pledged_fen": 0},
                {"chapter": "03", "value_fen": 30, "pledged_fen": 7},
            ]
        },
    }
    document = orjson.dumps({"score": 600, "grade": "BB", "limit": limit})
    ledger.append(replace(entry("S1", 600), document=document))
    added = ("exposure_fen", "loss_fen", "goods_fen", "pledged_fen", "stock")
    columns = [STANDING.c[name] for name in added]
    with ledger.engine.connect() as connection:
        before = connection.execute(sa.select(*columns)).one()
    assert tuple(before) == (70, 3, 90, 17, '{"03":30,"26":65}')
    with ledger.engine.begin() as connection:
        for name in added:
            connection.execute(sa.text(f"ALTER TABLE case_standing DROP COLUMN {name}"))
    with Ledger.open(url) as again, again.engine.connect() as connection:
        assert connection.execute(sa.select(*columns)).one() == before
