"""JSON in one form, so that equal contents give equal bytes and one hash."""

import json
from collections.abc import Mapping
from typing import Any


def json_bytes(stated: Mapping[str, Any]) -> bytes:
    """JSON in one form: sorted keys, no NaN, one line end."""
    text = json.dumps(stated, sort_keys=True, allow_nan=False, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()
