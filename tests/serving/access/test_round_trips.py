"""What a call costs on PostgreSQL: one round trip for the count, one for the consent."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from serving.access import consents as log
from serving.access.consents import Consents, Matter, Purpose
from serving.access.errors import TooManyCalls
from serving.access.principal import Principal
from serving.access.rates import LedgerStorage, Rates, a_minute
from serving.access.roles import Role
from serving.access.row_security import rows_as_tenant
from serving.access.store import Store
from tests.serving.access.conftest import consent
from tests.serving.conftest import NOW, STRONG, UNKNOWN, WEAK

_TRIP = re.compile(r"\tF\t\d+\t(?:Sync|Query)")
"""What the client sends at the end of each round trip, in libpq's own trace."""


class Wire:
    """Counts round trips, whichever connection they take."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "trace"
        self._file = self._path.open("w")

    def listen(self, driver: Any, _: object) -> None:
        if isinstance(driver, psycopg.Connection):  # a service of other tests may open SQLite's
            driver.pgconn.trace(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def trips(self, step: Callable[[], object]) -> int:
        before = len(_TRIP.findall(self._path.read_text()))
        step()
        return len(_TRIP.findall(self._path.read_text())) - before


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    found = Wire(tmp_path)
    sa.event.listen(sa.pool.Pool, "connect", found.listen)
    yield found
    sa.event.remove(sa.pool.Pool, "connect", found.listen)
    found.close()


@pytest.fixture
def store(postgresql: str, wire: Wire) -> Iterator[Store]:
    found = Store(postgresql, (log.prepare,))
    LedgerStorage(found, lambda: NOW).reset()
    yield found
    found.close()


def ask(store: Store, *who: str, bank: str = "trip-a") -> dict[str, str | None]:
    principal = Principal("x", Role.BANK, bank, frozenset())
    return Consents(store).permitted(principal, who, Matter.SCORES, Purpose.CREDIT, NOW)


def test_a_consent_takes_one_round_trip(store: Store, wire: Wire) -> None:
    bank = f"trip-{uuid.uuid4()}"  # a run that broke off may have left consents in the database
    given = consent(STRONG, bank)
    Consents(store).grant(given, "strong")
    ask(store, STRONG, bank=bank)
    for _ in range(10):  # also where the driver begins to prepare the statement
        assert wire.trips(lambda: ask(store, STRONG, WEAK, bank=bank)) == 1
    assert ask(store, STRONG, WEAK, bank=bank) == {STRONG: given.consent_id}


def test_a_consent_that_is_taken_back_is_none_for_the_very_next_call(store: Store) -> None:
    """Also by a prepared statement on a connection that saw it hold a moment ago."""
    bank = f"trip-{uuid.uuid4()}"
    for _ in range(12):
        given = consent(STRONG, bank)
        Consents(store).grant(given, "strong")
        assert ask(store, STRONG, bank=bank) == {STRONG: given.consent_id}
        Consents(store).revoke(given, NOW, "strong")
        assert ask(store, STRONG, bank=bank) == {}


def test_the_old_way_is_counted_as_the_four_that_it_takes(store: Store, wire: Wire) -> None:
    """The count itself can fail."""
    consents = Consents(store)
    consents.find("none", "trip-a")
    assert wire.trips(lambda: consents.find("none", "trip-a")) == 4


def test_the_count_of_a_call_and_a_client_take_one_round_trip_each(
    store: Store, wire: Wire
) -> None:
    from serving.access.clients import Clients

    rates, rate = Rates(store, lambda: NOW), a_minute(3, "calls")
    rates.take(rate, "trip-a")
    assert wire.trips(lambda: rates.take(rate, "trip-a")) == 1
    assert wire.trips(lambda: rates.take(rate, "trip-a")) == 1
    with pytest.raises(TooManyCalls):
        rates.take(rate, "trip-a")
    clients = Clients(store)
    assert clients.active("nobody") is None
    assert wire.trips(lambda: clients.active("nobody")) == 1


def test_an_enterprise_without_consent_costs_what_an_unknown_one_does(
    store: Store, wire: Wire
) -> None:
    ask(store, UNKNOWN)
    assert wire.trips(lambda: ask(store, WEAK)) == wire.trips(lambda: ask(store, UNKNOWN)) == 1


def seen(store: Store, tenant: str | None) -> list[Any]:
    sql = "SELECT current_user::text, count(*) FROM consent_event"
    return store.ask(lambda connection: rows_as_tenant(connection, tenant, sql, ()))


def test_the_wall_stands_for_one_question_alone(store: Store) -> None:
    Consents(store).grant(consent(STRONG, "trip-b"), "strong")
    ((service, everything),) = seen(store, None)
    assert everything > 0
    assert seen(store, "trip-nobody") == [("cargoworthy_tenant", 0)]
    assert seen(store, "' OR true --") == [("cargoworthy_tenant", 0)]
    assert seen(store, None) == [(service, everything)]


def test_what_the_wall_forbids_is_told_as_a_fault_and_the_wall_is_left(store: Store) -> None:
    sql = "SELECT * FROM access_client"
    with pytest.raises(DBAPIError, match="permission denied"):
        store.ask(lambda connection: rows_as_tenant(connection, "trip-a", sql, ()))
    ((service, _),) = seen(store, None)
    assert service != "cargoworthy_tenant"


@contextmanager
def severed(url: str) -> Iterator[None]:
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    yield
    engine.dispose()


def test_a_lost_connection_is_replaced_unnoticed(store: Store, postgresql: str) -> None:
    given = consent(STRONG, "trip-c")
    Consents(store).grant(given, "strong")
    rates, rate = Rates(store, lambda: NOW), a_minute(100, "calls")
    ask(store, STRONG, bank="trip-c")
    for _ in range(2):
        with severed(postgresql):
            assert ask(store, STRONG, bank="trip-c") == {STRONG: given.consent_id}
        with severed(postgresql):
            rates.take(rate, "trip-a")


def test_a_database_that_is_away_is_told_as_such(store: Store) -> None:
    def fails(_: object) -> None:
        raise OperationalError("", None, Exception("away"), connection_invalidated=True)

    with pytest.raises(OperationalError):
        store.ask(fails)
