"""What the case page shows: one answer, its history and what stands around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.facts import Facts
from features.feature import Phrase
from features.peers.membership import peer_group
from serving.console.case.answers import Answer
from serving.console.case.peers import Peerage, peerage
from serving.console.case.streams import StreamAge, stream_ages
from serving.console.case.verified import Named, verified
from serving.console.case.waterfall import Moved, Waterfall, moved, waterfall
from serving.rooms import Rooms


@dataclass(frozen=True)
class CasePage:
    """All that the page shows.

    Attributes
    ----------
    enterprise_id : str
    answer : Answer
        The one that is shown.
    history : tuple of Answer
        All, the oldest first.
    before : Answer or None
        With which it is compared.
    waterfall : Waterfall or None
        None where too little was known for a score.
    moved : tuple of Moved
        From ``before`` to ``answer``.
    peers : Peerage or None
        None where no peers may be used.
    streams : tuple of StreamAge
    verified : frozenset of (str, str, str)
        Stream, id and provider of the messages behind it that their providers signed.
    """

    enterprise_id: str
    answer: Answer
    history: tuple[Answer, ...]
    before: Answer | None
    waterfall: Waterfall | None
    moved: tuple[Moved, ...]
    peers: Peerage | None
    streams: tuple[StreamAge, ...]
    verified: frozenset[Named]


def case_page(
    rooms: Rooms, history: tuple[Answer, ...], shown: Answer, before: Answer | None
) -> CasePage:
    """Gather what the page shows of one of an enterprise's answers.

    Parameters
    ----------
    rooms : Rooms
    history : tuple of Answer
    shown : Answer
        One of them.
    before : Answer or None
        Another, to compare with.
    """
    told = shown.told
    enterprise_id = str(told["enterprise_id"])
    facts = facts_at(rooms, enterprise_id, shown)
    peers = _peers(rooms, facts, shown) if shown.is_scored and facts else None
    missing = [each["stream"] for each in told.get("missing", ())]
    return CasePage(
        enterprise_id=enterprise_id,
        answer=shown,
        history=history,
        before=before,
        waterfall=waterfall(told, peers.places if peers else {}) if shown.is_scored else None,
        moved=moved(before.told, told) if before is not None else (),
        peers=peers,
        streams=stream_ages(*facts, shown.as_of, missing) if facts else (),
        verified=verified(rooms.record(), facts[1], told) if facts else frozenset(),
    )


def compared(history: tuple[Answer, ...], shown: Answer, with_: str) -> Answer | None:
    """The scored answer to compare with: the one that is named, else the one before."""
    if not shown.is_scored:
        return None
    others = [one for one in history if one.is_scored and one.as_of < shown.as_of]
    named = [one for one in others if one.score_id == with_]
    return next(iter(named or others[-1:]), None)


def facts_at(rooms: Rooms, enterprise_id: str, answer: Answer) -> tuple[Facts, int] | None:
    """What an answer could see, and the enterprise's number; None of an unknown enterprise."""
    reader = rooms.reader()
    number = reader.record.number_of([enterprise_id]).get(enterprise_id)
    if number is None:
        return None
    return reader.facts_of(number, answer.position, answer.as_of), number


def _peers(rooms: Rooms, known: tuple[Facts, int], shown: Answer) -> Peerage | None:
    record = rooms.record()
    compared_ = rooms.peers.at(record.identity(), shown.as_of)
    if compared_.peers is None:
        return None
    group = peer_group(record, *known, shown.as_of)
    return peerage(compared_, group, _values(shown.told))


def _values(told: Mapping[str, Any]) -> dict[str, float]:
    return {p["feature"]: p["value"] for p in told["points"] if p["value"] is not None}


def phrase(told: Mapping[str, Any], name: str) -> Phrase:
    """Both languages of a text in an answer."""
    return Phrase(told[f"{name}_en"], told[f"{name}_zh"])
