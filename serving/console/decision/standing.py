"""Where the decision about a score stands, and what an officer may do about it now."""

from collections.abc import Iterable
from dataclasses import dataclass

from serving.console.decision.act import ENDING, OPENING, Act, Step
from serving.console.decision.authority import Authority, AuthorityStep, authority_for


@dataclass(frozen=True)
class Standing:
    """Where the decision about one score stands.

    Attributes
    ----------
    steps : tuple of Step
        All acts about it, the oldest first.
    waiting : Step or None
        The override that waits for a second officer.
    holds : Step or None
        What was decided last: that the score was agreed with, or an override that was confirmed.
    second : Step or None
        By which it was confirmed.
    """

    steps: tuple[Step, ...]
    waiting: Step | None = None
    holds: Step | None = None
    second: Step | None = None

    @property
    def place(self) -> int:
        """Where the next act stands."""
        return len(self.steps)

    def after(self, step: Step) -> "Standing":
        """The standing after one more act."""
        steps = (*self.steps, step)
        if step.act is Act.AGREED:
            return Standing(steps, None, step, None)
        if step.act is Act.PROPOSED:
            return Standing(steps, step, self.holds, self.second)
        if step.act is Act.CONFIRMED:
            return Standing(steps, None, self.waiting, step)
        waiting = None if step.act in ENDING else self.waiting
        return Standing(steps, waiting, self.holds, self.second)


def standing_of(steps: Iterable[Step], score_id: str) -> Standing:
    """Where the decision about a score stands, by the acts about its enterprise, oldest first."""
    found = Standing(())
    for step in steps:
        if step.score_id == score_id:
            found = found.after(step)
    return found


@dataclass(frozen=True)
class Actor:
    """Who would act."""

    name: str
    role: str


def permitted(
    standing: Standing, actor: Actor, authority: Authority, *, newest: bool, scored: bool
) -> frozenset[Act]:
    """What an officer may do now.

    Parameters
    ----------
    standing : Standing
    actor : Actor
    authority : tuple of AuthorityStep
        Of the lender's policy.
    newest : bool
        Whether no newer score of the enterprise stands: an earlier one is decided no more.
    scored : bool
        Whether there is a score; else too little was known, and there is nothing to override.
    """
    waiting = standing.waiting
    if waiting is None:
        if not newest:
            return frozenset()
        return OPENING if scored else frozenset((Act.AGREED, Act.DOCUMENTS))
    if actor.name == waiting.by:
        return frozenset((Act.WITHDRAWN,))
    step = required(waiting, authority)
    if step is None or not step.admits(actor.name, actor.role):
        return frozenset()
    return frozenset((Act.CONFIRMED, Act.REFUSED)) if newest else frozenset((Act.REFUSED,))


def required(proposal: Step, authority: Authority) -> AuthorityStep | None:
    """Who may confirm a proposal, by the policy that is in force now."""
    return authority_for(authority, proposal.stake_fen or 0)
