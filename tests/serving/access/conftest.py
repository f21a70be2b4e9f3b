"""A ledger with clients of every role, and the service that asks them for tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from serving.access import consents as log
from serving.access.clients import Clients
from serving.access.consents import Consent, Consents, Matter, Purpose, new_consent_id
from serving.access.keys import create
from serving.access.roles import Role
from serving.access.settings import AccessSettings
from serving.access.store import Store
from serving.app import create_app
from serving.settings import Settings
from tests.serving.conftest import NOW, STRONG, WEAK, World, served

DAY = 86_400_000_000
BOTH = (Matter.SCORES, Matter.PROFILES)


def opened(folder: Path) -> Store:
    return Store(f"sqlite:///{folder}/ledger.db", (log.prepare,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(tmp_path)
    yield found
    found.close()


def consent(enterprise_id: str, bank: str, **changed: object) -> Consent:
    stated = {
        "consent_id": new_consent_id(),
        "enterprise_id": enterprise_id,
        "bank": bank,
        "matters": BOTH,
        "purpose": Purpose.CREDIT,
        "granted_at": NOW - 10 * DAY,
        "expires_at": NOW + 10 * DAY,
        "revoked_at": None,
    }
    return Consent(**{**stated, **changed})  # type: ignore[arg-type]


@dataclass
class Office:
    """The service under test, and what its clients prove themselves with."""

    client: httpx.Client
    store: Store
    secrets: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def register(self, name: str, role: Role, tenant: str | None = None) -> str:
        secret = Clients(self.store).add(name, role, tenant, NOW)
        assert secret is not None
        self.secrets[name] = secret
        return secret

    def ask(self, name: str, **form: str) -> httpx.Response:
        stated = {"grant_type": "client_credentials", **form}
        return self.client.post("/oauth/token", data=stated, auth=(name, self.secrets[name]))

    def token(self, name: str) -> str:
        if name not in self._tokens:
            answer = self.ask(name)
            assert answer.status_code == 200, answer.text
            self._tokens[name] = answer.json()["access_token"]
        return self._tokens[name]

    def bearer(self, name: str | None) -> dict[str, str]:
        return {} if name is None else {"Authorization": f"Bearer {self.token(name)}"}

    def consents(self, *given: Consent) -> None:
        for each in given:
            Consents(self.store).grant(each, "test")


def settings_of(world: World, folder: Path, **tokens: object) -> Settings:
    if not (folder / "key.json").exists():
        create(folder / "key.json")
    stated = AccessSettings(key=folder / "key.json", **tokens)  # type: ignore[arg-type]
    return world.settings(folder / "ledger.db", access="required", tokens=stated)


def staffed(client: httpx.Client, store: Store) -> Office:
    office = Office(client, store)
    office.register("bank-a", Role.BANK)
    office.register("bank-b", Role.BANK)
    office.register("officer-a", Role.OFFICER, "bank-a")
    office.register("strong", Role.ENTERPRISE, STRONG)
    office.register("weak", Role.ENTERPRISE, WEAK)
    office.register("customs", Role.PROVIDER)
    office.register("root", Role.ADMINISTRATOR)
    return office


@pytest.fixture(scope="session")
def office(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A service with clients of every role; tests give consents of their own only to new ones."""
    folder = tmp_path_factory.mktemp("office")
    settings = settings_of(world, folder, tokens_a_minute=1_000)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        store = opened(folder)
        yield staffed(client, store)
        store.close()
