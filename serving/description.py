"""The service's description of itself: one OpenAPI document, complete with the answers' forms.

Answers are sent as bytes that were prepared and logged, so the framework does not see their
models; they are added to the description here.
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from serving.access.securing import secure
from serving.access.token_document import TokenRequest
from serving.jobs.document import JobAnswer, JobRow
from serving.messages.document import MessagesAnswer
from serving.models.document import ChampionAnswer
from serving.problems import MEDIA_TYPE, Problem
from serving.profiles.document import Profile
from serving.scores.document import InsufficientAnswer, ScoredAnswer
from serving.scores.improvement_document import ImprovementsAnswer
from serving.scores.many import BatchAnswer
from serving.scores.replay import ReplayAnswer
from serving.webhooks.document import (
    DeliveryAnswer,
    DeliveryList,
    NewWebhookAnswer,
    WebhookAnswer,
    WebhookList,
)

TITLE = "Cargoworthy"
SUMMARY = "Explained credit scores from a port's supervision record"
INTRODUCTION = """\
Ask for a score with `POST /v1/scores`; the answer names the grade, the probability of default
(PD), a suggested limit and the reasons that cost most points, each with the messages behind it.
Every answer is logged before it is sent, and `GET /v1/scores/{score_id}` gives the same bytes
again. Where too little is known, the answer is still 200, with `status: insufficient_data`, what
is missing and what would cure it.

Money is in fen (0.01 CNY). Times are RFC 3339, answers in UTC. Errors are problem documents
(RFC 9457). A caller shows a token (`Authorization: Bearer`) that `POST /oauth/token` gave it, and
sees only enterprises that consented to its bank; all others are not there (404). Where the service
stands open, for trying, nobody is asked.
"""
_REF = "#/components/schemas/{model}"
_HEADERS = {
    401: ("WWW-Authenticate", "how to prove who asks"),
    405: ("Allow", "the methods of the path"),
    429: ("Retry-After", "seconds to wait"),
    503: ("Retry-After", "seconds to wait"),
}
"""Header that a problem of this status always has."""
_MODELS: tuple[type[BaseModel], ...] = (
    ScoredAnswer,
    InsufficientAnswer,
    BatchAnswer,
    JobAnswer,
    JobRow,
    WebhookAnswer,
    NewWebhookAnswer,
    WebhookList,
    DeliveryAnswer,
    DeliveryList,
    ReplayAnswer,
    ImprovementsAnswer,
    ChampionAnswer,
    MessagesAnswer,
    Profile,
    Problem,
    TokenRequest,
)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problem documents that an operation may answer with."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": f"{HTTPStatus(status).phrase}: a problem document",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    if status in _HEADERS:
        name, text = _HEADERS[status]
        header = {"description": text, "required": True, "schema": {"type": "string"}}
        found["headers"] = {name: header}
    return found


def answers(*models: str, examples: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Describe the answers of status 200.

    Parameters
    ----------
    *models : str
        Names of the answers' models.
    examples : dict
        Name of each example to the example itself.
    """
    refs = [{"$ref": _REF.format(model=model)} for model in models]
    schema: dict[str, Any] = refs[0]
    if len(refs) > 1:
        schema = {"oneOf": refs}
    shown = {name: {"summary": name, "value": value} for name, value in examples.items()}
    return {
        200: {
            "description": "The answer",
            "content": {"application/json": {"schema": schema, "examples": shown}},
        }
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
        )
        _, schemas = models_json_schema(
            [(model, "serialization") for model in _MODELS], ref_template=_REF
        )
        components = document.setdefault("components", {}).setdefault("schemas", {})
        components.update(schemas["$defs"])
        _replace_the_frameworks_own_errors(document)
        secure(document, problems(401, 403, 429))
        app.openapi_schema = document
    return app.openapi_schema


def _replace_the_frameworks_own_errors(document: dict[str, Any]) -> None:
    """Where the framework says that parameters or a body may not fit, tell it as this service."""
    for methods in document["paths"].values():
        for operation in methods.values():
            found = operation["responses"].get("422", {})
            if found and MEDIA_TYPE not in found["content"]:
                operation["responses"]["422"] = _problem(422)
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
