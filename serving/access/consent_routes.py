"""``/v1/consents``: an enterprise gives its consent and takes it back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from serving.access.consent_document import ConsentAnswer, ConsentList, ConsentRequest, told
from serving.access.consents import Consent, Matter, new_consent_id
from serving.access.gate import Gate, GateHere
from serving.access.roles import Role
from serving.description import problems
from serving.errors import ExpiryOutOfRange, NotFound
from serving.instants import micros_of
from serving.json_answer import json_answer
from serving.scores.request import CreditCode, checked_credit_code

router = APIRouter(prefix="/v1/consents", tags=["consents"])
_LONGEST = 3 * 366 * 86_400 * 1_000_000


@router.post(
    "",
    summary="Let a bank see an enterprise",
    responses={200: {"model": ConsentAnswer}, **problems(400, 401, 403, 404, 413, 422, 429, 503)},
)
def post_consent(request: ConsentRequest, gate: GateHere) -> Response:
    """Write down that an enterprise lets a bank see its scores, its profile or both.

    Only the enterprise itself can; it is on disk before the answer is sent.
    """
    enterprise_id = checked_credit_code(request.enterprise_id)
    _check_own(gate, enterprise_id)
    expires_at = micros_of(request.expires_at)
    if not gate.now < expires_at <= gate.now + _LONGEST:
        raise ExpiryOutOfRange(
            "an expires_at within the next three years",
            repr(request.expires_at[:40]),
            "choose an earlier or a later day",
        )
    lock = gate.door.lock()
    if not gate.principal.is_open:
        lock.clients.check_bank(request.bank)
    consent = Consent(
        consent_id=new_consent_id(),
        enterprise_id=enterprise_id,
        bank=request.bank,
        matters=tuple(matter for matter in Matter if matter in request.scope),
        purpose=request.purpose,
        granted_at=gate.now,
        expires_at=expires_at,
        revoked_at=None,
    )
    lock.consents.grant(consent, gate.principal.client_id)
    return json_answer(told(consent, gate.now))


@router.get(
    "",
    summary="Consents that one gave or was given",
    responses={200: {"model": ConsentList}, **problems(401, 403, 404, 422, 429, 503)},
)
def get_consents(
    gate: GateHere,
    enterprise_id: Annotated[
        CreditCode | None, Query(description="of this enterprise alone")
    ] = None,
) -> Response:
    """List consents, newest first, at most a thousand: an enterprise's own, or a bank's."""
    if enterprise_id is not None:
        checked_credit_code(enterprise_id)
        if gate.principal.role is Role.ENTERPRISE:
            _check_own(gate, enterprise_id)
    found = gate.door.lock().consents.listed(gate.principal, enterprise_id)
    return json_answer(ConsentList(consents=tuple(told(each, gate.now) for each in found)))


@router.post(
    "/{consent_id}/revoke",
    summary="Take a consent back",
    responses={200: {"model": ConsentAnswer}, **problems(401, 403, 404, 429, 503)},
)
def post_revocation(
    consent_id: Annotated[str, Path(description="consent_id of a consent that one gave")],
    gate: GateHere,
) -> Response:
    """End a consent from now on; from the next call the bank gets 404. Twice is once."""
    consents = gate.door.lock().consents
    found = consents.find(consent_id, gate.principal.wall)
    own = found is not None and gate.principal.tenant == found.enterprise_id
    if found is None or not (own or gate.principal.is_open):
        raise NotFound(
            "no-such-consent",
            "the consent_id of a consent that the caller gave",
            repr(consent_id[:60]),
            "copy it from GET /v1/consents",
        )
    if found.revoked_at is None:
        consents.revoke(found, gate.now, gate.principal.client_id)
        found = consents.find(consent_id, gate.principal.wall) or found
    return json_answer(told(found, gate.now))


def _check_own(gate: Gate, enterprise_id: str) -> None:
    if not gate.principal.is_open and gate.principal.tenant != enterprise_id:
        raise gate.unseen(enterprise_id)
