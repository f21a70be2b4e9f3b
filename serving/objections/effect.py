"""What a fact does to the score: reckoned with it, and as if it had never come; nothing is kept."""

from dataclasses import replace

import orjson

from serving.objections.document import Effect, Scored
from serving.objections.facts import ReaderWithout
from serving.objections.objection import Fact
from serving.scores.asked import Asked, Placed
from serving.scores.document import ScoredAnswer
from serving.scores.scoring import Answered, Scorer
from serving.stopwatch import Stopwatch


def effect_of(scorer: Scorer, asked: Asked, fact: Fact) -> str:
    """Score an enterprise with a fact and without it, canonical JSON.

    Parameters
    ----------
    scorer : Scorer
    asked : Asked
        A request for the enterprise's score.
    fact : Fact
    """
    lacking = replace(scorer, reader=ReaderWithout(scorer.reader, fact.position))
    (having,) = scorer.reckon([asked], Stopwatch())
    entry = having.entry
    # What else is disputed stays so: it alone can cost a limit.
    disputed = tuple(other.position for other in having.answer.disputed_facts)
    placed = Placed(asked, entry.record_position, entry.enterprise_number, disputed)
    (missing,) = lacking.reckon_at([placed], Stopwatch())
    before, after = _scored(having), _scored(missing)
    points = None
    if before.score is not None and after.score is not None:
        points = before.score - after.score
    effect = Effect(
        as_of=having.answer.as_of,
        record_position=entry.record_position,
        model_hash=having.answer.model.hash,
        policy_hash=having.answer.policy.hash,
        with_fact=before,
        without_fact=after,
        points=points,
    )
    return orjson.dumps(effect.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode()


def _scored(answered: Answered) -> Scored:
    answer = answered.answer
    if isinstance(answer, ScoredAnswer):
        return Scored(
            status=answer.status,
            score=answer.score,
            grade=answer.grade,
            limit_fen=answer.limit.amount_fen,
        )
    return Scored(status=answer.status, score=None, grade=None, limit_fen=None)
