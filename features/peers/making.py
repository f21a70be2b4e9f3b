"""Make the peers from the newest month of a feature table."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.peers.goods import main_sections, sections_of
from features.peers.group import SIZE, Group, group_of
from features.peers.peers import Peers
from features.peers.spread import Floats, Spread
from features.table import FeatureTable, Heading
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror
from supervision.record import Record

TRADE = ("declared_value_sum_365d", "outbound_value_sum_365d")
"""Only who declared or sold something within the year is anybody's peer."""
_READ = (
    "kind",
    "position",
    "enterprise_id",
    "occurred_at",
    "known_at",
    "reversed_at",
    "hs_code",
    "declared_value",
)


def newest_month(path: Path) -> FeatureTable:
    """Read the rows of a feature table's newest as-of point.

    Raises
    ------
    CargoworthyError
        If there is no such file, it is not a feature table, or it has no rows.
    """
    heading = Heading.read(path)
    newest = pc.max(pq.read_table(path, columns=["as_of"])["as_of"]).as_py()
    if newest is None:
        raise CargoworthyError(
            f"expected {path} to have rows, found none; build it from a record with messages"
        )
    found = pq.read_table(path, filters=[("as_of", "=", newest)])
    return FeatureTable(
        enterprise_id=np.asarray(found.column("enterprise_id").to_pylist(), np.str_),
        as_of=found.column("as_of").to_numpy(),
        names=heading.names,
        values=np.column_stack([found.column(name).to_numpy() for name in heading.names]),
        catalogue_hash=heading.catalogue_hash,
        record=heading.record,
        position=heading.position,
    )


def goods_of(table: FeatureTable, record: Record, mirror: Mirror) -> dict[str, int]:
    """HS section of the goods in which each enterprise of a table mostly trades.

    Parameters
    ----------
    table : FeatureTable
        Of one as-of point.
    record : Record
    mirror : Mirror
        Of that record, fresh.

    Raises
    ------
    CargoworthyError
        If the table was built from another record.
    """
    if record.identity() != table.record:
        raise CargoworthyError(
            f"expected a table of record {record.identity()}, found one of {table.record}; "
            "build the table again, or name the record with --database"
        )
    declarations = mirror.read("declaration", _READ)
    sections = sections_of(record, declarations["hs_code"])
    found = main_sections(declarations, int(table.as_of[0]), sections, table.position)
    numbers = record.number_of([str(code) for code in table.enterprise_id])
    return {code: found[number] for code, number in numbers.items() if number in found}


def peers_of(table: FeatureTable, goods: Mapping[str, int]) -> Peers:
    """Measure how the features of a table are spread over its groups.

    Parameters
    ----------
    table : FeatureTable
        Of one as-of point.
    goods : mapping of str to int
        HS section by credit code; see :func:`goods_of`.
    """
    column = {name: table.values[:, place] for place, name in enumerate(table.names)}
    trades = np.logical_or(*(column[name] > 0 for name in TRADE))
    own = [
        group_of(float(size), goods.get(str(code)))
        for size, code in zip(column[SIZE], table.enterprise_id, strict=True)
    ]
    members: dict[Group, list[int]] = {}
    for place in np.flatnonzero(trades).tolist():
        for group in own[place].widening():
            members.setdefault(group, []).append(place)
    spreads = {group: _spreads(table, table.values[places]) for group, places in members.items()}
    return Peers(
        catalogue_hash=table.catalogue_hash,
        record=table.record,
        position=table.position,
        as_of=int(table.as_of[0]),
        spreads={group: spreads[group] for group in sorted(spreads, key=_order) if spreads[group]},
    )


def _spreads(table: FeatureTable, values: Floats) -> dict[str, Spread]:
    found = {name: Spread.of(values[:, place]) for place, name in enumerate(table.names)}
    return {name: spread for name, spread in found.items() if spread is not None}


def _order(group: Group) -> tuple[str, int]:
    return group.size or "", group.section or 0
