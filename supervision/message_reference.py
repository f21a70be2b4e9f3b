"""Messages as evidence names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.engine import Connection

from supervision.database import among, bound, fetch
from supervision.tables import FACTS, NAME, STREAM_NUMBERS, STREAM_OF


@dataclass(frozen=True)
class MessageReference:
    """One accepted message, as evidence names it."""

    stream: str
    position: int
    message_id: str
    provider_id: str
    occurred_at: int
    recorded_at: int
    known_at: int


def messages_at(connection: Connection, positions: Sequence[int]) -> list[MessageReference]:
    """The messages at some positions, in order of position; those not there are left out."""
    wanted = bound(connection, [int(position) for position in positions])
    rows = fetch(connection, _select(among(connection, "f.position")), (wanted,) * len(FACTS))
    found = [MessageReference(STREAM_OF[number], *row) for number, *row in rows]
    return sorted(found, key=lambda reference: reference.position)


@cache
def _select(which: str) -> str:
    """SQL for all streams at once: one question instead of nine."""
    return " UNION ALL ".join(
        f"SELECT {STREAM_NUMBERS[stream]}, f.position, f.message_id, n.text, f.occurred_at, "  # noqa: S608
        f'f.recorded_at, f.known_at FROM "{stream}" f JOIN {NAME.name} n '
        f"ON n.number = f.provider_id WHERE {which}"
        for stream in FACTS
    )
