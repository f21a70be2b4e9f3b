"""A call for scores: who asks, in what language, under which key, and what answers it."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Header, Request

from serving.accept_language import LanguageHeader, asked_by
from serving.access.consents import Purpose
from serving.access.gate import Gate, PurposeHeader, gate_of
from serving.keys import Key
from serving.language import DEFAULT
from serving.metrics import Metrics
from serving.rooms import Rooms
from serving.scores.asked import Asker
from serving.scores.many import BatchRequest
from serving.scores.request import ScoreRequest

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="your own name for this call: sent again with the same request, it gives the "
        "stored answer, with `Idempotency-Replayed: true`",
    ),
]


@dataclass(frozen=True)
class Call:
    """A call for scores.

    Attributes
    ----------
    rooms : Rooms
    metrics : Metrics
    threads : Executor
    gate : Gate
    asker : Asker
    key : str or None
        As the caller wrote it.
    """

    rooms: Rooms
    metrics: Metrics
    threads: Executor
    gate: Gate
    asker: Asker
    key: str | None

    def kept_under(self, operation: str, request: ScoreRequest | BatchRequest) -> Key | None:
        """The key and what came with it: in another language it is another request."""
        if not self.key:
            return None
        language = self.asker.language
        spoken = operation if language == DEFAULT else f"{operation} {language}"
        return Key.of(self.asker.client_id, self.key, spoken, request.canonical, self.gate.now)


# One dependency: to solve each by itself takes the framework longer than to answer for it.
async def _call(
    request: Request,
    key: KeyHeader = None,
    purpose: PurposeHeader = Purpose.CREDIT,
    _: LanguageHeader = None,
) -> Call:
    state, gate = request.state, gate_of(request, purpose)
    asker = Asker(gate.principal.client_id, gate.principal.tenant, asked_by(request))
    rooms, metrics = cast(Rooms, state.rooms), cast(Metrics, state.metrics)
    return Call(rooms, metrics, cast(Executor, state.threads), gate, asker, key)


CallHere = Annotated[Call, Depends(_call)]
