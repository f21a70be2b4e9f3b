"""The console to try: a lender's borrowers scored at past month ends, and officers to sign in.

The scores are made by the service's own code, logged and audited like any other; only their
as-of lies in the past.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from features.calendar import month_ends
from serving.access.consents import Consent, Consents, Matter, Purpose, new_consent_id
from serving.access.store import Store
from serving.console.officers.officer import Officer
from serving.console.officers.role import PORT, OfficerRole
from serving.console.officers.roster import Roster
from serving.console.officers.sessions import Sessions
from serving.ledger import SCORE
from serving.rooms import Rooms
from serving.scores.asked import Asked, Asker
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch
from supervision.contract.columns import column
from supervision.errors import UsageError
from supervision.tables import FACTS, NAME

_YEAR = 365 * 86_400_000_000
OFFICERS = (
    ("chen.jing", "陈静", OfficerRole.OFFICER),
    ("wang.min", "王敏", OfficerRole.APPROVER),
    ("zhou.tao", "周涛", OfficerRole.DATA),
    ("liu.yan", "刘岩", OfficerRole.MODEL),
)
"""Made-up people, one a role."""


@dataclass(frozen=True)
class Wanted:
    """How much is to be shown.

    Attributes
    ----------
    tenant : str
        The lender, as it names itself in its own reports.
    enterprises : int
        Of those that had a facility with it.
    first, last : str
        Months, YYYY-MM, at whose ends they are scored.
    """

    tenant: str
    enterprises: int
    first: str
    last: str


def fill(
    rooms: Rooms, store: Store, wanted: Wanted, now: int, tell: Callable[[int, int], None]
) -> tuple[int, str]:
    """Add the officers, let enterprises consent, and score them; what is there is not made again.

    In this order: warnings are raised for lenders that have officers.

    Parameters
    ----------
    rooms : Rooms
    store : Store
    wanted : Wanted
    now : int
        UTC microseconds.
    tell : callable
        Called with the months done and all.

    Returns
    -------
    tuple of int and str
        Number of scores, and the officers' password.

    Raises
    ------
    UsageError
        If nobody had a facility with that lender.
    """
    codes = borrowers(rooms, wanted.tenant)
    chosen = codes[:: max(1, len(codes) // wanted.enterprises)][: wanted.enterprises]
    password = _officers(store, wanted.tenant, now)
    given = _consents(Consents(store), chosen, wanted.tenant, now)
    ends = [int(end) for end in month_ends(wanted.first, wanted.last)]
    asker = Asker("console-demonstration", wanted.tenant)
    there, number = _scored(rooms, wanted.tenant), 0
    for done, end in enumerate(ends, 1):
        asked = [
            Asked.of(ScoreRequest(enterprise_id=code), now, end, asker, given[code])
            for code in chosen
            if (code, end) not in there
        ]
        answered = rooms.scorer().reckon(asked, Stopwatch())
        rooms.ledger().append(*(one.entry for one in answered))
        number += len(answered)
        tell(done, len(ends))
    return number, password


def borrowers(rooms: Rooms, lender: str) -> Sequence[str]:
    """Credit codes of all that ever had a facility with a lender, sorted."""
    record, table = rooms.record(), FACTS["financing"]
    number = record.number_of([lender]).get(lender)
    kind = column("financing", "kind").code("facility")
    query = (
        sa.select(NAME.c.text)
        .join(table, table.c.enterprise_id == NAME.c.number)
        .where(table.c.lender == number, table.c.kind == kind)
        .distinct()
        .order_by(NAME.c.text)
    )
    with record.engine.connect() as connection:
        found = connection.execute(query).scalars().all()
    if not found:
        raise UsageError(
            f"expected a lender that reported a facility, found none by {lender!r:.60}; name one "
            "of the record's, as BANK-03 in the demonstration's"
        )
    return found


def _scored(rooms: Rooms, tenant: str) -> set[tuple[str, int]]:
    """Enterprises that were scored for a lender, each with the as-of."""
    query = sa.select(SCORE.c.enterprise_id, SCORE.c.as_of).where(SCORE.c.tenant == tenant)
    with rooms.ledger().engine.connect() as connection:
        return {(code, as_of) for code, as_of in connection.execute(query)}


def _consents(consents: Consents, codes: Sequence[str], tenant: str, now: int) -> dict[str, str]:
    officer = Officer("console-demonstration", "", tenant, OfficerRole.OFFICER, now)
    held = consents.permitted(officer.principal, codes, Matter.SCORES, Purpose.CREDIT, now)
    found = {code: consent_id for code, consent_id in held.items() if consent_id is not None}
    for code in codes:
        if code in found:
            continue
        consent_id = new_consent_id()
        matters = (Matter.SCORES, Matter.PROFILES)
        purpose = Purpose.CREDIT
        consent = Consent(consent_id, code, tenant, matters, purpose, now, now + _YEAR, None)
        consents.grant(consent, "console-demonstration")
        found[code] = consent_id
    return found


def _officers(store: Store, tenant: str, now: int) -> str:
    """Add the officers, or give them a new password; it is the same for all."""
    roster, sessions, password = Roster(store), Sessions(store), secrets.token_urlsafe(12)
    for name, called, role in OFFICERS:
        if roster.find(name) is None:
            of = PORT if role is OfficerRole.DATA else tenant
            roster.add(Officer(name, called, of, role, now), password)
        else:
            roster.reset(name, password, now)
            sessions.close_all(name)
    return password
