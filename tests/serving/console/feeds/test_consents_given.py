"""Consents as the port's data officer reads them, on both databases."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.principal import OPEN
from serving.access.store import Store
from serving.console.feeds.consents import Standing, Wanted, consents_of
from tests.serving.access.conftest import consent
from tests.serving.conftest import DAY, NOW, WEAK, code
from tests.serving.console.conftest import BANK, OTHER_BANK
from tests.serving.console.feeds.conftest import EXPIRED, EXPIRING, REVOKED, give_consents


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/ledger.db"
    if request.param == "postgresql":
        url = _own_database(str(request.getfixturevalue("postgresql")))
    found = Store(url, (log.prepare,))
    give_consents(Consents(found))
    yield found
    found.close()


def _own_database(server: str) -> str:
    """A database of a test's own on the server."""
    name = f"consents_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def test_consents_stand_as_the_log_says(store: Store) -> None:
    found = consents_of(store, Wanted(), NOW)
    lines = [
        line
        for lender in (BANK, OTHER_BANK)
        for line in consents_of(store, Wanted(lender=lender), NOW).lines
    ]
    by_code = {(one.enterprise_id, one.lender): one.standing for one in lines}
    assert by_code[WEAK, BANK] is by_code[WEAK, OTHER_BANK] is Standing.HOLDS
    assert by_code[EXPIRING, BANK] is Standing.EXPIRING
    assert by_code[EXPIRED, OTHER_BANK] is Standing.EXPIRED
    assert by_code[REVOKED, BANK] is Standing.REVOKED
    given = Consents(store)
    for one in lines:
        (kept,) = [
            each
            for each in given.listed(OPEN, one.enterprise_id)
            if each.bank == one.lender and each.granted_at == one.granted_at
        ]
        assert kept.holds(NOW) == (one.standing in (Standing.HOLDS, Standing.EXPIRING))
    assert sum(found.by_standing.values()) == found.found
    lenders = {lender.name: lender.numbers for lender in found.lenders}
    assert lenders[BANK]["revoked"] == 1
    assert lenders[OTHER_BANK]["expired"] == 1


def test_consents_are_filtered_and_paged(store: Store) -> None:
    given = Consents(store)
    for number in range(60):
        ends = NOW + (1 + number % 29) * DAY
        given.grant(consent(code(200 + number), "bank-c", expires_at=ends), "test")
    wanted = Wanted(lender="bank-c", standing="expiring")
    first = consents_of(store, wanted, NOW)
    second = consents_of(store, Wanted(lender="bank-c", standing="expiring", page=2), NOW)
    assert (first.found, first.pages, len(first.lines), len(second.lines)) == (60, 2, 50, 10)
    ends = [one.expires_at for one in (*first.lines, *second.lines)]
    assert ends == sorted(ends)
    one = consents_of(store, Wanted(enterprise=code(203)[-7:]), NOW)
    assert [line.enterprise_id for line in one.lines] == [code(203)]
    assert consents_of(store, Wanted(enterprise="%"), NOW).found == 0


@pytest.mark.parametrize("wanted", [Wanted(enterprise="\0"), Wanted(lender=f"{BANK}\0")])
def test_what_no_name_holds_finds_no_consent(store: Store, wanted: Wanted) -> None:
    found = consents_of(store, wanted, NOW)
    assert (found.found, found.lines) == (0, ())
    assert sum(found.by_standing.values()) > 0
