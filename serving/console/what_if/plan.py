"""A plan: how far each action is gone, and what facts are then changed to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from features.actions import Action
from serving.scores.improvement import Change, Standing, best

WHOLE = 100
STEP = 25
_COUNTED = frozenset(("days", "count", "months", "fen"))
"""Units of which there are no parts."""


@dataclass(frozen=True)
class Plan:
    """Some actions, each with how far it is gone.

    Attributes
    ----------
    shares : mapping of str to int
        By the action's code, percent of the way to what is plausible: 25, 50, 75 or 100.
    """

    shares: Mapping[str, int]

    def share(self, code: str) -> int:
        """How far an action is gone; 0 where it is not in the plan."""
        return self.shares.get(code, 0)

    @classmethod
    def alone(cls, action: Action) -> "Plan":
        """One action gone all the way."""
        return cls({action.code: WHOLE})


def plan_of(query: Mapping[str, str], actions: Iterable[Action]) -> Plan:
    """Read a plan from an address; what is no step of an action that there is counts nothing."""
    steps = {str(share): share for share in range(STEP, WHOLE + 1, STEP)}
    stated = ((action.code, query.get(action.code, "")) for action in actions)
    return Plan({code: steps[text] for code, text in stated if text in steps})


def changes(standing: Standing, plan: Plan, actions: Sequence[Action]) -> tuple[Change, ...]:
    """What a plan changes: each fact by the action that helps it most.

    Never further than the actions go: between the fact as it is and what is plausible.
    """
    return best(
        _gone(standing.change(move), plan.share(action.code))
        for action in actions
        if plan.share(action.code)
        for move in action.moves
    )


def _gone(change: Change | None, share: int) -> Change | None:
    """A change gone part of the way; None where that does not move it."""
    if change is None or share == WHOLE:
        return change
    value, target = change.value, change.target
    reached = value + (target - value) * share / WHOLE
    if change.feature.unit in _COUNTED:
        reached = float(round(reached))
    reached = min(max(reached, min(value, target)), max(value, target))
    return None if reached == value else replace(change, target=reached)
