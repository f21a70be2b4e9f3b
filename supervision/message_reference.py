"""Messages as evidence names them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from supervision.database import among, bound, fetch
from supervision.tables import FACTS, STREAM_NUMBERS, STREAM_OF


class MessageReference(NamedTuple):
    """One accepted message, as evidence names it."""

    stream: str
    position: int
    message_id: str
    provider_id: str
    occurred_at: int
    recorded_at: int
    known_at: int


def by_stream(positions: Sequence[int] | Mapping[int, str]) -> Mapping[str, Sequence[int]]:
    """Positions by the stream in which they are to be looked up: all, where theirs is not told."""
    if not isinstance(positions, Mapping):
        return dict.fromkeys(FACTS, tuple(map(int, positions)))
    found: dict[str, list[int]] = {}
    for position, stream in positions.items():
        found.setdefault(stream, []).append(int(position))
    return dict(sorted(found.items()))


def rows_at(connection: Connection, positions: Mapping[str, Sequence[int]]) -> list[Any]:
    """What stands at some positions, by stream, in one question; their providers by number."""
    if not positions:
        return []
    which = among(connection, "f.position")
    sql = " UNION ALL ".join(_select(stream, which) for stream in positions)
    return fetch(connection, sql, tuple(bound(connection, own) for own in positions.values()))


def references(
    rows: Sequence[Any], texts: Callable[[Sequence[int]], Mapping[int, str]]
) -> list[MessageReference]:
    """The messages of such rows, in order of position, with the names of their providers."""
    names = texts([*{provider for *_, provider in rows}])
    found = [
        MessageReference(STREAM_OF[number], position, message, names[provider], *times)
        for number, position, message, *times, provider in rows
    ]
    return sorted(found, key=lambda reference: reference.position)


@cache
def _select(stream: str, which: str) -> str:
    return (
        f"SELECT {STREAM_NUMBERS[stream]}, f.position, f.message_id, f.occurred_at, "  # noqa: S608
        f'f.recorded_at, f.known_at, f.provider_id FROM "{stream}" f WHERE {which}'
    )
