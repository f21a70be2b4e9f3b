"""Consents: which enterprise lets which bank see what, for what purpose and until when.

An append-only log of what was granted and what was revoked; whether a consent holds is read from
it. So it can be told at any later time why an answer was given.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from serving.access.principal import Principal
from serving.access.roles import Role
from serving.access.row_security import as_tenant, protect, rows_as_tenant
from serving.access.store import METADATA, Store
from serving.audit import log
from supervision.append_only import AppendOnly, number_column
from supervision.database import among, bound, placeholder

EVENT = sa.Table(
    "consent_event",
    METADATA,
    number_column(),
    sa.Column("event", sa.String(64), nullable=False, unique=True),
    sa.Column("consent_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("enterprise_id", sa.String(18), nullable=False),
    sa.Column("bank", sa.String(64), nullable=False, index=True),
    sa.Column("scope", sa.String(64), nullable=False),
    sa.Column("purpose", sa.String(32), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Index("consent_of", "enterprise_id", "bank"),
    sqlite_autoincrement=True,
)
"""One row for each grant and each revocation; ``event`` names it, so that none stands twice."""

GRANT, _REVOCATION = EVENT.alias("granted"), EVENT.alias("revoked")
_GIVEN = (
    sa.select(GRANT, _REVOCATION.c.at.label("revoked_at"))
    .outerjoin(_REVOCATION, _REVOCATION.c.event == GRANT.c.consent_id + "/revoked")
    .where(GRANT.c.kind == "granted")
)
_TO_BANK = (
    "SELECT granted.consent_id, granted.enterprise_id, granted.bank, granted.scope, "
    "granted.purpose, granted.at, granted.expires_at, revoked.at FROM consent_event AS granted "
    "LEFT JOIN consent_event AS revoked ON revoked.event = granted.consent_id || '/revoked' "
    "WHERE granted.kind = 'granted' AND granted.bank = {mark} AND {wanted} ORDER BY granted.number"
)
"""Consents to a bank: the question of every call, so it takes one round trip of PostgreSQL."""
_KEPT = AppendOnly(EVENT, "the log of consents", unique=("event", "number"), key=4_717_011)
_LISTED = 1_000


class Matter(StrEnum):
    """What of an enterprise a consent opens."""

    SCORES = "scores"
    PROFILES = "profiles"


class Purpose(StrEnum):
    """What a bank asks for."""

    CREDIT = "credit"
    MONITORING = "monitoring"


@dataclass(frozen=True)
class Consent:
    """One consent as it stands.

    Attributes
    ----------
    consent_id, enterprise_id, bank : str
    matters : tuple of Matter
    purpose : Purpose
    granted_at, expires_at : int
        UTC microseconds.
    revoked_at : int or None
    """

    consent_id: str
    enterprise_id: str
    bank: str
    matters: tuple[Matter, ...]
    purpose: Purpose
    granted_at: int
    expires_at: int
    revoked_at: int | None

    def holds(self, now: int) -> bool:
        """Whether it is granted, and neither expired nor revoked."""
        return self.granted_at <= now < self.expires_at and (
            self.revoked_at is None or now < self.revoked_at
        )


def prepare(connection: Connection) -> None:
    """Make the log append-only and put it behind the wall; make the audit log if it is missing."""
    _KEPT.create(connection)
    protect(
        connection,
        EVENT,
        "bank = {tenant} OR enterprise_id = {tenant}",
        written="enterprise_id = {tenant}",
    )
    log.KEPT.create(connection)


class Consents:
    """The log of consents.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def grant(self, consent: Consent, by: str) -> None:
        """Write a consent down; when this returns, it is on disk."""
        self._append(consent, "granted", consent.granted_at, by)

    def revoke(self, consent: Consent, now: int, by: str) -> None:
        """Take a consent back; it holds no more from now on. Twice is once."""
        try:
            self._append(consent, "revoked", now, by)
        except DBAPIError:
            # Somebody else revoked it between the reading and this; then it is done.
            found = self.find(consent.consent_id, consent.enterprise_id)
            if found is None or found.revoked_at is None:
                raise

    def _append(self, consent: Consent, kind: str, at: int, by: str) -> None:
        row = {
            "event": f"{consent.consent_id}/{kind}",
            "consent_id": consent.consent_id,
            "kind": kind,
            "enterprise_id": consent.enterprise_id,
            "bank": consent.bank,
            "scope": " ".join(consent.matters),
            "purpose": consent.purpose.value,
            "expires_at": consent.expires_at,
            "at": at,
            "by": by,
        }
        event = log.Event(
            action=f"consent-{kind}",
            subject=consent.consent_id,
            client_id=by,
            tenant=consent.enterprise_id,
            at=at,
            digest=log.digest_of(row),
        )
        with self._store.writing() as connection:
            log.append(connection, EVENT, row, consent.enterprise_id, event)

    def find(self, consent_id: str, wall: str | None) -> Consent | None:
        """Find a consent by its id, among those of a tenant; None for all."""
        query = _GIVEN.where(GRANT.c.consent_id == consent_id)
        if wall is not None:
            query = query.where(sa.or_(GRANT.c.bank == wall, GRANT.c.enterprise_id == wall))
        found = self._read(query, wall)
        return found[0] if found else None

    def listed(self, principal: Principal, enterprise_id: str | None) -> tuple[Consent, ...]:
        """Consents that a principal gave or was given, newest first, at most a thousand."""
        conditions = [] if principal.is_open else [_own(principal)]
        if enterprise_id is not None:
            conditions.append(GRANT.c.enterprise_id == enterprise_id)
        query = _GIVEN.where(*conditions).order_by(GRANT.c.number.desc()).limit(_LISTED)
        return self._read(query, principal.wall)

    def permitted(
        self,
        principal: Principal,
        enterprise_ids: Iterable[str],
        matter: Matter,
        purpose: Purpose | None,
        now: int,
    ) -> dict[str, str | None]:
        """Tell which enterprises a principal may see, and by which consent of theirs.

        Parameters
        ----------
        principal : Principal
        enterprise_ids : iterable of str
        matter : Matter
            What is wanted of them.
        purpose : Purpose or None
            None for whatever purpose.
        now : int
            UTC microseconds.

        Returns
        -------
        dict
            Consent's id by enterprise, the newest that holds; None where none is needed. An
            enterprise that may not be seen is absent.
        """
        wanted = set(enterprise_ids)
        if principal.is_open:
            return dict.fromkeys(wanted)
        if principal.role is Role.ENTERPRISE:
            return {principal.tenant: None} if principal.tenant in wanted else {}
        if principal.role not in (Role.BANK, Role.OFFICER):
            return {}
        return {
            consent.enterprise_id: consent.consent_id
            for consent in self._to_bank(principal, sorted(wanted))
            if consent.holds(now)
            and matter in consent.matters
            and purpose in (consent.purpose, None)
        }

    def _to_bank(self, principal: Principal, wanted: Sequence[str]) -> Iterator[Consent]:
        def question(connection: Connection) -> list[Any]:
            mark, column = placeholder(connection), "granted.enterprise_id"
            if len(wanted) == 1:  # found by its own index, however many consents the bank has
                sql = _TO_BANK.format(mark=mark, wanted=f"{column} = {mark}")
                values: tuple[object, ...] = (principal.tenant, wanted[0])
            else:
                sql = _TO_BANK.format(mark=mark, wanted=among(connection, column, "text"))
                values = (principal.tenant, bound(connection, wanted))
            return rows_as_tenant(connection, principal.wall, sql, values)

        for consent_id, enterprise_id, bank, scope, purpose, *times in self._store.ask(question):
            matters = tuple(map(Matter, scope.split()))
            yield Consent(consent_id, enterprise_id, bank, matters, Purpose(purpose), *times)

    def _read(self, query: sa.Select[Any], wall: str | None) -> tuple[Consent, ...]:
        with self._store.reading() as connection:
            as_tenant(connection, wall)
            return tuple(_consent(row) for row in connection.execute(query).mappings())


def _own(principal: Principal) -> sa.ColumnElement[bool]:
    column = GRANT.c.enterprise_id if principal.role is Role.ENTERPRISE else GRANT.c.bank
    return column == principal.tenant


def new_consent_id() -> str:
    """Make the id of a new consent."""
    return str(uuid.uuid4())


def _consent(row: sa.RowMapping) -> Consent:
    return Consent(
        consent_id=row["consent_id"],
        enterprise_id=row["enterprise_id"],
        bank=row["bank"],
        matters=tuple(Matter(word) for word in row["scope"].split()),
        purpose=Purpose(row["purpose"]),
        granted_at=row["at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
