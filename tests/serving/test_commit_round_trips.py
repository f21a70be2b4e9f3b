"""What the commit of an answer costs on PostgreSQL: two round trips, one to ask who listens."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from serving.access.store import Store
from serving.keys import Key
from serving.ledger import Entry, Ledger
from serving.policy import Policy
from serving.webhooks.outbox import Outbox
from tests.serving.conftest import NOW, POLICY

ENTRY = Entry("S", "E1", "scored", NOW, NOW, 1, "m", "c", "p", None, b"{}", tenant="BANK")
_TRIP = re.compile(r"\tF\t.*\n.*\tB\t")
"""The server's turn to speak, in libpq's own trace."""


@pytest.fixture
def trips(tmp_path: Path) -> Iterator[Callable[[Callable[[], object]], int]]:
    """Counts the round trips of a step, whichever connection they take."""
    path = tmp_path / "trace"
    with path.open("w") as file:

        def listen(driver: Any, _: object) -> None:
            if isinstance(driver, psycopg.Connection):
                driver.pgconn.trace(file.fileno())

        def count(step: Callable[[], object]) -> int:
            before = len(_TRIP.findall(path.read_text()))
            step()
            return len(_TRIP.findall(path.read_text())) - before

        sa.event.listen(sa.pool.Pool, "connect", listen)
        yield count
        sa.event.remove(sa.pool.Pool, "connect", listen)


@pytest.fixture
def ledger(postgresql: str, trips: object) -> Iterator[Ledger]:
    Store(postgresql).close()  # with the table of officers
    with Ledger.open(postgresql) as found:
        found.announce = Outbox(Policy.load(POLICY), 3_600).announce
        found.append(new())
        yield found


def new() -> Entry:
    return replace(ENTRY, score_id=str(uuid.uuid4()))


def test_an_answer_takes_two_round_trips(
    ledger: Ledger, trips: Callable[[Callable[[], object]], int]
) -> None:
    entries = [new() for _ in range(10)]
    for entry in entries:  # also where the driver begins to prepare the statements
        assert trips(partial(ledger.append, entry)) == 2
        assert ledger.document(entry.score_id) == entry.document


def test_a_key_takes_three_more(
    ledger: Ledger, trips: Callable[[Callable[[], object]], int]
) -> None:
    entry = new()
    key = Key.of("bank-1", entry.score_id, "score", b"{}", NOW)

    def answer() -> None:
        with ledger.attempt(key) as attempt:
            assert attempt.kept is None
            attempt.commit([entry])

    with ledger.attempt(replace(key, hash="f" * 64)) as attempt:
        attempt.commit([new()])  # the connection of claims is opened
    assert trips(answer) == 5
    with ledger.attempt(key) as attempt:
        assert attempt.kept == [{"score_id": entry.score_id}]
