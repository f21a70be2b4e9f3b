"""Which messages behind a score their providers vouched for, by a signature that was checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from supervision.providers.vouching import vouched_for
from supervision.record import Record

Named = tuple[str, str, str | None]
"""Stream, id and provider of a message: ids are a provider's own."""


def verified(record: Record, enterprise: int, told: Mapping[str, Any]) -> frozenset[Named]:
    """Those of the messages behind an answer's reasons that bear their provider's signature.

    Of lenders' messages it is not told here, for the answer does not name who reported them.

    Parameters
    ----------
    record : Record
    enterprise : int
        Number of its name.
    told : mapping
        The answer.
    """
    by_stream: dict[str, list[str]] = {}
    behind = frozenset(_behind(told))
    for stream, message_id, _ in behind:
        by_stream.setdefault(stream, []).append(message_id)
    vouched = {
        (stream, one.message_id, one.provider)
        for stream, ids in by_stream.items()
        for one in vouched_for(record.engine, stream, enterprise, ids).values()
    }
    return behind & vouched


def _behind(told: Mapping[str, Any]) -> Iterator[Named]:
    for reason in told.get("reasons", ()):
        for feature in reason["features"]:
            for message in feature["messages"]:
                yield message["stream"], message["message_id"], message["provider_id"]
