"""What would raise the grade of an answer, by what the trader can do."""

from serving.console.case.answers import Answer
from serving.console.language import Language
from serving.errors import Declined
from serving.rooms import Rooms
from serving.scores.improvement_answer import improvements
from serving.scores.improvement_document import ImprovementsAnswer
from serving.scores.replay import Stores, recovered


def improvements_of(
    rooms: Rooms, shown: Answer, tenant: str, language: Language
) -> ImprovementsAnswer | None:
    """Tell what would raise the grade, as the model of then says.

    None where there is no score, or the model of then is kept no longer.
    """
    entry = rooms.ledger().entry(shown.score_id, tenant) if shown.is_scored else None
    if entry is None:
        return None
    try:
        scorer, placed = recovered(entry, Stores.of(rooms))
        return improvements(entry, scorer, placed, rooms.peers, language)
    except Declined:
        return None
