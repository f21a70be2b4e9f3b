"""A console of these tests' own, with cases that moved and warnings that were raised."""

from collections.abc import Iterator

import orjson
import pytest
import sqlalchemy as sa

from features.calendar import DAY
from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.officers.role import OfficerRole
from serving.console.officers.sessions import prepare
from serving.ledger import SCORE, Entry
from serving.rooms import Rooms
from tests.serving.conftest import NOW, World, code, served
from tests.serving.console.conftest import AS_OFS, BANK, OTHER_BANK, Console, consent, score

OWN = tuple(map(code, (0, 1, 2, 3, 4, 7, 10, 11, 13)))
LOOKED = OWN[-3:]
"""Those of the browser's tests, one a look."""
THEIRS, GONE = code(8), code(9)
"""A case of another bank, and one whose consent ends."""
OFFICERS = {
    "li.wei": OfficerRole.OFFICER,
    "zhang.hua": OfficerRole.OFFICER,
    "wang.min": OfficerRole.APPROVER,
    "sun.li": OfficerRole.APPROVER,
    "zhou.tao": OfficerRole.DATA,
}


@pytest.fixture(scope="module")
def house(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    settings = world.settings(tmp_path_factory.mktemp("house") / "ledger.db", as_of=AS_OFS[-1])
    rooms = Rooms(settings)
    store = Store(settings.ledger, (log.prepare, prepare))
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Console(client, store, rooms)
        for name, role in OFFICERS.items():
            found.officer(name, role)
        found.officer("other", OfficerRole.OFFICER, OTHER_BANK)
        given = Consents(store)
        for each in OWN:
            given.grant(consent(each, BANK), "test")
        given.grant(consent(THEIRS, OTHER_BANK), "test")
        ending = consent(GONE, BANK)
        given.grant(ending, "test")
        score(rooms, BANK, (*OWN, GONE), AS_OFS[-2:-1])
        score(rooms, OTHER_BANK, (THEIRS,), AS_OFS[-2:-1])
        for each in (*OWN, GONE):
            fell(rooms, each, BANK)
        fell(rooms, THEIRS, OTHER_BANK)
        given.revoke(ending, NOW - DAY, "test")
        yield found
    store.close()
    rooms.close()


def fell(rooms: Rooms, enterprise_id: str, tenant: str, goods: str = "above") -> str:
    """Log an answer of the next month that is worse than the last one; its id."""
    query = (
        sa.select(SCORE)
        .where(SCORE.c.enterprise_id == enterprise_id, SCORE.c.tenant == tenant)
        .order_by(SCORE.c.as_of.desc(), SCORE.c.number.desc())
    )
    with rooms.ledger().engine.connect() as connection:
        row = dict(connection.execute(query).mappings().first() or {})
    told = orjson.loads(row["document"])
    score_id = f"{enterprise_id}-{row['number']}"
    told |= {"score_id": score_id, "score": told["score"] - 45, "grade": "CCC"}
    told["limit"]["lines"]["standing"] = goods
    row |= {"score_id": score_id, "document": orjson.dumps(told).decode()}
    row["as_of"] = min(AS_OFS[-1], row["as_of"] + 31 * DAY)
    rooms.ledger().append(Entry.of(row))
    return score_id
