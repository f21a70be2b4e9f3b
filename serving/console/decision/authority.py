"""Who may confirm an override, by the amount at stake: a part of the lender's policy."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from serving.limits.amounts import Fen, Terms


class AuthorityStep(Terms):
    """Who may be the second officer up to an amount.

    Attributes
    ----------
    up_to_fen : int or None
        The largest amount at stake; None for every amount.
    role : {"officer", "approver"}
        An approver may do what an officer may.
    officers : tuple of str
        Names of those who alone may, whatever their role; empty for all of the role.
    """

    up_to_fen: Fen | None = None
    role: Literal["officer", "approver"]
    officers: tuple[str, ...] = ()

    def admits(self, name: str, role: str) -> bool:
        """Whether an officer of that name and role may be the second one."""
        if self.officers:
            return name in self.officers
        return role == "approver" or role == self.role


def _rising(steps: tuple[AuthorityStep, ...]) -> tuple[AuthorityStep, ...]:
    for lower, higher in pairwise(step.up_to_fen for step in steps):
        if lower is None or (higher is not None and higher <= lower):
            raise ValueError(
                f"up_to_fen rises from step to step and only the last may lack it, found {lower} "
                f"before {higher}"
            )
    return steps


Authority = Annotated[tuple[AuthorityStep, ...], Field(min_length=1), AfterValidator(_rising)]
"""Steps from the smallest amount to the largest."""
USUAL: Authority = (
    AuthorityStep(up_to_fen=300_000_000, role="officer"),
    AuthorityStep(role="approver"),
)
"""Up to 3,000,000 CNY any second officer, above it a senior one."""


def authority_for(steps: Authority, fen: int) -> AuthorityStep | None:
    """The step that an amount falls into; None where the policy lets nobody confirm so much."""
    return next((s for s in steps if s.up_to_fen is None or fen <= s.up_to_fen), None)
