"""The form of a body that is read as it is: CSV, NDJSON, Parquet."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request

from serving.errors import UnsupportedForm

Form = TypeVar("Form", bound=str)


def body_form(request: Request, known: Mapping[str, Form]) -> Form:
    """The form in which a body says that it comes.

    Parameters
    ----------
    request : Request
    known : mapping of str to Form
        The form of each media type that can be read.

    Raises
    ------
    UnsupportedForm
        If it comes in another.
    """
    stated = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if stated not in known:
        raise UnsupportedForm(
            "unsupported-form",
            f"a Content-Type of {', '.join(known)}",
            repr(stated[:60]),
            "name the form of the file",
        )
    return known[stated]
