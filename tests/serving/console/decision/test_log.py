"""The log of decisions on both databases: nothing is changed, and of two at once one is first."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from serving.access.row_security import as_tenant
from serving.audit.log import AUDIT, digest_of
from serving.cases.standing import STANDING
from serving.console.decision.act import Act, Paper, Reason, Step
from serving.console.decision.log import DECISION, Decisions, Overtaken
from serving.ledger import Ledger
from supervision.database import engine_of, writing
from tests.serving.test_ledger import emptied

PROPOSED = Step(
    "S1", "BANK-7", "E1", 0, Act.PROPOSED, 1_000, "li.wei", "Li Wei", "because",
    Reason.SUPPORT, "A", 100_000_000, 200_000_000, "officer",
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/ledger.db"
    else:
        url = emptied(str(request.getfixturevalue("postgresql")))
        engine = engine_of(url)
        with engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE IF EXISTS decision"))
        engine.dispose()
    with Ledger.open(url) as found:
        yield found


@pytest.fixture
def log(ledger: Ledger) -> Decisions:
    return Decisions(ledger.engine)


def test_what_is_written_is_read(log: Decisions) -> None:
    papers = replace(
        PROPOSED, place=1, act=Act.DOCUMENTS, papers=(Paper.INVOICES, Paper.CUSTOMS), reason=None
    )
    log.append(PROPOSED)
    log.append(papers)
    assert log.of_enterprise("BANK-7", "E1") == (PROPOSED, papers)
    assert log.of_enterprise("bank-b", "E1") == ()
    assert log.of_enterprise("BANK-7", "E2") == ()


def test_of_many_second_officers_at_once_one_is_first(ledger: Ledger, log: Decisions) -> None:
    log.append(PROPOSED)
    together = threading.Barrier(6)

    def confirm(number: int) -> bool:
        act = Act.CONFIRMED if number % 2 else Act.REFUSED
        together.wait()
        try:
            log.append(replace(PROPOSED, place=1, act=act, by=f"officer-{number}"))
        except Overtaken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(confirm, range(6)))
    assert won.count(True) == 1
    steps = log.of_enterprise("BANK-7", "E1")
    assert [each.by for each in steps] == ["li.wei", f"officer-{won.index(True)}"]
    with ledger.engine.connect() as connection:
        query = sa.select(AUDIT).where(AUDIT.c.action.startswith("decision-"))
        audited = connection.execute(query.order_by(AUDIT.c.number)).mappings().all()
    assert [row["digest"] for row in audited] == [digest_of(each.row()) for each in steps]


@pytest.mark.parametrize(
    "change",
    [
        sa.update(DECISION).values(note="otherwise"),
        sa.delete(DECISION),
        sa.text("INSERT INTO decision SELECT * FROM decision"),
    ],
)
def test_nothing_can_be_edited_afterwards(
    ledger: Ledger, log: Decisions, change: sa.Executable
) -> None:
    log.append(PROPOSED)
    with pytest.raises(DBAPIError), writing(ledger.engine).begin() as connection:
        connection.execute(change)
    assert log.of_enterprise("BANK-7", "E1") == (PROPOSED,)


def test_only_overrides_of_newest_scores_wait(ledger: Ledger, log: Decisions) -> None:
    def newest(score_id: str) -> None:
        row = {"tenant": "BANK-7", "enterprise_id": "E1", "score_id": score_id, "as_of": 1}
        row |= {"answered_at": 1, "month": 1, "status": "scored"}
        with writing(ledger.engine).begin() as connection:
            connection.execute(sa.delete(STANDING))
            connection.execute(sa.insert(STANDING).values(row))

    newest("S1")
    assert log.waiting("BANK-7") == ()
    log.append(PROPOSED)
    assert log.waiting("BANK-7") == (PROPOSED,)
    assert log.waiting("bank-b") == ()
    newest("S2")
    assert log.waiting("BANK-7") == ()
    newest("S1")
    log.append(replace(PROPOSED, place=1, act=Act.REFUSED, by="wang.min"))
    assert log.waiting("BANK-7") == ()


def test_another_lender_neither_sees_nor_writes_it(ledger: Ledger, log: Decisions) -> None:
    log.append(PROPOSED)
    if ledger.engine.dialect.name == "sqlite":
        return
    with ledger.engine.connect() as connection:
        as_tenant(connection, "bank-b")
        assert connection.execute(sa.select(DECISION)).all() == []
    with pytest.raises(DBAPIError, match="row-level security"):
        forge(ledger, replace(PROPOSED, place=1))


def forge(ledger: Ledger, step: Step) -> None:
    with writing(ledger.engine).begin() as connection:
        as_tenant(connection, "bank-b")
        connection.execute(sa.insert(DECISION), step.row())
