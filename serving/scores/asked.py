"""What is asked, once it was found sound: of whom, as of when, by whom."""

import uuid
from dataclasses import dataclass, field
from typing import Self

import orjson

from serving.instants import checked_as_of, micros_of
from serving.language import DEFAULT, Language
from serving.ledger import Entry
from serving.scores.request import ScoreRequest, checked_credit_code

_LANGUAGE = "language"
"""Field of the kept request: no part of the body that was sent."""


@dataclass(frozen=True)
class Asker:
    """Who asks.

    Attributes
    ----------
    client_id, tenant : str
        ``open`` where nobody has to say who they are.
    language : {"en", "zh"}
        In which the answer is to speak.
    """

    client_id: str = "open"
    tenant: str = "open"
    language: Language = DEFAULT


@dataclass(frozen=True)
class Asked:
    """A request that was found sound.

    Attributes
    ----------
    request : ScoreRequest
    as_of, now : int
        UTC microseconds.
    asker : Asker
    consent_id : str or None
        By whose consent.
    score_id : str
        Under which the answer will stand in the ledger.
    """

    request: ScoreRequest
    as_of: int
    now: int
    asker: Asker = Asker()
    consent_id: str | None = None
    score_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @classmethod
    def of(
        cls,
        request: ScoreRequest,
        now: int,
        default_as_of: int | None = None,
        asker: Asker | None = None,
        consent_id: str | None = None,
    ) -> Self:
        """Check a request.

        Parameters
        ----------
        request : ScoreRequest
        now : int
            The clock, UTC microseconds.
        default_as_of : int or None
            As-of of a request that names none; None for ``now``.
        asker : Asker or None
        consent_id : str or None

        Raises
        ------
        Refusal
            If the credit code or the as-of cannot be scored.
        """
        checked_credit_code(request.enterprise_id)
        as_of = default_as_of if default_as_of is not None else now
        if request.as_of is not None:
            as_of = micros_of(request.as_of)
        return cls(request, checked_as_of(as_of, now), now, asker or Asker(), consent_id)

    @classmethod
    def again(cls, entry: Entry) -> Self:
        """What was asked for an answer that stands in the ledger."""
        stated = orjson.loads(entry.request or b"{}")
        language = stated.pop(_LANGUAGE, DEFAULT)
        own = {"enterprise_id": entry.enterprise_id, "client_reference": entry.client_reference}
        return cls(
            request=ScoreRequest.model_validate({**stated, **own}),
            as_of=entry.as_of,
            now=entry.answered_at,
            asker=Asker(entry.client_id, entry.tenant, language),
            consent_id=entry.consent_id,
            score_id=entry.score_id,
        )

    @property
    def canonical(self) -> bytes:
        """The request as canonical JSON, with the language where it is not the default."""
        if self.asker.language == DEFAULT:
            return self.request.canonical
        stated = {**orjson.loads(self.request.canonical), _LANGUAGE: self.asker.language}
        return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS)

    @property
    def enterprise_id(self) -> str:
        """Of whom."""
        return self.request.enterprise_id


@dataclass(frozen=True)
class Placed:
    """What is asked, and the state of the record that is looked at.

    Attributes
    ----------
    asked : Asked
    position : int
        Newest position of the record that the answer may see.
    number : int or None
        Of the enterprise's name; None where the record has never met it.
    disputed : tuple of int
        Positions of the messages to which the enterprise objected when it was asked.
    """

    asked: Asked
    position: int
    number: int | None
    disputed: tuple[int, ...] = ()
