"""Requests for tokens and their answers, as the interface describes them."""

from pydantic import BaseModel, ConfigDict, Field

from serving.access.tokens import LIFETIME


class TokenRequest(BaseModel):
    """A token, please; a form, not JSON."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grant_type": "client_credentials"}]}
    )

    grant_type: str = Field(description="client_credentials")
    scope: str | None = Field(None, description="scopes, with blanks between them; all if left out")
    client_id: str | None = None
    client_secret: str | None = Field(None, description="or in the header Authorization: Basic")
    client_assertion_type: str | None = None
    client_assertion: str | None = Field(None, description="a JWT signed with the client's key")


class TokenAnswer(BaseModel):
    """A token."""

    access_token: str
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(description="seconds", examples=[LIFETIME])
    scope: str = Field(examples=["profiles:read scores:read scores:write"])


class KeySetAnswer(BaseModel):
    """Public keys (RFC 7517)."""

    keys: list[dict[str, str]]


class ServerMetadata(BaseModel):
    """Where tokens are given and how (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    scopes_supported: list[str]
