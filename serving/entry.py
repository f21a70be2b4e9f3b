"""An answer as it enters the ledger, and the table in which it stands there.

The answer is stored as the very text that was sent.
"""

from dataclasses import dataclass, field
from typing import Any, Self

import sqlalchemy as sa

from supervision.append_only import AppendOnly, number_column

METADATA = sa.MetaData()
SCORE = sa.Table(
    "score",
    METADATA,
    number_column(),
    sa.Column("score_id", sa.String(36), nullable=False, unique=True),
    sa.Column("enterprise_id", sa.String(18), nullable=False, index=True),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("record_position", sa.BigInteger, nullable=False),
    sa.Column("model_hash", sa.String(64), nullable=False),
    sa.Column("catalogue_hash", sa.String(64), nullable=False),
    sa.Column("policy_hash", sa.String(64), nullable=False),
    sa.Column("client_reference", sa.String(64)),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("tenant", sa.String(64), nullable=False, server_default="open"),
    sa.Column("client_id", sa.String(200), nullable=False, server_default="open"),
    sa.Column("consent_id", sa.String(64)),
    sa.Column("request", sa.Text),
    sa.Column("enterprise_number", sa.BigInteger),
    sqlite_autoincrement=True,
)
"""One row an answer, scored or not."""

KEPT = AppendOnly(SCORE, "the score log", unique=("score_id", "number"), key=4_717_001)


@dataclass(frozen=True)
class Entry:
    """One answer, as it enters the ledger.

    Attributes
    ----------
    score_id, enterprise_id, status : str
    as_of, answered_at : int
        UTC microseconds.
    record_position : int
        Newest message of the record that the answer could see.
    model_hash, catalogue_hash, policy_hash : str
    client_reference : str or None
    document : bytes
        Canonical JSON, as sent.
    tenant, client_id : str
        Whose it is, and who asked; ``open`` where nobody has to say who they are.
    consent_id : str or None
    request : bytes or None
        What was asked, canonical JSON; None of an answer from before it was kept.
    enterprise_number : int or None
        Number of the enterprise's name in the record; None where it had never met the name.
    answer : object or None
        What the document was written from, so that nobody has to parse it; it is not kept.
    """

    score_id: str
    enterprise_id: str
    status: str
    as_of: int
    answered_at: int
    record_position: int
    model_hash: str
    catalogue_hash: str
    policy_hash: str
    client_reference: str | None
    document: bytes
    tenant: str = "open"
    client_id: str = "open"
    consent_id: str | None = None
    request: bytes | None = None
    enterprise_number: int | None = None
    answer: object = field(default=None, compare=False, repr=False)

    def row(self) -> dict[str, Any]:
        """The entry as a row of the table."""
        request = None if self.request is None else self.request.decode()
        row = {**vars(self), "document": self.document.decode(), "request": request}
        del row["answer"]
        return row

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """A row of the table as an entry."""
        told = {name: row[name] for name in cls.__dataclass_fields__ if name != "answer"}
        request = None if told["request"] is None else str(told["request"]).encode()
        return cls(**{**told, "document": str(told["document"]).encode(), "request": request})
