"""Which messages behind a score their providers vouched for, by a signature that was checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from supervision.providers.vouching import vouched_for
from supervision.record import Record

Named = tuple[str, str]
"""Stream and id of a message."""


def verified(record: Record, enterprise: int, told: Mapping[str, Any]) -> frozenset[Named]:
    """Those of the messages behind an answer's reasons that bear their provider's signature.

    Parameters
    ----------
    record : Record
    enterprise : int
        Number of its name.
    told : mapping
        The answer.
    """
    by_stream: dict[str, list[str]] = {}
    for stream, message_id in _behind(told):
        by_stream.setdefault(stream, []).append(message_id)
    return frozenset(
        (stream, message_id)
        for stream, ids in by_stream.items()
        for message_id in vouched_for(record.engine, stream, enterprise, ids)
    )


def _behind(told: Mapping[str, Any]) -> Iterator[Named]:
    for reason in told.get("reasons", ()):
        for feature in reason["features"]:
            for message in feature["messages"]:
                yield message["stream"], message["message_id"]
