"""A chain: rows of an append-only table, each with the hash of the one before.

Triggers keep mistakes away; the chain shows what was done past them. A row that was edited, taken
out or put elsewhere no longer fits its hash. Rows cut off at the end do not show by themselves:
note the newest hash elsewhere.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supervision.canonical import json_bytes
from supervision.errors import CargoworthyError

FIRST = "0" * 64
"""What stands in the first row for the hash of the row before."""
_READ_AT_ONCE = 10_000


class BrokenChain(CargoworthyError):
    """A row is not what was written.

    Attributes
    ----------
    position : int
        Where the chain breaks.
    """

    def __init__(self, table: str, position: int) -> None:
        super().__init__(
            f"expected row {position} of {table} as it was written, found that its hashes do not "
            "fit; rows were changed or taken out past the triggers; compare with a backup"
        )
        self.position = position


@dataclass(frozen=True)
class Link:
    """The place and the hash of a row; place 0 stands before the first."""

    position: int = 0
    hash: str = FIRST


@dataclass(frozen=True)
class Chain:
    """The chain of one table.

    Attributes
    ----------
    table : sqlalchemy.Table
        Its columns ``position`` (1, 2, 3, ...), ``previous_hash`` and ``hash`` are the chain's.
    """

    table: sa.Table

    def newest(self, connection: Connection) -> Link:
        """The row at the end."""
        columns = self.table.c
        query = sa.select(columns.position, columns.hash).order_by(columns.position.desc())
        found = connection.execute(query.limit(1)).one_or_none()
        return Link() if found is None else Link(int(found.position), str(found.hash))

    def extend(
        self, connection: Connection, told: Sequence[Mapping[str, object]]
    ) -> list[dict[str, object]]:
        """Add rows at the end.

        Parameters
        ----------
        connection : Connection
            In a transaction in which nobody else adds any.
        told : sequence of mapping
            The other columns of each row.

        Returns
        -------
        list of dict
            The rows as they were written.
        """
        last = self.newest(connection)
        rows: list[dict[str, object]] = []
        for one in told:
            row = _row(one, last)
            last = Link(last.position + 1, str(row["hash"]))
            rows.append(row)
        if rows:
            connection.execute(sa.insert(self.table), rows)
        return rows

    def rows(self, connection: Connection) -> Iterator[dict[str, object]]:
        """All rows in order, each looked at before it is given.

        Raises
        ------
        BrokenChain
            At the first row that is not what was written.
        """
        query = sa.select(self.table).order_by(self.table.c.position)
        last = Link()
        with connection.execute(query, execution_options={"yield_per": _READ_AT_ONCE}) as found:
            for row in found.mappings():
                told = {name: value for name, value in row.items() if name not in _OWN}
                expected = _row(told, last)
                if expected != dict(row):
                    raise BrokenChain(self.table.name, last.position + 1)
                last = Link(last.position + 1, str(expected["hash"]))
                yield expected


_OWN = frozenset(("position", "previous_hash", "hash"))


def _row(told: Mapping[str, object], last: Link) -> dict[str, object]:
    row = {**told, "position": last.position + 1, "previous_hash": last.hash}
    return {**row, "hash": hashlib.sha256(json_bytes(row)).hexdigest()}
