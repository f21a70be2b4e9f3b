"""What the description says of who may: the scope of each operation, and how one is denied."""

from collections.abc import Mapping
from typing import Any

from serving.access.operations import REQUIRED
from serving.access.roles import Scope

_SCHEME = "oauth2"


def secure(document: dict[str, Any], denials: Mapping[int | str, dict[str, Any]]) -> None:
    """Describe in an OpenAPI document which scope each operation demands.

    Parameters
    ----------
    document : dict
        Is changed.
    denials : mapping
        Descriptions of the problems that any such operation may answer with, by status.
    """
    document["components"]["securitySchemes"] = {
        _SCHEME: {
            "type": "oauth2",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token",
                    "scopes": {scope.value: scope.name for scope in Scope},
                }
            },
        }
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            scope = REQUIRED.get((method.upper(), path))
            if scope is not None:
                operation["security"] = [{_SCHEME: [scope.value]}]
                for status, denial in denials.items():
                    operation["responses"].setdefault(str(status), denial)
