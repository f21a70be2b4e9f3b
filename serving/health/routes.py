"""``/healthz``, ``/readyz`` and ``/metrics``."""

from contextlib import suppress

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from serving import metrics as exposition
from serving.description import problems
from serving.errors import NotReady
from serving.health.freshness import ages
from serving.instants import text_if_any
from serving.json_answer import sorted_answer
from serving.objections.overdue import waiting
from serving.state import DoorHere, DrainingHere, MetricsHere, Now, RoomsHere

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process lives."""

    model_config = ConfigDict(frozen=True)

    status: str = Field(examples=["alive"])


class Readiness(BaseModel):
    """The service can answer, and with what."""

    model_config = ConfigDict(frozen=True)

    status: str = Field(examples=["ready"])
    model: str
    model_version: str
    model_hash: str
    catalogue_hash: str
    policy: str
    record_position: int
    default_as_of: str | None = Field(description="as-of of requests that name none, if not now")
    warning: str | None = Field(description="why a newer champion is not served")


@router.get("/healthz", summary="Does the process live?", responses={200: {"model": Health}})
def healthz() -> Response:
    """Answer while the process lives, whatever else is missing."""
    return sorted_answer(Health(status="alive"))


@router.get(
    "/readyz",
    summary="Can the service answer?",
    responses={200: {"model": Readiness}, **problems(503)},
)
def readyz(rooms: RoomsHere, door: DoorHere, draining: DrainingHere) -> Response:
    """Answer 200 when record, champion, policy and ledger are there and fit; else 503 and why.

    A service that is told to end answers 503 first, and takes calls for a moment more.
    """
    if reasons := (*draining.missing(), *rooms.missing(), *door.missing()):
        raise NotReady(reasons)
    champion = rooms.throne.champion()
    return sorted_answer(
        Readiness(
            status="ready",
            model=champion.name,
            model_version=champion.version,
            model_hash=champion.hash,
            catalogue_hash=champion.catalogue_hash,
            policy=rooms.policy.name,
            record_position=rooms.record().position(),
            default_as_of=text_if_any(rooms.settings.as_of),
            warning=rooms.throne.fault or None,
        )
    )


@router.get(
    "/metrics",
    summary="Prometheus metrics of all workers",
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=Response,
)
def metrics_text(metrics: MetricsHere, rooms: RoomsHere, now: Now) -> Response:
    """Latency by stage, scores by grade, problems by code, the champion, the newest messages.

    What is counted is summed over all workers; the champion is that of the worker that answers.
    """
    with suppress(NotReady):
        champion = rooms.throne.champion()
        metrics.champion(champion.name, champion.version, champion.hash)
    present = [ages(rooms, now), waiting(rooms, now)]
    return Response(metrics.text(present), media_type=exposition.MEDIA_TYPE)
