"""One message of an enterprise, field by field, with nothing of third parties in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.contract.columns import Column, columns
from supervision.contract.messages import STREAMS
from supervision.names import numbers_of, texts_of
from supervision.record import Record
from supervision.tables import BATCH, FACTS, REVERSAL

LENDERS = frozenset(("financing", "outcome"))
"""Streams whose providers are lenders: another lender's name is nobody's business."""
_ENVELOPE = frozenset(
    ("message_id", "provider_id", "enterprise_id", "occurred_at", "recorded_at", "reverses", "kind")
)
_PARTIES = frozenset(
    (
        "party", "trading_party", "consuming_party", "counterparty", "buyer", "lender", "holder",
    )
)  # fmt: skip
"""Fields that name whom it deals with."""
_OF_LENDERS = frozenset(
    (
        "facility", "renewed_from", "receipt", "registration_number", "release_order", "amount",
        "floor_value", "due_at", "matures_at",
    )
)  # fmt: skip
"""Fields of another lender's business, told to nobody else."""
_TIMES = frozenset(("valid_until", "due_at", "matures_at"))


@dataclass(frozen=True)
class Field:
    """One stated field.

    Attributes
    ----------
    name : str
    kind : str
        How it is shown: ``money``, ``price``, ``time``, ``day``, ``choice``, ``code``, ``number``
        or ``text``; ``hidden`` where it is not told.
    value : object
    """

    name: str
    kind: str
    value: object


@dataclass(frozen=True)
class ShownMessage:
    """A message as the page shows it.

    Attributes
    ----------
    stream, message_id : str
    provider : str or None
        None for another lender.
    kind : str
    occurred_at, recorded_at, known_at : int
        UTC microseconds.
    received_at : int or None
        None where it came with a declared backfill.
    reversed_at : int or None
        When it was known to be taken back.
    position : int
    digest : str
        SHA-256 of the file or the body in which it came.
    row : int
        Its place there.
    fields : tuple of Field
    """

    stream: str
    message_id: str
    provider: str | None
    kind: str
    occurred_at: int
    recorded_at: int
    known_at: int
    received_at: int | None
    reversed_at: int | None
    position: int
    digest: str
    row: int
    fields: tuple[Field, ...]


def message_of(
    record: Record,
    enterprise_id: str,
    stream: str,
    message_id: str,
    tenant: str,
    provider: str = "",
) -> ShownMessage | None:
    """Find a message that an enterprise's own rows hold; None where there is none.

    Parameters
    ----------
    record : Record
    enterprise_id, stream, message_id : str
    tenant : str
        The lender that looks: what it reported itself it sees whole.
    provider : str
        Who reported it, where that is known: several may have messages of one id.
    """
    if stream not in STREAMS or not provider.isprintable():
        return None
    table = FACTS[stream]
    with record.engine.connect() as connection:
        number = numbers_of(connection, [enterprise_id]).get(enterprise_id)
        if number is None:
            return None
        query = (
            sa.select(table, BATCH.c.digest, REVERSAL.c.known_at.label("reversed_at"))
            .join(BATCH, BATCH.c.batch == table.c.batch)
            .outerjoin(REVERSAL, REVERSAL.c.target_position == table.c.position)
            .where(table.c.enterprise_id == number, table.c.message_id == message_id)
            .order_by(table.c.position)
            .limit(1)
        )
        if provider:
            query = query.where(
                table.c.provider_id == numbers_of(connection, [provider]).get(provider, 0)
            )
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else _shown(connection, stream, dict(row), number, tenant)


def _shown(
    connection: Connection, stream: str, row: Mapping[str, Any], enterprise: int, tenant: str
) -> ShownMessage:
    stated = [c for c in columns(stream) if row.get(c.name) is not None]
    named = [int(row[c.name]) for c in stated if c.kind == "name"]
    texts = texts_of(connection, named)
    provider = texts[row["provider_id"]]
    lender = texts.get(row.get("lender") or -1)
    own = tenant in (provider, lender)
    foreign = not own and (stream in LENDERS or lender is not None)
    known = {texts[enterprise], tenant}
    kind = next(c for c in columns(stream) if c.name == "kind")
    return ShownMessage(
        stream=stream,
        message_id=row["message_id"],
        provider=None if stream in LENDERS and not own else provider,
        kind=kind.choices[row["kind"]],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        known_at=row["known_at"],
        received_at=row["received_at"],
        reversed_at=row["reversed_at"],
        position=row["position"],
        digest=row["digest"],
        row=row["row"],
        fields=tuple(
            _field(c, row[c.name], texts, known, foreign=foreign)
            for c in stated
            if c.name not in _ENVELOPE
        ),
    )


def _field(
    column: Column, value: Any, texts: Mapping[int, str], known: set[str], *, foreign: bool
) -> Field:
    name = column.name
    if foreign and name in _OF_LENDERS:
        return Field(name, "hidden", None)
    if column.kind == "name":
        text = texts[value]
        kind = "hidden" if name in _PARTIES and text not in known else "code"
        return Field(name, kind, None if kind == "hidden" else text)
    if column.kind == "enumerated":
        return Field(name, "choice", column.choices[value])
    return Field(name, _kind(name, column), value)


def _kind(name: str, column: Column) -> str:
    if name in _TIMES:
        return "time"
    if name in ("amount", "price", "declared_value", "registered_capital", "floor_value"):
        return "money"
    if name == "unit_price":
        return "price"
    if name == "established_on":
        return "day"
    return "text" if column.kind == "text" else "number"
