"""What a caller sees of an objection, and whether he may settle it.

An enterprise and whoever reported the fact see all of it; so does the port's administrator, who
settles what a provider does not. A bank that the enterprise consented to sees that a fact is
disputed and how that ended, not what was said. All others see nothing.
"""

from collections.abc import Iterable
from enum import Enum

from serving.access.consents import Matter
from serving.access.gate import Gate
from serving.access.principal import Principal
from serving.access.roles import Role
from serving.objections.objection import Objection


class Sight(Enum):
    """How much of an objection is told."""

    WHOLE = "whole"
    MARK = "mark"


def sights(gate: Gate, objections: Iterable[Objection]) -> dict[str, Sight]:
    """How much the caller sees of each, by its id; those of which he sees nothing are absent."""
    found = list(objections)
    consented: set[str] = set()
    if gate.principal.role in (Role.BANK, Role.OFFICER):
        about = {one.fact.enterprise_id for one in found}
        consented = set(gate.permitted(about, Matter.SCORES))
    return {
        one.objection_id: Sight.WHOLE if _is_party(gate.principal, one) else Sight.MARK
        for one in found
        if _is_party(gate.principal, one) or one.fact.enterprise_id in consented
    }


def may_settle(principal: Principal, objection: Objection) -> bool:
    """Whether the caller may settle it: who reported the fact, or the administrator."""
    if principal.role is Role.ENTERPRISE:
        return False
    return _is_party(principal, objection)


def wall_of(principal: Principal) -> str | None:
    """Tenant behind whose wall the log is read; None for those who are no party to any row.

    A bank's rows are those that it reported; that it may see another's mark, the consents say.
    """
    if principal.role in (Role.ENTERPRISE, Role.PROVIDER):
        return principal.tenant
    return None


def sees_effect(principal: Principal) -> bool:
    """Whether the caller is told the score with and without the fact."""
    return principal.is_open or principal.role is Role.ENTERPRISE


def _is_party(principal: Principal, objection: Objection) -> bool:
    if principal.is_open or principal.role is Role.ADMINISTRATOR:
        return True
    fact = objection.fact
    if principal.role is Role.ENTERPRISE:
        return principal.tenant == fact.enterprise_id
    return principal.tenant == fact.provider_id
