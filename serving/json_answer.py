"""An answer in JSON."""

from collections.abc import Mapping

import orjson
from fastapi import Response
from pydantic import BaseModel

_JSON = "application/json"


def json_answer(
    document: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a document, its fields in the order in which it declares them."""
    return Response(document.model_dump_json(), status, headers, _JSON)


def sorted_answer(document: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a document, its fields by name: equal documents are equal bytes."""
    content = orjson.dumps(document.model_dump(), option=orjson.OPT_SORT_KEYS)
    return Response(content, headers=headers, media_type=_JSON)
