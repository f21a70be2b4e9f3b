"""Officers: who gets in, who is locked out, and what is kept of a password."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from serving.access import consents as log
from serving.access.store import Store
from serving.console.officers.officer import Officer
from serving.console.officers.passwords import SHORTEST, fits, hash_of
from serving.console.officers.role import OfficerRole
from serving.console.officers.roster import FAILURES, LOCKED, OFFICER, Roster
from serving.console.officers.sessions import IDLE, LONGEST, SESSION, Sessions, prepare
from supervision.errors import UsageError

NOW = 1_700_000_000_000_000
MINUTE = 60_000_000
PASSWORD = "harbour lantern rope tide"  # noqa: S105


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(f"sqlite:///{tmp_path}/ledger.db", (log.prepare, prepare))
    yield found
    found.close()


@pytest.fixture
def roster(store: Store) -> Roster:
    found = Roster(store)
    found.add(Officer("li.wei", "Li Wei", "bank", OfficerRole.OFFICER, NOW), PASSWORD)
    return found


def audited(store: Store) -> list[str]:
    with store.reading() as connection:
        rows = connection.execute(sa.text("SELECT action FROM audit ORDER BY number"))
        return [row[0] for row in rows]


def test_an_officer_gets_in_by_the_password_alone(roster: Roster, store: Store) -> None:
    entered = roster.enter("li.wei", PASSWORD, NOW).officer
    assert entered is not None
    assert (entered.tenant, entered.role) == ("bank", OfficerRole.OFFICER)
    assert roster.enter("li.wei", PASSWORD + " ", NOW).officer is None
    assert roster.enter("nobody", PASSWORD, NOW).officer is None
    assert audited(store) == ["officer-added", "sign-in", "sign-in-failed"]


def test_nothing_of_a_password_is_kept_but_an_argon2id_hash(roster: Roster, store: Store) -> None:
    with store.reading() as connection:
        kept = connection.execute(sa.select(OFFICER.c.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hash_of(PASSWORD) != hash_of(PASSWORD)
    assert fits(PASSWORD, kept)
    assert not fits("", None)


def test_five_failures_in_a_row_lock_for_a_quarter_of_an_hour(roster: Roster) -> None:
    for attempt in range(FAILURES):
        entrance = roster.enter("li.wei", "wrong", NOW)
        assert entrance.locked == (attempt == FAILURES - 1)
    assert roster.enter("li.wei", PASSWORD, NOW + LOCKED - 1).locked
    assert roster.enter("li.wei", PASSWORD, NOW + LOCKED + 1).officer is not None


def test_guesses_at_the_same_moment_do_not_open_the_lock_again(roster: Roster) -> None:
    attempts = FAILURES + 7
    together = threading.Barrier(attempts)
    name = roster.all()[0]

    def guess(_: int) -> None:
        together.wait(30)  # each has looked at the officer before any failure is written
        roster._failed(name, NOW)

    with ThreadPoolExecutor(attempts) as threads:
        list(threads.map(guess, range(attempts)))
    assert roster.enter("li.wei", PASSWORD, NOW + 1).locked
    assert roster.enter("li.wei", PASSWORD, NOW + LOCKED + 1).officer is not None


def test_a_guess_that_fits_is_none_once_the_lock_closed_meanwhile(
    roster: Roster, store: Store
) -> None:
    officer = roster.all()[0]
    for _ in range(FAILURES):
        roster.enter("li.wei", "wrong", NOW)
    assert not roster._let_in(officer, NOW)
    assert audited(store)[-1] == "sign-in-locked"
    assert roster.enter("li.wei", PASSWORD, NOW).locked


def test_a_name_that_no_database_takes_is_nobodys(roster: Roster) -> None:
    assert roster.enter("li\x00wei", PASSWORD, NOW).officer is None


def test_a_success_between_failures_forgets_them(roster: Roster) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            assert not roster.enter("li.wei", "wrong", NOW).locked
        assert roster.enter("li.wei", PASSWORD, NOW).officer is not None


def test_a_disabled_officer_gets_in_no_more_and_a_reset_opens_the_lock(
    roster: Roster, store: Store
) -> None:
    for _ in range(FAILURES):
        roster.enter("li.wei", "wrong", NOW)
    roster.reset("li.wei", "quite another password", NOW)
    assert roster.enter("li.wei", "quite another password", NOW).officer is not None
    token = Sessions(store).open(roster.all()[0], NOW)
    roster.disable("li.wei", NOW)
    assert roster.enter("li.wei", "quite another password", NOW).officer is None
    assert Sessions(store).find(token, NOW) is None


@pytest.mark.parametrize("name", ["", "Li Wei", "a" * 49, "li/wei"])
def test_a_name_that_cannot_be_is_refused(roster: Roster, name: str) -> None:
    with pytest.raises(UsageError, match="lower-case"):
        roster.add(Officer(name, "x", "bank", OfficerRole.OFFICER, NOW), PASSWORD)


def test_a_name_stands_once_and_a_password_is_long(roster: Roster) -> None:
    again = Officer("li.wei", "x", "bank", OfficerRole.OFFICER, NOW)
    with pytest.raises(UsageError, match="nobody has"):
        roster.add(again, PASSWORD)
    with pytest.raises(UsageError, match=f"{SHORTEST} to"):
        roster.reset("li.wei", "short", NOW)
    with pytest.raises(UsageError, match="name of an officer"):
        roster.disable("nobody", NOW)


def test_a_session_ends_when_nobody_calls_and_after_a_day_in_any_case(
    roster: Roster, store: Store
) -> None:
    sessions = Sessions(store)
    token = sessions.open(roster.all()[0], NOW)
    now, steps = NOW, 0
    while sessions.find(token, now) is not None:
        now, steps = now + IDLE - MINUTE, steps + 1
    assert NOW + LONGEST <= now <= NOW + LONGEST + IDLE
    assert steps > 2
    idle = sessions.open(roster.all()[0], NOW)
    assert sessions.find(idle, NOW + IDLE - 1) is not None
    assert sessions.find(idle, NOW + 3 * IDLE) is None


def test_only_a_hash_of_the_token_is_kept(roster: Roster, store: Store) -> None:
    token = Sessions(store).open(roster.all()[0], NOW)
    with store.reading() as connection:
        (row,) = connection.execute(sa.select(SESSION)).mappings()
    assert token not in {str(value) for value in row.values()}
    assert Sessions(store).find(str(row["token_hash"]), NOW) is None
    assert Sessions(store).find(None, NOW) is None
    Sessions(store).close(token)
    assert Sessions(store).find(token, NOW) is None
