"""What would raise the grade of an answer that stands in the ledger."""

from collections.abc import Mapping

import numpy as np

from features.catalogue import CATALOGUE
from features.peers.membership import peer_group
from serving.errors import Conflict
from serving.instants import text_of
from serving.language import Language
from serving.ledger import Entry
from serving.policy import DEFAULTED
from serving.profiles.comparison import PeersFile
from serving.profiles.place import told_quartiles
from serving.scores.asked import Placed
from serving.scores.case import Case
from serving.scores.grading import IN_FORCE, graded
from serving.scores.improvement import Standing, prospect
from serving.scores.improvement_document import ImprovementsAnswer
from serving.scores.improvement_telling import Teller
from serving.scores.reasons import Subject, withheld
from serving.scores.scoring import Scorer
from training.model.bundle import Bundle, Scores

_MEDIAN = 1


def improvements(
    entry: Entry, scorer: Scorer, placed: Placed, peers: PeersFile, language: Language
) -> ImprovementsAnswer:
    """What would raise the grade of an answer that stands in the ledger.

    Raises
    ------
    Conflict
        If it has no score.
    """
    case = scorer.case(placed)
    subject = case.subject
    if subject is None or entry.status != "scored":
        raise Conflict(
            "not-scored",
            "an answer with a score",
            f"one of status {entry.status}",
            "see its causes and cures: they say what would make a score possible",
        )
    bundle, policy = scorer.bundle, scorer.policy
    grades = (*(grade.name for grade in policy.grades), DEFAULTED)
    in_default = case.values[IN_FORCE] > 0

    def grader(scores: Scores) -> tuple[int, ...]:
        in_force = np.full(len(scores.pd), in_default)
        return tuple(grades.index(grade) for grade in graded(scores, in_force, policy).grade)

    usual = usual_among_peers(scorer, subject, peers)
    standing = standing_of(bundle, case, subject, usual)
    found = prospect(bundle, bundle.catalogue.actions, standing, grader)
    teller = Teller(grades, language)
    better = None if in_default or not found.now.grade else grades[found.now.grade - 1]
    return ImprovementsAnswer(
        score_id=entry.score_id,
        enterprise_id=entry.enterprise_id,
        as_of=text_of(entry.as_of),
        language=language,
        score=found.now.score,
        grade=grades[found.now.grade],
        next_grade=better,
        usual_from="peers" if usual else "model",
        improvements=tuple(teller.each(one) for one in found.each),
        step=teller.joint(found.step),
        most=teller.joint(found.most),
        text=teller.whole(found, in_default=in_default),
    )


def standing_of(
    bundle: Bundle, case: Case, subject: Subject, usual: Mapping[str, float]
) -> Standing:
    """Where an enterprise stands among what its model looks at.

    Parameters
    ----------
    bundle : Bundle
    case : Case
    subject : Subject
        Of the case.
    usual : mapping of str to float
        Among peers; see :func:`usual_among_peers`.
    """
    declared = bundle.catalogue.by_name
    features = tuple(declared[name] for name in bundle.features)
    # What is usual of an amount depends on the size, so that only peers can tell it.
    anywhere = {n: v for n, v in bundle.usual.items() if declared[n].unit != "fen"}
    return Standing(
        features,
        np.array([case.values[feature.name] for feature in features]),
        {**anywhere, **usual},
        frozenset(feature.name for feature in features if withheld(subject, feature)),
    )


def usual_among_peers(scorer: Scorer, subject: Subject, peers: PeersFile) -> dict[str, float]:
    """Medians of the enterprise's peers as of then, to three digits; none where none are known."""
    record = scorer.record
    known = peers.at(record.identity(), subject.as_of).peers
    if known is None or known.catalogue_hash != scorer.bundle.catalogue_hash:
        return {}
    group = peer_group(record, subject.facts, subject.enterprise, subject.as_of)
    found = ((name, known.spread(group, name)) for name in CATALOGUE.by_name)
    return {n: told_quartiles(s[1])[_MEDIAN] for n, s in found if s is not None}
