"""Facts that are objected to: found in the record, and left out of what a score rests on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from features.custody import Custody
from features.facts import Facts
from features.online import FactsReader
from serving.errors import NotFound, Refusal
from serving.objections.objection import Fact
from supervision.arrays import NEVER, Columns, Integers
from supervision.contract.messages import STREAMS
from supervision.record import Record


class AmbiguousMessage(Refusal):
    """An id under which several providers sent a message about the enterprise."""

    code = "ambiguous-message"
    title = "Several messages have this id"


def find_fact(
    record: Record, enterprise_id: str, message_id: str, stream: str | None, now: int
) -> Fact:
    """Find a message about an enterprise by its id.

    Parameters
    ----------
    record : Record
    enterprise_id, message_id : str
    stream : str or None
        Its stream, where several have a message of that id.
    now : int
        UTC microseconds; what is known only later is not there.

    Raises
    ------
    NotFound
        If no message about the enterprise has that id: whether others have it is not told.
    AmbiguousMessage
        If several have.
    """
    number = record.number_of([enterprise_id]).get(enterprise_id)
    found = [] if number is None else list(_messages(record, number, message_id, stream, now))
    if not found:
        raise NotFound(
            "no-such-message",
            "the message_id of a message about this enterprise",
            repr(message_id[:60]),
            "copy it from the messages behind a reason",
        )
    if len(found) > 1:
        raise AmbiguousMessage(
            "a message_id that one message about the enterprise has",
            f"{len(found)}, of the streams {', '.join(sorted(fact[0] for fact in found))}",
            "name its stream",
        )
    ((named, position, provider),) = found
    return Fact(enterprise_id, message_id, named, provider, position)


def _messages(
    record: Record, enterprise: int, message_id: str, stream: str | None, now: int
) -> Iterator[tuple[str, int, str]]:
    positions: list[int] = []
    for name in STREAMS if stream is None else (stream,):
        rows = record.rows(name, "enterprise_id", [enterprise])
        positions += rows["position"][rows["known_at"] <= now].tolist()
    for message in record.messages(positions):
        if message.message_id == message_id:
            yield message.stream, message.position, message.provider_id


def reversed_among(record: Record, facts: Iterable[Fact]) -> frozenset[int]:
    """Positions of those messages that their providers have taken back."""
    positions: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        positions[fact.stream].append(fact.position)
    found: set[int] = set()
    for stream, own in positions.items():
        rows = record.rows(stream, "position", own)
        found.update(rows["position"][rows["reversed_at"] != NEVER].tolist())
    return frozenset(found)


def without(facts: Facts, position: int) -> Facts:
    """Facts as if one message had never come; what was published of others stays as it was."""
    tables = {name: _without(table, position) for name, table in facts.tables.items()}
    custody = facts.custody
    return replace(facts, tables=tables, custody=custody and _custody(custody, position))


def standing_among(facts: Facts, positions: Sequence[int], as_of: int) -> frozenset[int]:
    """Those of some messages that were known as of a time and not reversed."""
    found: set[int] = set()
    for table in facts.tables.values():
        rows = np.flatnonzero(np.isin(table["position"], positions))
        stands = (table["known_at"][rows] <= as_of) & (table["reversed_at"][rows] > as_of)
        found.update(table["position"][rows[stands]].tolist())
    return frozenset(found)


class ReaderWithout(FactsReader):
    """Gathers facts as if one message had never come.

    Parameters
    ----------
    reader : FactsReader
    position : int
        Of the message.
    """

    def __init__(self, reader: FactsReader, position: int) -> None:
        super().__init__(reader.record)
        self._reader = reader
        self._position = position

    def facts_of(self, enterprise: int, up_to: int, as_of: int | None = None) -> Facts:
        """Gather the messages that concern an enterprise, but for that one."""
        return without(self._reader.facts_of(enterprise, up_to, as_of), self._position)


def _without(table: Columns, position: int) -> Columns:
    kept = table["position"] != position
    if kept.all():
        return table
    return {name: values[kept] for name, values in table.items()}


def _custody(custody: Custody, position: int) -> Custody:
    def read(
        warehouses: Integers, kinds: Sequence[str], between: tuple[int, int]
    ) -> Iterator[Columns]:
        for some in custody(warehouses, kinds, between):
            yield _without(some, position)

    return read
