"""The bench on which plans are tried: an answer as it was reckoned, and reckoned anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.actions import Action
from serving import lending
from serving.console.what_if.goods import after
from serving.console.what_if.plan import Plan, changes
from serving.ledger import Entry
from serving.limit import Circumstances, Limit, limit
from serving.limits.need import Funding
from serving.policy import Policy
from serving.profiles.comparison import PeersFile
from serving.scores.asked import Placed
from serving.scores.grading import IN_FORCE, graded
from serving.scores.improvement import Change, Standing
from serving.scores.improvement_answer import standing_of, usual_among_peers
from serving.scores.scoring import Scorer
from training.model.bundle import Bundle
from training.model.points import rounded


@dataclass(frozen=True)
class Outcome:
    """What the model and the policy say after a plan.

    Attributes
    ----------
    score, score_micro : int
    grade : str
    pd : float
        Point in time.
    limit : Limit
    """

    score: int
    score_micro: int
    grade: str
    pd: float
    limit: Limit


@dataclass(frozen=True)
class Bench:
    """An answer on the bench.

    Attributes
    ----------
    bundle : Bundle
        The model that gave the score.
    policy : Policy
    standing : Standing
    values : mapping of str to float
        All features, by name.
    grounds : Circumstances
        What the limit rests on.
    funding : Funding or None
        What the lender said of the enterprise's funding.
    """

    bundle: Bundle
    policy: Policy
    standing: Standing
    values: Mapping[str, float]
    grounds: Circumstances
    funding: Funding | None

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a trader can do, as the model's catalogue declares it."""
        return tuple(self.bundle.catalogue.actions)

    def changes(self, plan: Plan) -> tuple[Change, ...]:
        """Facts that a plan changes."""
        return changes(self.standing, plan, self.actions)

    def touches(self, plan: Plan) -> bool:
        """Whether a plan changes anything that the limit rests on."""
        return self._grounds(plan, self.changes(plan)) != self.grounds

    def outcomes(self, plans: Sequence[Plan]) -> list[Outcome]:
        """What each plan leads to, scored in one go."""
        moved = [self.changes(plan) for plan in plans]
        scores = self.bundle.score(np.array([self.standing.after(own) for own in moved]))
        in_force = np.full(len(plans), self.values[IN_FORCE] > 0)
        grades = graded(scores, in_force, self.policy)
        shown = rounded(scores.score_micro).tolist()
        return [
            Outcome(
                score=shown[place],
                score_micro=int(scores.score_micro[place]),
                grade=grades.grade[place],
                pd=float(grades.pd[place]),
                limit=limit(
                    self._grounds(plan, moved[place]),
                    float(grades.pd[place]),
                    grades.lend[place],
                    self.policy,
                    self.funding,
                ),
            )
            for place, plan in enumerate(plans)
        ]

    def _grounds(self, plan: Plan, moved: Sequence[Change]) -> Circumstances:
        values = {**self.values, **{change.feature.name: change.target for change in moved}}
        controlled = lending.controlled(values)
        return after(replace(self.grounds, controlled=controlled), plan, moved)


def bench_of(entry: Entry, scorer: Scorer, placed: Placed, peers: PeersFile) -> Bench | None:
    """Put an answer on the bench; None where it has no score.

    Parameters
    ----------
    entry : Entry
    scorer : Scorer
        With the model and the policy of then.
    placed : Placed
        What was asked then, and at which position of the record.
    peers : PeersFile
    """
    case = scorer.case(placed)
    subject = case.subject
    if subject is None or entry.status != "scored":
        return None
    usual = usual_among_peers(scorer, subject, peers)
    grounds = lending.circumstances(
        scorer.record,
        subject.facts,
        subject.enterprise,
        subject.as_of,
        case.values,
        subject.disputed,
    )
    return Bench(
        scorer.bundle,
        scorer.policy,
        standing_of(scorer.bundle, case, subject, usual),
        case.values,
        grounds,
        placed.asked.request.funding,
    )
