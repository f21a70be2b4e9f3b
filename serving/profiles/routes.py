"""``GET /v1/enterprises/{id}/profile``."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from serving.access.consents import Matter
from serving.access.gate import GateHere
from serving.description import answers, problems
from serving.instants import TimeText, checked_as_of, micros_of
from serving.json_answer import sorted_answer
from serving.profiles.examples import PROFILE
from serving.profiles.portrait import portrait
from serving.scores.request import CreditCode, checked_credit_code
from serving.state import Now, RoomsHere

router = APIRouter(prefix="/v1/enterprises", tags=["profiles"])


@router.get(
    "/{enterprise_id}/profile",
    summary="The portrait of an enterprise (企业画像)",
    responses={
        **answers("Profile", examples={"A profile": PROFILE}),
        **problems(404, 422, 500, 503),
    },
)
def get_profile(
    enterprise_id: Annotated[CreditCode, Path(description="unified social credit code")],
    rooms: RoomsHere,
    now: Now,
    gate: GateHere,
    as_of: Annotated[
        TimeText | None,
        Query(description="RFC 3339 with a zone (+ is written %2B); now if left out"),
    ] = None,
) -> Response:
    """Show who the enterprise is and how it trades, stores, pledges and pays.

    Each figure stands beside those of its peers, at least thirty of one size and trade; tags say
    the most of it in few words, each with its rule. Third parties appear only as bands, never by
    name.
    """
    code = checked_credit_code(enterprise_id)
    gate.consent(code, Matter.PROFILES)
    default = rooms.settings.as_of
    asked = micros_of(as_of) if as_of is not None else default if default is not None else now
    found = portrait(rooms.reader(), code, checked_as_of(asked, now), rooms.peers)
    return sorted_answer(found)
