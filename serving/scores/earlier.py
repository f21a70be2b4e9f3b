"""An earlier answer by its score_id, for whoever may see it."""

from typing import Annotated

from fastapi import Path

from serving.access.consents import Matter
from serving.access.gate import Gate
from serving.entry import Entry
from serving.errors import NotFound
from serving.rooms import Rooms

ScoreId = Annotated[str, Path(description="score_id of an earlier answer")]


def earlier(score_id: str, rooms: Rooms, gate: Gate) -> Entry:
    """Find an earlier answer in the log.

    Parameters
    ----------
    score_id : str
    rooms : Rooms
    gate : Gate
        Of who asks.

    Raises
    ------
    NotFound
        If it never was, or is not for this caller.
    """
    missing = NotFound(
        "no-such-score",
        "the score_id of an earlier answer",
        repr(score_id[:60]),
        "copy it from the answer of POST /v1/scores",
    )
    entry = rooms.ledger().entry(score_id, gate.principal.wall)
    if entry is None:
        raise missing
    gate.kept(entry.enterprise_id, entry.tenant, Matter.SCORES, missing)
    return entry
