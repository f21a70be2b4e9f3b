"""A console of these tests' own, whose officers decide."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import httpx
import pytest

from serving.access import consents as log
from serving.access.consents import Consents
from serving.access.store import Store
from serving.app import create_app
from serving.console.officers.role import OfficerRole
from serving.console.officers.sessions import prepare
from serving.rooms import Rooms
from tests.serving.access.conftest import consent
from tests.serving.conftest import DEFAULTED, NEWCOMER, NOW, World, code, served
from tests.serving.console.conftest import (
    AS_OFS,
    BANK,
    FOREIGN,
    OTHER_BANK,
    Console,
    score,
)

OWN = tuple(map(code, (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 13)))
"""Enterprises of which each test takes one of its own."""

Browse = Callable[[str], httpx.Client]
Send = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    settings = world.settings(tmp_path_factory.mktemp("desk") / "ledger.db", as_of=AS_OFS[-1])
    rooms = Rooms(settings)
    store = Store(settings.ledger, (log.prepare, prepare))
    for each in (*OWN, DEFAULTED, NEWCOMER):
        Consents(store).grant(consent(each, BANK), "test")
    Consents(store).grant(consent(FOREIGN, OTHER_BANK), "test")
    score(rooms, BANK, (*OWN, DEFAULTED, NEWCOMER), AS_OFS[-2:-1])
    score(rooms, BANK, (DEFAULTED,), AS_OFS[-1:])
    score(rooms, OTHER_BANK, (FOREIGN,), AS_OFS[-2:-1])
    with served(create_app(settings, clock=lambda: NOW)) as client:
        found = Console(client, store, rooms)
        roles = {
            "li.wei": OfficerRole.OFFICER,
            "zhang.hua": OfficerRole.OFFICER,
            "wang.min": OfficerRole.APPROVER,
            "zhou.tao": OfficerRole.DATA,
        }
        for name, role in roles.items():
            found.officer(name, role)
        found.officer("other", OfficerRole.APPROVER, OTHER_BANK)
        yield found
    store.close()
    rooms.close()


@pytest.fixture(scope="module")
def browse(desk: Console) -> Iterator[Browse]:
    """Signed-in browsers by officer, each opened once."""
    with ExitStack() as stack:
        known: dict[str, httpx.Client] = {}

        def browser(name: str) -> httpx.Client:
            if name not in known:
                known[name] = stack.enter_context(desk.signed_in(name))
            return known[name]

        yield browser


def decision_path(enterprise_id: str) -> str:
    return f"/console/cases/{enterprise_id}/decision"


def hidden(text: str) -> dict[str, str]:
    """Hidden fields of a page's forms."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))


@pytest.fixture(scope="module")
def send(browse: Browse) -> Send:
    """Opens the page as an officer and sends one of its forms."""

    def sent(name: str, enterprise_id: str, act: str, **fields: str) -> httpx.Response:
        browser, path = browse(name), decision_path(enterprise_id)
        told: Mapping[str, str] = hidden(browser.get(path).text)
        return browser.post(path, data={**told, "act": act, **fields})

    return sent


def override(**changed: str) -> dict[str, str]:
    told = {"grade": "A", "limit": "1,000,000", "reason": "support", "note": "The parent pays."}
    return {**told, **changed}
