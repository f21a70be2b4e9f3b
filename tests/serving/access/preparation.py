"""What there is before the questions: consents, scores, jobs, webhooks and objections."""

import json
import uuid
from pathlib import Path

from serving.access.consents import Consents, Matter, Purpose
from serving.access.door import Door
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.jobs.worker import Worker
from serving.ledger import Ledger
from serving.objections.examples import LODGED
from serving.objections.log import Objections
from serving.objections.objection import Fact, Ground, Objection
from serving.rooms import Rooms
from serving.settings import Settings
from tests.serving.access.conftest import Office, consent
from tests.serving.access.matrix import FOREIGN, HANDED_IN, HOOKED, MONITORED, OBJECTS
from tests.serving.access.operations import Kept, hand_in, hook, score, trial
from tests.serving.conftest import DEFAULTED, DORMANT, NEWCOMER, NOW, STRONG, WEAK, World
from tests.serving.objections.conftest import said

SECOND = 1_000_000
NAMED = "00000000-0000-4000-8000-000000000001"


def prepared(world: World, folder: Path, settings: Settings, office: Office) -> Kept:
    """Let everyone do what there is to ask about afterwards."""
    kept = _scored(office)
    _opposed(world, folder, kept)
    kept.jobs.update(_handed_in(office, kept))
    _hooked(office, kept)
    _work(settings)
    return kept


def _scored(office: Office) -> Kept:
    revoked = consent(NEWCOMER, "bank-a")
    office.consents(
        consent(STRONG, "bank-a", consent_id=NAMED),
        consent(DEFAULTED, "bank-a", expires_at=NOW + SECOND),
        revoked,
        consent(DORMANT, "bank-a", matters=(Matter.PROFILES,)),
        consent(MONITORED, "bank-a", purpose=Purpose.MONITORING),
        consent(FOREIGN, "bank-b"),
    )
    spare = {who: consent(who, "bank-c") for who in OBJECTS}
    office.consents(*spare.values())
    scores = {who: str(uuid.uuid4()) for who in OBJECTS}  # of some there never was a score
    monitoring = {"Cargoworthy-Purpose": "monitoring"}
    for who, asker, headers in (
        (STRONG, "bank-a", {}), (DEFAULTED, "bank-a", {}), (NEWCOMER, "bank-a", {}),
        (MONITORED, "bank-a", monitoring), (FOREIGN, "bank-b", {}), (WEAK, "weak", {}),
    ):  # fmt: skip
        answer = score(office.client, {**office.bearer(asker), **headers}, who, Kept({}, {}))
        assert answer.status_code == 200, answer.text
        scores[who] = answer.json()["score_id"]
    Consents(office.store).revoke(revoked, NOW, "test")
    return Kept(scores, {who: each.consent_id for who, each in spare.items()})


def _handed_in(office: Office, kept: Kept) -> dict[str, str]:
    jobs = {who: str(uuid.uuid4()) for who in OBJECTS}  # of some there never was a job
    for tenant in ("bank-a", "bank-b", "weak"):
        for who in HANDED_IN[tenant]:
            answer = hand_in(office.client, office.bearer(tenant), who, kept)
            assert answer.status_code == 200, answer.text
            jobs[who] = answer.json()["job_id"]
    return jobs


def _opposed(world: World, folder: Path, kept: Kept) -> None:
    kept.objections.update({who: str(uuid.uuid4()) for who in OBJECTS})  # most never objected
    with Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        for place, who in enumerate((STRONG, WEAK, FOREIGN)):
            fact = Fact(who, f"X{place}", "custody", "CUSTODY", place)
            by = Principal(who, Role.ENTERPRISE, who, frozenset())
            effect = json.dumps(LODGED["effect"])
            said_so = Objection(kept.objections[who], fact, Ground.OTHER, "No.", NOW, NOW, effect)
            Objections(ledger.engine).lodge(said_so, by)
            kept.messages[who] = said(world, "enterprise", who)[0]["message_id"]


def _hooked(office: Office, kept: Kept) -> None:
    for found in (kept.hooks, kept.spare_hooks, kept.deliveries):
        found.update({who: str(uuid.uuid4()) for who in OBJECTS})
    for tenant, (who,) in HOOKED.items():
        headers = office.bearer(tenant)
        for found in (kept.hooks, kept.spare_hooks):
            found[who] = hook(office.client, headers, who, kept).json()["webhook_id"]
        kept.deliveries[who] = trial(office.client, headers, who, kept).json()["delivery_id"]


def _work(settings: Settings) -> None:
    """Do the jobs that were handed in."""
    rooms = Rooms(settings)
    door = Door(settings.access, settings.tokens, settings.ledger, lambda: NOW)
    worker = Worker(rooms, door, lambda: NOW)
    while worker.step():
        pass
    door.close()
    rooms.close()
