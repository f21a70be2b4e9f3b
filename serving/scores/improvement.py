"""What would raise the grade: what a trader can do, and what the model would then say.

Each action moves its features the way that helps, all at once and no further than is plausible
(:mod:`features.actions`); the model scores the changed row anew. The model is monotone in these
features, so nothing that is suggested can lower the score. All else is left as it is, so what an
action would bring along elsewhere is not counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.actions import Action, Move
from features.feature import Feature
from training.model.bundle import Bundle, Scores
from training.model.points import rounded
from training.model.scale import Floats

Grader = Callable[[Scores], tuple[int, ...]]
"""Places of the grades of some scores on the lender's scale, from 0, the best."""


@dataclass(frozen=True)
class Change:
    """A feature, its value, and the value that an action would give it."""

    feature: Feature
    value: float
    target: float


@dataclass(frozen=True)
class Outlook:
    """A score, and the place of its grade on the lender's scale."""

    score: int
    grade: int


@dataclass(frozen=True)
class Improvement:
    """One action: what it changes, and what the score would be.

    Attributes
    ----------
    action : Action
    changes : tuple of Change
    points : int
        That it gains by itself: the score displayed then, less the one displayed now.
    outlook : Outlook
    """

    action: Action
    changes: tuple[Change, ...]
    points: int
    outlook: Outlook


@dataclass(frozen=True)
class Joint:
    """Several actions at once."""

    actions: tuple[Action, ...]
    points: int
    outlook: Outlook


@dataclass(frozen=True)
class Prospect:
    """What an enterprise can do for its score.

    Attributes
    ----------
    now : Outlook
    each : tuple of Improvement
        Actions that gain a point or more, what gains most first.
    step : Joint or None
        Few actions that reach a better grade together, none of which could be left out; None
        where all of them together do not.
    most : Joint or None
        All actions that gain anything, together; None where none does.
    """

    now: Outlook
    each: tuple[Improvement, ...]
    step: Joint | None
    most: Joint | None


@dataclass(frozen=True)
class Standing:
    """Where an enterprise stands, and what is usual.

    Attributes
    ----------
    features : tuple of Feature
        Of the model, in its order.
    values : float64 [f]
        NaN is missing: what is not known cannot be improved.
    usual : mapping of str to float
        By the feature's name.
    hidden : frozenset of str
        Features of which nothing may be told.
    """

    features: tuple[Feature, ...]
    values: Floats
    usual: Mapping[str, float]
    hidden: frozenset[str] = frozenset()

    def change(self, move: Move) -> Change | None:
        """What a move changes; None where it would not help."""
        place = next((i for i, f in enumerate(self.features) if f.name == move.feature), None)
        if place is None or move.feature in self.hidden:
            return None
        feature, value = self.features[place], float(self.values[place])
        target = self._target(move, value)
        if target is None or not (target - value) * feature.direction < 0:
            return None
        return Change(feature, value, target)

    def _target(self, move: Move, value: float) -> float | None:
        if move.reach == "usual":
            return self.usual.get(move.feature)
        return move.value if move.reach == "to" else value + move.value

    def changes(self, actions: Sequence[Action]) -> tuple[Change, ...]:
        """What some actions change together: each feature by the one that helps it most."""
        return best(self.change(move) for action in actions for move in action.moves)

    def row(self, actions: Sequence[Action]) -> Floats:
        """Values after some actions, float64 [f]."""
        return self.after(self.changes(actions))

    def after(self, changes: Iterable[Change]) -> Floats:
        """Values after some changes, float64 [f]."""
        places = {feature.name: place for place, feature in enumerate(self.features)}
        row = self.values.copy()
        for change in changes:
            row[places[change.feature.name]] = change.target
        return row


def best(changes: Iterable[Change | None]) -> tuple[Change, ...]:
    """Of all changes of one feature the one that helps it most; None changes nothing."""
    found: dict[str, Change] = {}
    for change in changes:
        if change is None:
            continue
        known = found.get(change.feature.name)
        if known is None or (change.target - known.target) * change.feature.direction < 0:
            found[change.feature.name] = change
    return tuple(found.values())


@dataclass(frozen=True)
class _Model:
    """What the model says of an enterprise after some actions."""

    bundle: Bundle
    grader: Grader
    standing: Standing

    def outlooks(self, plans: Sequence[Sequence[Action]]) -> list[tuple[int, Outlook]]:
        """Micro-points and outlook of each plan, in one go."""
        scores = self.bundle.score(np.array([self.standing.row(plan) for plan in plans]))
        shown = rounded(scores.score_micro).tolist()
        found = zip(scores.score_micro.tolist(), shown, self.grader(scores), strict=True)
        return [(micro, Outlook(score, grade)) for micro, score, grade in found]


def prospect(
    bundle: Bundle, actions: Sequence[Action], standing: Standing, grader: Grader
) -> Prospect:
    """Find what would raise a score and its grade.

    Parameters
    ----------
    bundle : Bundle
    actions : sequence of Action
    standing : Standing
    grader : callable
    """
    model = _Model(bundle, grader, standing)
    possible = [action for action in actions if standing.changes([action])]
    (base, now), *alone = model.outlooks([(), *([action] for action in possible)])
    gaining = [
        (micro - base, action, outlook)
        for action, (micro, outlook) in zip(possible, alone, strict=True)
        if micro > base
    ]
    gaining.sort(key=lambda one: -one[0])
    each = tuple(
        Improvement(action, standing.changes([action]), outlook.score - now.score, outlook)
        for _, action, outlook in gaining
        if outlook.score > now.score
    )
    useful = [action for _, action, _ in gaining]
    if not useful:
        return Prospect(now, (), None, None)
    ((_, best),) = model.outlooks([useful])
    most = Joint(tuple(useful), best.score - now.score, best)
    step = _step(model, useful, now) if best.grade < now.grade else None
    return Prospect(now, each, step, most)


def _step(model: _Model, useful: Sequence[Action], now: Outlook) -> Joint:
    """Actions that reach a better grade: what gains most next, then without what is not needed."""
    chosen: list[Action] = []
    reached = now
    while reached.grade >= now.grade:
        left = [action for action in useful if action not in chosen]
        found = model.outlooks([[*chosen, action] for action in left])
        best = max(range(len(left)), key=lambda place: found[place][0])
        chosen.append(left[best])
        reached = found[best][1]
    for action in [*chosen]:
        fewer = [one for one in chosen if one is not action]
        if fewer and (outlook := model.outlooks([fewer])[0][1]).grade < now.grade:
            chosen, reached = fewer, outlook
    return Joint(tuple(chosen), reached.score - now.score, reached)
