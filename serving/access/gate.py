"""The gate that a route asks which enterprises its caller may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool

from serving.access.consents import Matter, Purpose
from serving.access.denials import Denial
from serving.access.door import Door
from serving.access.errors import TooMuch
from serving.access.principal import Principal
from serving.errors import NotFound


@dataclass(frozen=True)
class Gate:
    """Who asks, and what for.

    Attributes
    ----------
    door : Door
    principal : Principal
    purpose : Purpose
    now : int
        UTC microseconds.
    operation : str
        Method and path's template of the call; empty where there is none.
    """

    door: Door
    principal: Principal
    purpose: Purpose
    now: int
    operation: str = ""

    def permitted(self, enterprise_ids: Iterable[str], matter: Matter) -> dict[str, str | None]:
        """Tell which enterprises the caller may see, and by which consent; others are absent."""
        return self._permitted(enterprise_ids, matter, self.purpose)

    def _permitted(
        self, enterprise_ids: Iterable[str], matter: Matter, purpose: Purpose | None
    ) -> dict[str, str | None]:
        if self.principal.is_open:
            return dict.fromkeys(enterprise_ids)
        wanted, who = set(enterprise_ids), self.principal
        found = self.door.lock().consents.permitted(who, wanted, matter, purpose, self.now)
        if unseen := len(wanted) - len(found):
            denial = Denial("no-consent", self.operation, who.client_id, who.tenant)
            self.door.denials.note(denial, unseen)
        return found

    def consent(self, enterprise_id: str, matter: Matter) -> str | None:
        """Return the id of the consent by which the caller sees an enterprise, if one is needed.

        Raises
        ------
        NotFound
            If it may not: the same as for an enterprise that nobody has heard of.
        """
        found = self.permitted([enterprise_id], matter)
        if enterprise_id not in found:
            raise self.unseen(enterprise_id)
        return found[enterprise_id]

    def unseen(self, enterprise_id: str) -> NotFound:
        """The problem of an enterprise that is not there, or not for this caller."""
        return NotFound(
            "no-such-enterprise",
            "an enterprise that consented to this bank, scope and purpose",
            f"none of the code {enterprise_id[:18]}",
            "check the code, or ask the enterprise for its consent",
        )

    def kept(self, enterprise_id: str, tenant: str, matter: Matter, missing: NotFound) -> None:
        """See that a kept answer is the caller's own, and that the enterprise still consents.

        Whatever the purpose it once was given for.

        Raises
        ------
        NotFound
            ``missing``, the problem of an answer that never was.
        """
        if self.principal.is_open:
            return
        seen = self._permitted([enterprise_id], matter, None)
        if enterprise_id not in seen or tenant != self.principal.tenant:
            raise missing

    def charge(self, rows: int) -> None:
        """Count the rows of a batch.

        Raises
        ------
        TooMuch
            If they are more than one call may carry.
        TooManyCalls
            If the client has asked too much.
        """
        most = self.door.settings.batch_rows
        if rows > most:
            raise TooMuch(f"at most {most} rows", str(rows), "send several batches")
        self.door.charge(self.principal, rows)


async def guard(request: Request) -> None:
    """Let a request in, before anything else is looked at; attached to the whole application."""
    door = cast(Door, request.state.door)
    path = getattr(request.scope.get("route"), "path", "")
    shown = request.headers.get("authorization")
    principal = door.admit_known(request.method, path, shown)
    if principal is None:
        principal = await run_in_threadpool(door.admit, request.method, path, shown)
    request.state.principal = principal


PurposeHeader = Annotated[
    Purpose,
    Header(alias="Cargoworthy-Purpose", description="what is asked for; the consent names it"),
]


def gate_of(request: Request, purpose: Purpose) -> Gate:
    """The gate of a request that was let in."""
    path = getattr(request.scope.get("route"), "path", "")
    state = request.state
    principal, door = cast(Principal, state.principal), cast(Door, state.door)
    return Gate(door, principal, purpose, state.clock(), f"{request.method} {path}")


async def _gate(request: Request, purpose: PurposeHeader = Purpose.CREDIT) -> Gate:
    return gate_of(request, purpose)


GateHere = Annotated[Gate, Depends(_gate)]
