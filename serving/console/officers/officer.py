"""An officer, as the roster keeps one."""

import re
from dataclasses import dataclass

from serving.access.principal import Principal
from serving.access.roles import SCOPES, Role
from serving.console.officers.role import DATA, PORT, OfficerRole
from supervision.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,47}")


@dataclass(frozen=True)
class Officer:
    """One who may sign in.

    Attributes
    ----------
    name : str
        With which one signs in.
    called : str
        As the pages show it.
    tenant : str
        The lender on whose behalf; the port's own name for its data and model officers.
    role : OfficerRole
    added_at : int
        UTC microseconds.
    disabled_at : int or None
    """

    name: str
    called: str
    tenant: str
    role: OfficerRole
    added_at: int
    disabled_at: int | None = None

    @property
    def principal(self) -> Principal:
        """Whom the gate of the interface would see: an officer of that bank."""
        return Principal(f"console:{self.name}", Role.OFFICER, self.tenant, SCOPES[Role.OFFICER])

    def may(self, roles: frozenset[OfficerRole]) -> bool:
        """Whether one may open what stands open to some roles; feeds, only as one of the port's.

        They name all lenders, so no lender's officer opens them, whatever his role.
        """
        return self.role in roles and (roles != DATA or self.tenant == PORT)


def checked_name(name: str) -> str:
    """Return a name that an officer can have.

    Raises
    ------
    UsageError
        If it cannot.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "expected an officer's name of lower-case letters, digits, points and hyphens, at "
            f"most 48, found {name!r:.60}; try li.wei"
        )
    return name
