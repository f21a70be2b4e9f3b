"""Consents, as they are asked for and told."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from serving.access.consents import Consent, Matter, Purpose
from serving.instants import TimeText, text_if_any, text_of
from serving.scores.request import CreditCode


class ConsentRequest(BaseModel):
    """An enterprise lets a bank see it.

    Attributes
    ----------
    enterprise_id : str
        Whose consent it is: the caller's own credit code.
    bank : str
        The bank's name, as it is registered here.
    scope : tuple of Matter
        What the bank may see.
    purpose : Purpose
        What for.
    expires_at : str
        RFC 3339 with a zone; at most three years ahead.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "enterprise_id": "91350211MA31009013",
                    "bank": "harbour-bank",
                    "scope": ["scores", "profiles"],
                    "purpose": "credit",
                    "expires_at": "2027-06-30T00:00:00+08:00",
                }
            ]
        },
    )

    enterprise_id: Annotated[CreditCode, Field(description="the caller's own credit code")]
    bank: Annotated[str, Field(strict=True, min_length=1, max_length=64)]
    scope: Annotated[tuple[Matter, ...], Field(min_length=1, max_length=len(Matter))]
    purpose: Purpose = Purpose.CREDIT
    expires_at: Annotated[
        TimeText, Field(description="RFC 3339 with a zone, at most three years ahead")
    ]


class ConsentAnswer(BaseModel):
    """One consent as it stands."""

    model_config = ConfigDict(frozen=True)

    consent_id: str = Field(examples=["8e4f9f0e-9d0e-4b57-9a0e-2d4c6c0f5a11"])
    enterprise_id: str
    bank: str
    scope: tuple[Matter, ...]
    purpose: Purpose
    granted_at: str
    expires_at: str
    revoked_at: str | None
    holds: bool = Field(description="neither expired nor revoked now")


class ConsentList(BaseModel):
    """Consents, newest first."""

    model_config = ConfigDict(frozen=True)

    consents: tuple[ConsentAnswer, ...]


def told(consent: Consent, now: int) -> ConsentAnswer:
    """Tell a consent as it stands at a time."""
    return ConsentAnswer(
        consent_id=consent.consent_id,
        enterprise_id=consent.enterprise_id,
        bank=consent.bank,
        scope=consent.matters,
        purpose=consent.purpose,
        granted_at=text_of(consent.granted_at),
        expires_at=text_of(consent.expires_at),
        revoked_at=text_if_any(consent.revoked_at),
        holds=consent.holds(now),
    )
