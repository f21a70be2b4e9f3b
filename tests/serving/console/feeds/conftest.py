"""A console over a record of these tests' own, into whose quarantine each test puts its rows."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
import pytest

from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.officers.officer import Officer
from serving.console.officers.role import PORT, OfficerRole
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import prepare
from serving.rooms import Rooms
from supervision.archive import Archive
from supervision.arrivals.tally import Tally
from supervision.cargo_code import CargoCode
from supervision.ingestion import Ingestion, Terms
from supervision.record import Record
from supervision.refused import refused
from tests.serving.access.conftest import consent
from tests.serving.conftest import DAY, NOW, WEAK, World, code, served
from tests.serving.console.conftest import BANK, OTHER_BANK, PASSWORD, Console
from tests.supervision.facts import Row, write

EXPIRING, REVOKED, EXPIRED = code(20), code(21), code(22)
SECRET = "13900000000"  # noqa: S105 a telephone number that no page may show
KEY = b"key"
LOT = str(CargoCode.issue(WEAK, "7403110000", "777777", "CLSAI", "CNXMN", KEY))

Browse = Callable[[str], httpx.Client]


def counted(message_id: str, **changes: object) -> Row:
    """A count by the warehouse, with what is wrong with it."""
    row = {
        "message_id": message_id,
        "provider_id": "CUSTODY",
        "enterprise_id": WEAK,
        "occurred_at": NOW - 2 * DAY,
        "recorded_at": NOW - 2 * DAY,
        "kind": "counted",
        "cargo_code": LOT,
        "warehouse": "W1",
        "quantity": 500,
        "unit": "kg",
        **changes,
    }
    return {name: value for name, value in row.items() if value is not None}


@dataclass
class Port(Console):
    """The console under test, and its record."""

    record: Record = field(kw_only=True)
    folder: Path = field(kw_only=True)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def send(self, *rows: Row, now: int = NOW) -> list[tuple[int, int]]:
        """Take a file of custody in; the places of its rows in quarantine."""
        folder = self.folder / f"sent-{next(self.numbers)}"
        folder.mkdir()
        path = write(folder / "custody.ndjson", list(rows))
        terms = Terms(now=now, port_key=KEY)
        report = Ingestion(self.record.engine, Archive(self.folder / "archive"), terms).run([path])
        batch = report.files[0].batch
        held = refused(self.record.engine, most=1_000)
        return [(one.batch, one.row) for one in held if one.batch == batch]

    def held(self) -> set[tuple[int, int]]:
        return {(one.batch, one.row) for one in refused(self.record.engine, most=1_000)}


@pytest.fixture(scope="module")
def port(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    folder = tmp_path_factory.mktemp("feeds")
    shutil.copy(world.folder / "record.db", folder / "record.db")
    (folder / "port.key").write_text(KEY.hex())
    settings = world.settings(
        folder / "ledger.db",
        database=f"sqlite:///{folder}/record.db",
        arrivals=folder / "arrivals.db",
        archive=folder / "archive",
        port_key=folder / "port.key",
    )
    settings = settings.model_copy(
        update={"tokens": settings.tokens.model_copy(update={"tokens_a_minute": 10_000})}
    )
    rooms, record = Rooms(settings), Record.open(settings.database)
    store = Store(settings.ledger, (log.prepare, prepare))
    give_consents(Consents(store))
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Port(client, store, rooms, record=record, folder=folder)
        data = Officer("zhou.tao", "Zhou Tao", PORT, OfficerRole.DATA, NOW)
        Roster(store).add(data, PASSWORD)
        for name, role in (
            ("li.wei", OfficerRole.OFFICER),
            ("wang.min", OfficerRole.APPROVER),
            ("liu.yan", OfficerRole.MODEL),
            ("banks.own", OfficerRole.DATA),
        ):
            found.officer(name, role)
        yield found
    store.close()
    record.close()
    rooms.close()


def give_consents(given: Consents) -> None:
    given.grant(consent(WEAK, BANK, expires_at=NOW + 100 * DAY), "test")
    given.grant(consent(WEAK, OTHER_BANK, expires_at=NOW + 100 * DAY), "test")
    given.grant(consent(EXPIRING, BANK, expires_at=NOW + 3 * DAY), "test")
    given.grant(consent(EXPIRED, OTHER_BANK, expires_at=NOW - DAY), "test")
    taken = consent(REVOKED, BANK, expires_at=NOW + 100 * DAY)
    given.grant(taken, "test")
    given.revoke(taken, NOW - DAY, "test")


@pytest.fixture(scope="module")
def browse(port: Port) -> Iterator[Browse]:
    """Signed-in browsers by officer, each opened once."""
    with ExitStack() as stack:
        known: dict[str, httpx.Client] = {}

        def browser(name: str) -> httpx.Client:
            if name not in known:
                known[name] = stack.enter_context(port.signed_in(name))
            return known[name]

        yield browser


@pytest.fixture
def tally(port: Port) -> Iterator[Tally]:
    found = Tally.open(port.folder / "arrivals.db", port.record)
    found.count()
    yield found
    found.close()


def hidden(text: str, action: str = "") -> dict[str, str]:
    """Hidden fields of the page's form to an address; without one, of its own form."""
    for form in re.findall(r"<form[^>]*>.*?</form>", text, re.DOTALL):
        to = re.search(r'action="([^"]*)"', form.partition(">")[0])
        if (to[1] if to else "").endswith(action) and bool(action) == bool(to):
            found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
            return {name: unescape(value) for name, value in found}
    raise AssertionError(f"no form to {action!r}")


def row_path(place: tuple[int, int]) -> str:
    return f"/console/feeds/quarantine/rows/{place[0]}/{place[1]}"
