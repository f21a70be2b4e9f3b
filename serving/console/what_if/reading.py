"""What the what-if page shows: levers, the plan that they are set to, and what comes of it."""

from dataclasses import dataclass

from features.actions import Action
from serving.console.what_if.bench import Bench, Outcome
from serving.console.what_if.plan import Plan
from serving.scores.improvement import Change


@dataclass(frozen=True)
class Lever:
    """One action, as the page offers it.

    Attributes
    ----------
    action : Action
    share : int
        How far the plan goes, percent.
    points : int
        That it gains by itself, gone all the way.
    limit_fen : int
        That the limit gains by it.
    """

    action: Action
    share: int
    points: int
    limit_fen: int

    @property
    def gains(self) -> bool:
        """Whether it moves the score or the limit by itself."""
        return bool(self.points or self.limit_fen)


@dataclass(frozen=True)
class WhatIf:
    """All that the page shows.

    Attributes
    ----------
    levers : tuple of Lever
        What gains most first.
    plan : Plan
    now, then : Outcome
        As things are, and after the plan.
    changes : tuple of Change
        Facts that the plan changes.
    """

    levers: tuple[Lever, ...]
    plan: Plan
    now: Outcome
    then: Outcome
    changes: tuple[Change, ...]

    @property
    def told(self) -> dict[str, object]:
        """What the audit log keeps of it."""
        return {
            "plan": dict(self.plan.shares),
            "score": self.then.score,
            "grade": self.then.grade,
            "limit_fen": self.then.limit.amount,
        }


def what_if(bench: Bench, plan: Plan) -> WhatIf:
    """Try a plan, and each action by itself."""
    possible = [action for action in bench.actions if _can(bench, action)]
    now, then, *alone = bench.outcomes([Plan({}), plan, *map(Plan.alone, possible)])
    levers = [
        Lever(
            action,
            plan.share(action.code),
            outcome.score - now.score,
            outcome.limit.amount - now.limit.amount,
        )
        for action, outcome in zip(possible, alone, strict=True)
    ]
    levers.sort(key=lambda lever: (-lever.points, -lever.limit_fen))
    return WhatIf(tuple(levers), plan, now, then, bench.changes(plan))


def _can(bench: Bench, action: Action) -> bool:
    """Whether an action would change anything that is known of the enterprise."""
    alone = Plan.alone(action)
    return bool(bench.changes(alone)) or bench.touches(alone)
