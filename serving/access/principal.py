"""Who asks, as a token proved it."""

from dataclasses import dataclass

from serving.access.roles import Role, Scope


@dataclass(frozen=True)
class Principal:
    """A client that proved who it is.

    Attributes
    ----------
    client_id : str
    role : Role or None
        None where the service stands open.
    tenant : str
        On whose behalf: a bank's name (of its officers, too), an enterprise's credit code, a
        provider's id; empty for an administrator.
    scopes : frozenset of Scope
        What this token allows, never more than the role does.
    """

    client_id: str
    role: Role | None
    tenant: str
    scopes: frozenset[Scope]

    @property
    def wall(self) -> str | None:
        """Tenant beyond whose rows the database shows nothing; None where all stands open."""
        return None if self.is_open else self.tenant

    @property
    def is_open(self) -> bool:
        """Whether nobody was asked who he is."""
        return self.role is None


OPEN = Principal("open", None, "open", frozenset(Scope))
"""Everybody, where the service stands open."""
