"""Objections of the lender's enterprises that nobody has settled, with their clocks running."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from serving.objections.log import EVENT

_LODGED, _SETTLED = EVENT.alias("lodged"), EVENT.alias("settled")
_OPEN = (
    sa.select(_LODGED.c.enterprise_id, _LODGED.c.stream, _LODGED.c.message_id, _LODGED.c.due_at)
    .outerjoin(_SETTLED, _SETTLED.c.event == _LODGED.c.objection_id + "/settled")
    .where(
        _LODGED.c.kind == "lodged",
        _LODGED.c.at <= sa.bindparam("now"),
        _SETTLED.c.number.is_(None),
    )
    .order_by(_LODGED.c.due_at, _LODGED.c.number)
)


@dataclass(frozen=True)
class OpenObjection:
    """An objection that is open: which fact is disputed and until when it must be answered.

    What the enterprise wrote is not the lender's to read.

    Attributes
    ----------
    enterprise_id, stream, message_id : str
    due_at : int
        UTC microseconds: the statutory twenty days.
    """

    enterprise_id: str
    stream: str
    message_id: str
    due_at: int


def open_objections(
    ledger: Engine, enterprise_ids: Collection[str], now: int
) -> tuple[OpenObjection, ...]:
    """Open objections of some enterprises, those due first before the others.

    Parameters
    ----------
    ledger : Engine
    enterprise_ids : collection of str
        Those that the lender may see.
    now : int
        UTC microseconds.
    """
    with ledger.connect() as connection:
        rows = connection.execute(_OPEN, {"now": now}).all()
    return tuple(OpenObjection(*row) for row in rows if row[0] in enterprise_ids)
