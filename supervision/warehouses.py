"""Custody by warehouse: what a warehouse reported of all its clients, some messages at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

from supervision.arrays import Columns, Integers
from supervision.contract.columns import column
from supervision.database import arrays, columns_of, fetch, placeholder
from supervision.record import Record, row_columns, select_rows

CHUNK = 50_000
"""Messages read at a time: some 10 MB as arrays."""

_LAST = int(np.iinfo(np.int64).max)


def warehouses(record: Record) -> Integers:
    """Numbers of all warehouses that any custody message names, rising."""
    with record.engine.connect() as connection:
        rows = fetch(connection, "SELECT DISTINCT warehouse FROM custody ORDER BY warehouse")
    return arrays(rows, 1)[0]


def custody_of(
    record: Record,
    warehouse: int,
    kinds: Sequence[str],
    between: tuple[int, int],
    up_to: int | None = None,
    chunk: int = CHUNK,
) -> Iterator[Columns]:
    """Custody messages of a warehouse, about all its clients, in order of time and position.

    Parameters
    ----------
    record : Record
    warehouse : int
        Number of its name.
    kinds : sequence of str
        Only messages of these kinds.
    between : (int, int)
        UTC microseconds: messages that occurred after the one and were known by the other.
    up_to : int, optional
        The newest position to see; reversals after it are not seen either.
    chunk : int
        Greatest number of messages at a time.
    """
    occurred, position = between[0], _LAST
    last = _LAST if up_to is None else up_to
    codes = ", ".join(str(column("custody", "kind").code(kind)) for kind in kinds)
    names = row_columns("custody")
    while True:
        with record.engine.connect() as connection:
            mark = placeholder(connection)
            where = (
                f"f.warehouse = {mark} AND (f.occurred_at, f.position) > ({mark}, {mark}) "
                f"AND f.known_at <= {mark} AND f.position <= {mark} AND f.kind IN ({codes})"
            )
            sql = f"{select_rows('custody', mark, where, 'f.occurred_at, f.position')} LIMIT {mark}"
            values = (last, warehouse, occurred, position, between[1], last, chunk)
            found = columns_of(connection, sql, names, values)
        if len(found["position"]):
            yield found
        if len(found["position"]) < chunk:
            return
        occurred, position = int(found["occurred_at"][-1]), int(found["position"][-1])
