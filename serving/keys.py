"""Idempotency keys: the same key and request give the same stored answer.

A key belongs to the client that sent it. It is written in the transaction that writes the answer,
and kept as long as the ledger.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Self

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from serving.errors import InFlight, KeyReused
from supervision.append_only import AppendOnly
from supervision.database import add, fetch, placeholder

KEY = sa.Table(
    "idempotency_key",
    sa.MetaData(),
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("client_id", sa.String(200), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("outcomes", sa.Text, nullable=False),
    sa.Column("kept_at", sa.BigInteger, nullable=False),
)
"""One row a key: what it was answered with, by the ids of the scores."""

KEPT = AppendOnly(KEY, "the table of idempotency keys", unique=("key_hash",), key=4_717_004)

Outcome = dict[str, Any]
"""Of one asked score: ``{"score_id": ...}``, or ``{"problem": {...}}``."""


@dataclass(frozen=True)
class Key:
    """A key and the request that came with it.

    Attributes
    ----------
    client_id : str
    hash : str
        SHA-256 of the client and the key.
    fingerprint : str
        SHA-256 of the operation and its request.
    at : int
        When it came, UTC microseconds.
    """

    client_id: str
    hash: str
    fingerprint: str
    at: int

    @classmethod
    def of(cls, client_id: str, text: str, operation: str, request: bytes, at: int) -> Self:
        """Of a client's key and its request in canonical JSON."""
        named = hashlib.sha256(f"{client_id}\n{text}".encode()).hexdigest()
        asked = hashlib.sha256(operation.encode() + b"\n" + request).hexdigest()
        return cls(client_id, named, asked, at)

    def outcomes(self, connection: Connection) -> list[Outcome] | None:
        """What was answered under this key; None if nothing was.

        Raises
        ------
        KeyReused
            If it was another request.
        """
        sql = f"SELECT fingerprint, outcomes FROM {KEY.name} WHERE key_hash = "  # noqa: S608
        found = fetch(connection, sql + placeholder(connection), (self.hash,))
        if not found:
            return None
        ((fingerprint, text),) = found
        if fingerprint != self.fingerprint:
            raise KeyReused(
                "an idempotency key with the request that it was first sent with",
                "another request under this key",
                "send a new key with a new request",
            )
        outcomes: list[Outcome] = orjson.loads(text)
        return outcomes

    def keep(self, connection: Connection, outcomes: list[Outcome]) -> None:
        """Write what was answered, in the open transaction."""
        row = {
            "key_hash": self.hash,
            "client_id": self.client_id,
            "fingerprint": self.fingerprint,
            "outcomes": orjson.dumps(outcomes).decode(),
            "kept_at": self.at,
        }
        add(connection, KEY.name, [row])


def in_flight() -> InFlight:
    """Why a call is not answered while another under its key is."""
    return InFlight(
        "request-in-flight",
        "one call at a time under an idempotency key",
        "another one that is being answered",
        "send the same request again in a moment: it gives the stored answer",
    )
