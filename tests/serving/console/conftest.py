"""A lender's console over the small port: scores of several months, consents, officers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from features.calendar import DAY, month_ends, parse_time
from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.officers.officer import Officer
from serving.console.officers.role import OfficerRole
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import prepare
from serving.rooms import Rooms
from serving.scores.asked import Asked, Asker
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch
from tests.serving.access.conftest import consent
from tests.serving.conftest import DEFAULTED, NEWCOMER, NOW, STRONG, WEAK, World, code, served

BANK, OTHER_BANK = "BANK-7", "bank-b"
PASSWORD = "four words not together"  # noqa: S105
CASES = (STRONG, WEAK, DEFAULTED, NEWCOMER, code(3), code(12))
FOREIGN, WITHDRAWN = code(5), code(6)
"""An enterprise of the other bank, and one that took its consent back."""
AS_OFS = (*(int(end) for end in month_ends("2022-08", "2022-11")), parse_time("2023-01-01"))


@dataclass
class Console:
    """The console under test."""

    client: httpx.Client
    store: Store
    rooms: Rooms

    @property
    def url(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def officer(self, name: str, role: OfficerRole, tenant: str = BANK) -> None:
        Roster(self.store).add(Officer(name, name.title(), tenant, role, NOW), PASSWORD)

    @contextmanager
    def signed_in(self, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """A browser of its own, past the sign-in page."""
        with httpx.Client(base_url=self.url, timeout=30) as browser:
            form = {"name": name, "password": password}
            answer = browser.post("/console/sign-in", data=form)
            assert answer.status_code == 303, answer.text
            yield browser

    def audited(self, action: str) -> list[dict[str, object]]:
        from serving.audit.log import AUDIT

        with self.rooms.ledger().engine.connect() as connection:
            query = AUDIT.select().where(AUDIT.c.action == action).order_by(AUDIT.c.number)
            return [dict(row) for row in connection.execute(query).mappings()]


def score(rooms: Rooms, tenant: str, codes: tuple[str, ...], as_ofs: tuple[int, ...]) -> None:
    for as_of in as_ofs:
        asker = Asker("test", tenant)
        asked = [
            Asked.of(ScoreRequest(enterprise_id=each), NOW, as_of, asker, None) for each in codes
        ]
        answered = rooms.scorer().reckon(asked, Stopwatch())
        rooms.ledger().append(*(one.entry for one in answered))


@pytest.fixture(scope="session")
def console(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that tests read; those that change something do it to names of their own."""
    folder: Path = tmp_path_factory.mktemp("console")
    settings = world.settings(folder / "ledger.db", as_of=AS_OFS[-1])
    settings = settings.model_copy(
        update={"tokens": settings.tokens.model_copy(update={"tokens_a_minute": 10_000})}
    )
    rooms = Rooms(settings)
    store = Store(settings.ledger, (log.prepare, prepare))
    given = Consents(store)
    for each in CASES:
        given.grant(consent(each, BANK), "test")
    given.grant(consent(FOREIGN, OTHER_BANK), "test")
    taken = consent(WITHDRAWN, BANK)
    given.grant(taken, "test")
    given.revoke(taken, NOW - DAY, "test")
    score(rooms, BANK, (*CASES, WITHDRAWN), AS_OFS)
    score(rooms, OTHER_BANK, (FOREIGN, STRONG), AS_OFS[-1:])
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Console(client, store, rooms)
        found.officer("li.wei", OfficerRole.OFFICER)
        found.officer("wang.min", OfficerRole.APPROVER)
        found.officer("zhou.tao", OfficerRole.DATA)
        found.officer("other", OfficerRole.OFFICER, OTHER_BANK)
        yield found
    store.close()
    rooms.close()


@pytest.fixture(scope="session")
def officer(console: Console) -> Iterator[httpx.Client]:
    """A browser in which a risk officer has signed in."""
    with console.signed_in("li.wei") as browser:
        yield browser


def case_path(enterprise_id: str, **query: str) -> str:
    told = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return f"/console/cases/{enterprise_id}" + (f"?{told}" if told else "")
