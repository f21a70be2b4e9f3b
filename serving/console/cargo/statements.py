"""What the messages of an enterprise state, by stream, as a page of its goods reads them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from serving.console.cargo.standpoint import Standpoint
from supervision.contract.columns import Column, column, columns
from supervision.record import Record
from supervision.tables import FACTS, REVERSAL

By = Literal["enterprise_id", "buyer"]


@dataclass(frozen=True)
class Statement:
    """One message.

    Attributes
    ----------
    stream, message_id, kind, provider : str
    lot : int or None
        Number of its cargo code in the record.
    occurred_at : int
        UTC microseconds.
    position : int
    taken_back : bool
    values : mapping
        Its stream's own fields, those that it states: names and choices as texts.
    """

    stream: str
    message_id: str
    kind: str
    provider: str
    lot: int | None
    occurred_at: int
    position: int
    taken_back: bool
    values: Mapping[str, Any]

    def get(self, field: str) -> Any:
        """A field, None where it is not stated."""
        return self.values.get(field)


def statements(
    record: Record,
    at: Standpoint,
    stream: str,
    *,
    by: By = "enterprise_id",
    lot: int | None = None,
    without: Collection[str] = (),
    taken_back: bool = False,
) -> tuple[Statement, ...]:
    """Messages that were known by then, in the order in which they occurred.

    Parameters
    ----------
    record : Record
    at : Standpoint
    stream : str
    by : str
        ``buyer`` for what was sold to the enterprise.
    lot : int, optional
        Only of this lot.
    without : collection of str
        Kinds to leave out.
    taken_back : bool
        Whether to tell those, too, that were taken back by then.
    """
    table = FACTS[stream]
    undone = (
        (REVERSAL.c.target_position == table.c.position)
        & (REVERSAL.c.position <= at.position)
        & (REVERSAL.c.known_at <= at.as_of)
    )
    query = (
        sa.select(table, REVERSAL.c.position.is_not(None).label("taken_back"))
        .select_from(table.outerjoin(REVERSAL, undone))
        .where(
            table.c[by] == at.enterprise,
            table.c.known_at <= at.as_of,
            table.c.position <= at.position,
        )
        .order_by(table.c.occurred_at, table.c.position)
    )
    if lot is not None:
        query = query.where(table.c.cargo_code == lot)
    if not taken_back:
        query = query.where(REVERSAL.c.position.is_(None))
    if without:
        kinds = column(stream, "kind")
        query = query.where(table.c.kind.not_in([kinds.code(kind) for kind in without]))
    with record.engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return _read(record, stream, rows)


def _read(
    record: Record, stream: str, rows: Collection[Mapping[Any, Any]]
) -> tuple[Statement, ...]:
    stated = columns(stream)
    named = [each.name for each in stated if each.kind == "name" and each.name != "cargo_code"]
    numbers = {row[name] for row in rows for name in named if row[name] is not None}
    texts = record.text_of(sorted(numbers))
    kinds = next(each for each in stated if each.name == "kind").choices
    fields = [each for each in stated if each.name not in _ENVELOPE]
    return tuple(
        Statement(
            stream=stream,
            message_id=row["message_id"],
            kind=kinds[row["kind"]],
            provider=texts[row["provider_id"]],
            lot=row["cargo_code"],
            occurred_at=row["occurred_at"],
            position=row["position"],
            taken_back=bool(row["taken_back"]),
            values={
                each.name: _value(each, row[each.name], texts)
                for each in fields
                if row[each.name] is not None
            },
        )
        for row in rows
    )


_ENVELOPE = frozenset(
    (
        "message_id", "provider_id", "enterprise_id", "cargo_code", "occurred_at", "recorded_at",
        "reverses", "kind",
    )
)  # fmt: skip


def _value(of: Column, value: Any, texts: Mapping[int, str]) -> Any:
    if of.kind == "name":
        return texts[value]
    return of.choices[value] if of.kind == "enumerated" else value
