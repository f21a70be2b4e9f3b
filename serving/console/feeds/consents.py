"""Consents of all enterprises to all lenders, as the port's data officer sees them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from features.calendar import DAY
from serving.access.consents import EVENT
from serving.access.row_security import as_tenant
from serving.access.store import Store

SOON = 30 * DAY
"""How long before its end a consent counts as expiring, and after it as lately expired."""
AT_ONCE = 50
"""Consents of one page of the list."""
_GRANT, _REVOCATION = EVENT.alias("granted"), EVENT.alias("revoked")


class Standing(StrEnum):
    """How a consent stands."""

    EXPIRING = "expiring"
    HOLDS = "holds"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Given:
    """One consent.

    Attributes
    ----------
    enterprise_id, lender : str
    matters : tuple of str
    purpose : str
    granted_at, expires_at : int
        UTC microseconds.
    revoked_at : int or None
    standing : Standing
    """

    enterprise_id: str
    lender: str
    matters: tuple[str, ...]
    purpose: str
    granted_at: int
    expires_at: int
    revoked_at: int | None
    standing: Standing


@dataclass(frozen=True)
class Lender:
    """How many consents a lender was given, by how they stand."""

    name: str
    numbers: dict[str, int]


@dataclass(frozen=True)
class Wanted:
    """Which consents are asked for; what is empty does not matter."""

    enterprise: str = ""
    lender: str = ""
    standing: str = ""
    page: int = 1


@dataclass(frozen=True)
class Consented:
    """Consents that were asked for.

    Attributes
    ----------
    lines : tuple of Given
        One page of them: those that expire soon first by their end, others the newest first.
    found : int
        How many fit.
    pages : int
    lenders : tuple of Lender
        All lenders, by name.
    by_standing : dict of str to int
        Of all consents.
    """

    lines: tuple[Given, ...]
    found: int
    pages: int
    lenders: tuple[Lender, ...]
    by_standing: dict[str, int]


def consents_of(store: Store, wanted: Wanted, now: int) -> Consented:
    """Read consents as they stand at a time, UTC microseconds."""
    standing = _standing(now)
    given = sa.outerjoin(
        _GRANT, _REVOCATION, _REVOCATION.c.event == _GRANT.c.consent_id + "/revoked"
    )
    granted = _GRANT.c.kind == "granted"
    numbers = (
        sa.select(_GRANT.c.bank, standing, sa.func.count())
        .select_from(given)
        .where(granted)
        .group_by(sa.text("1"), sa.text("2"))  # PostgreSQL takes two bound cases for two
    )
    fitting = [granted, *_conditions(wanted, standing)]
    found = sa.select(sa.func.count()).select_from(given).where(*fitting)
    soonest = wanted.standing == Standing.EXPIRING
    order = _GRANT.c.expires_at if soonest else _GRANT.c.number.desc()
    lines = (
        sa.select(_GRANT, _REVOCATION.c.at.label("revoked_at"), standing.label("standing"))
        .select_from(given)
        .where(*fitting)
        .order_by(order)
        .limit(AT_ONCE)
        .offset((wanted.page - 1) * AT_ONCE)
    )
    with store.reading() as connection:
        as_tenant(connection, None)
        counted = connection.execute(numbers).all()
        many = int(connection.execute(found).scalar_one())
        rows = tuple(_given(row) for row in connection.execute(lines).mappings())
    by_lender: dict[str, dict[str, int]] = {}
    by_standing = dict.fromkeys(map(str, Standing), 0)
    for bank, state, number in counted:
        by_lender.setdefault(bank, dict.fromkeys(map(str, Standing), 0))[state] = number
        by_standing[state] += number
    lenders = tuple(Lender(name, by_lender[name]) for name in sorted(by_lender))
    return Consented(rows, many, max(1, -(-many // AT_ONCE)), lenders, by_standing)


def _standing(now: int) -> sa.Case[str]:
    """How a consent stands, in SQL."""
    return sa.case(
        (_REVOCATION.c.at <= now, Standing.REVOKED.value),
        (_GRANT.c.expires_at <= now, Standing.EXPIRED.value),
        (_GRANT.c.expires_at <= now + SOON, Standing.EXPIRING.value),
        else_=Standing.HOLDS.value,
    )


def _conditions(wanted: Wanted, standing: sa.Case[str]) -> list[sa.ColumnElement[bool]]:
    if not (wanted.enterprise + wanted.lender).isprintable():
        return [sa.false()]  # PostgreSQL refuses to look for some signs
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.enterprise:
        conditions.append(_GRANT.c.enterprise_id.contains(wanted.enterprise, autoescape=True))
    if wanted.lender:
        conditions.append(_GRANT.c.bank == wanted.lender)
    if wanted.standing:
        conditions.append(standing == wanted.standing)
    return conditions


def _given(row: sa.RowMapping) -> Given:
    told: dict[str, Any] = dict(row)
    return Given(
        enterprise_id=told["enterprise_id"],
        lender=told["bank"],
        matters=tuple(told["scope"].split()),
        purpose=told["purpose"],
        granted_at=told["at"],
        expires_at=told["expires_at"],
        revoked_at=told["revoked_at"],
        standing=Standing(told["standing"]),
    )
