"""``POST /oauth/token``, and what others need to check a token."""

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from serving.access.door import Door
from serving.access.errors import TokenRefused
from serving.access.grant import METHODS, Desk, token_url
from serving.access.keys import ASYMMETRIC
from serving.access.roles import Scope
from serving.access.token_document import KeySetAnswer, ServerMetadata, TokenAnswer
from serving.access.tokens import LIFETIME
from serving.description import problems
from serving.errors import NotFound

router = APIRouter(tags=["access"])
_FORM = "application/x-www-form-urlencoded"
_SECOND = 1_000_000


@router.post(
    "/oauth/token",
    summary="A token for ten minutes",
    responses={200: {"model": TokenAnswer}, **problems(400, 401, 404, 413, 429, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_FORM: {"schema": {"$ref": "#/components/schemas/TokenRequest"}}},
        }
    },
)
async def post_token(request: Request) -> Response:
    """Give a client a token, on proof of who it is (RFC 6749, client credentials).

    The proof is its secret, in the header (client_secret_basic) or in the form
    (client_secret_post), or a JWT signed with its own key (private_key_jwt, RFC 7523). Problems
    carry the standard's `error` besides.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise TokenRefused(
            "invalid_request",
            f"a body of the type {_FORM}",
            repr(kind[:60]),
            "set that Content-Type",
        )
    body = await request.body()
    document = await run_in_threadpool(_granted, request, body)
    return Response(
        orjson.dumps(document, option=orjson.OPT_SORT_KEYS),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


class KeySetResponse(JSONResponse):
    """A key set, under the media type of RFC 7517."""

    media_type = "application/jwk-set+json"


@router.get(
    "/.well-known/jwks.json",
    summary="The built-in issuer's public keys",
    response_class=KeySetResponse,
    responses={200: {"model": KeySetAnswer}, **problems(404, 503)},
)
def get_jwks(request: Request) -> Response:
    """Give the keys by which tokens of this service can be checked (RFC 7517)."""
    keys = _desk(request.state.door).issuer.public()
    return KeySetResponse(keys)


@router.get(
    "/.well-known/oauth-authorization-server",
    summary="Where and how tokens are given",
    responses={200: {"model": ServerMetadata}, **problems(404, 503)},
)
def get_metadata(request: Request) -> Response:
    """Describe the built-in issuer (RFC 8414)."""
    issuer = _desk(request.state.door).issuer.name
    found = ServerMetadata(
        issuer=issuer,
        token_endpoint=token_url(issuer),
        jwks_uri=f"{issuer.rstrip('/')}/.well-known/jwks.json",
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=list(METHODS),
        token_endpoint_auth_signing_alg_values_supported=list(ASYMMETRIC),
        scopes_supported=[scope.value for scope in Scope],
    )
    return Response(orjson.dumps(found.model_dump()), media_type="application/json")


def _granted(request: Request, body: bytes) -> dict[str, object]:
    door: Door = request.state.door
    desk = _desk(door)
    door.charge_address(request.client.host if request.client else "unknown")
    now = request.state.clock() // _SECOND
    granted = desk.grant(body, request.headers.get("authorization"), now)
    return {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "scope": " ".join(granted.scopes),
    }


def _desk(door: Door) -> Desk:
    desk = door.lock().desk
    if desk is None:
        raise NotFound(
            "no-such-path",
            "a service that gives tokens itself",
            "one that stands open" if door.is_open else "one whose tokens another issuer gives",
            "call without a token" if door.is_open else "ask that issuer",
        )
    return desk
