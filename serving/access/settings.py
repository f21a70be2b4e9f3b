"""Where tokens come from, and how much a client may ask."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

KEY = Path("var/access/key.json")
ISSUER = "http://127.0.0.1:8000"
AUDIENCE = "cargoworthy"


class AccessSettings(BaseModel):
    """What is asked of a caller.

    Attributes
    ----------
    issuer : str
        URL of who issues the tokens; without ``jwks`` it is this service itself.
    audience : str
        For whom tokens are: this service's name in them.
    key : Path
        The built-in issuer's private keys, made by ``cargoworthy access init``.
    jwks : str or None
        URL (https) or file of another issuer's public keys; then the built-in issuer rests.
    calls_a_minute, rows_a_minute : int
        Of one client, over all workers.
    tokens_a_minute : int
        Requests for tokens from one address.
    body_bytes, batch_rows : int
        The most that one call may carry.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = ISSUER
    audience: str = AUDIENCE
    key: Path = KEY
    jwks: str | None = None
    calls_a_minute: int = Field(6_000, ge=1)
    rows_a_minute: int = Field(60_000, ge=1)
    tokens_a_minute: int = Field(60, ge=1)
    body_bytes: int = Field(1_048_576, ge=1)
    batch_rows: int = Field(1_000, ge=1)
