"""Facts in an answer to which the enterprise objects: marked, and what hangs on each.

A disputed fact counts in the score until its provider reverses it; the answer says so, and how
many points it would be without.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

from features.facts import Facts
from serving.objections.facts import standing_among, without
from serving.scores.depth_document import DisputedFact
from serving.scores.reasons import Subject
from supervision.record import Record

MOST = 5
"""Facts of which it is reckoned what hangs on them: each costs another scoring."""

Rescored = Callable[[Subject], int | None]
"""The score that other facts would give, in whole points; None where they are too few for one."""


def known_disputes(facts: Facts, positions: Collection[int], as_of: int) -> frozenset[int]:
    """Those of the messages objected to that an answer rests on."""
    return standing_among(facts, sorted(positions), as_of) if positions else frozenset()


def disputed_part(
    record: Record, subject: Subject | None, score: int | None, rescored: Rescored
) -> tuple[DisputedFact, ...]:
    """Tell what is disputed.

    Parameters
    ----------
    record : Record
    subject : Subject or None
    score : int or None
        With all facts; None where there is none.
    rescored : callable
    """
    if subject is None or not subject.disputed:
        return ()
    found = []
    for place, message in enumerate(record.messages(sorted(subject.disputed))):
        points = None
        if score is not None and place < MOST:
            facts = without(subject.facts, message.position)
            other = rescored(replace(subject, facts=facts))
            points = None if other is None else score - other
        found.append(
            DisputedFact(
                message_id=message.message_id,
                stream=message.stream,
                position=message.position,
                points=points,
                text_en=_TEXT_EN,
                text_zh=_TEXT_ZH,
            )
        )
    return tuple(found)


_TEXT_EN = "The enterprise objects to this fact. It counts until its provider reverses it."
_TEXT_ZH = "企业对该信息提出异议，核查期间仍计入评分，直至报送方更正。"
