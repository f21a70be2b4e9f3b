"""What is asked for a score."""

from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field

from serving.errors import MalformedCreditCode
from serving.instants import TimeText
from serving.limits.need import Funding
from supervision.credit_code import is_credit_code_unseen

_FORM = {"format": "unified-social-credit-code", "minLength": 18, "maxLength": 18}
CreditCode = Annotated[str, Field(strict=True, json_schema_extra=_FORM)]
"""A credit code as it is asked for; :func:`checked_credit_code` sees that it is one."""


class ScoreRequest(BaseModel):
    """One score, please.

    Attributes
    ----------
    enterprise_id : str
        Unified social credit code.
    as_of : str or None
        RFC 3339 with a zone; None for now.
    client_reference : str or None
        The asker's own name for the request; comes back in the answer.
    funding : Funding or None
        What the lender knows of the enterprise's funding, for the working-capital gap.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "enterprise_id": "91350200MA2XXXXX0M",
                    "as_of": "2023-01-01T00:00:00+08:00",
                    "client_reference": "loan-2023-000017",
                }
            ]
        },
    )

    enterprise_id: Annotated[
        CreditCode,
        Field(
            description="unified social credit code: 18 characters, the last one checks the rest"
        ),
    ]
    as_of: Annotated[
        TimeText | None,
        Field(description="RFC 3339 with a zone; left out, the server's clock"),
    ] = None
    client_reference: Annotated[
        str | None,
        Field(
            strict=True,
            pattern=r"^[A-Za-z0-9._:/-]{1,64}$",
            description="your own name for the request; it comes back in the answer",
        ),
    ] = None
    funding: Annotated[
        Funding | None,
        Field(
            description="what you know of its funding; left out, the policy's assumptions hold for "
            "the limit, and the answer says so"
        ),
    ] = None

    @property
    def canonical(self) -> bytes:
        """The request as canonical JSON, without what it leaves open."""
        stated = self.model_dump(mode="json", exclude_none=True)
        return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS)


def checked_credit_code(text: str) -> str:
    """Return a text that is a unified social credit code.

    Raises
    ------
    MalformedCreditCode
        If it is none.
    """
    if not is_credit_code_unseen(text):
        raise MalformedCreditCode(
            "a unified social credit code (GB 32100): 18 digits and capital letters without "
            "I, O, S, V, Z, the last of which fits the others",
            repr(text[:40]),
            "compare it with the business licence",
        )
    return text
