"""The cases of a lender: its own, of those that consent now, on both databases alike."""

from dataclasses import replace
from pathlib import Path

import pytest

from features.calendar import DAY
from serving.access import consents as log
from serving.access.consents import Consents, Matter
from serving.access.store import Store
from serving.console.cases import cases_of
from serving.ledger import Ledger
from tests.serving.access.conftest import consent
from tests.serving.conftest import NOW
from tests.serving.test_ledger import ENTRY

OURS, THEIRS = "bank of cases", "another bank"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return str(request.getfixturevalue("postgresql"))


def test_a_case_is_the_lenders_own_score_of_who_consents_now(url: str) -> None:
    names = ("seen", "foreign", "silent", "profile", "expired", "later", "revoked", "again")
    codes = {name: f"E{place}".ljust(18, "0") for place, name in enumerate(names)}
    store = Store(url, (log.prepare,))
    with Ledger.open(url) as ledger:
        entries = [
            replace(ENTRY, score_id=f"case {name}", enterprise_id=code, tenant=OURS)
            for name, code in codes.items()
        ]
        foreign = replace(entries[1], tenant=THEIRS, score_id="case of others")
        ledger.append(entries[0], foreign, *entries[2:])
        given = {
            "seen": consent(codes["seen"], OURS),
            "foreign": consent(codes["foreign"], OURS),
            "silent": consent(codes["silent"], THEIRS),
            "profile": consent(codes["profile"], OURS, matters=(Matter.PROFILES,)),
            "expired": consent(codes["expired"], OURS, expires_at=NOW),
            "later": consent(codes["later"], OURS, granted_at=NOW + 1),
            "revoked": consent(codes["revoked"], OURS),
            "again": consent(codes["again"], OURS),
        }
        consents = Consents(store)
        for each in given.values():
            consents.grant(each, "test")
        for name in ("revoked", "again"):
            consents.revoke(given[name], NOW - DAY, "test")
        consents.grant(consent(codes["again"], OURS), "test")
        found = {case.enterprise_id for case in cases_of(ledger.engine, OURS, NOW)}
        assert found == {codes["seen"], codes["again"]}
        earlier = {case.enterprise_id for case in cases_of(ledger.engine, OURS, NOW - 2 * DAY)}
        assert earlier == {codes["seen"], codes["again"], codes["revoked"], codes["expired"]}
    store.close()
