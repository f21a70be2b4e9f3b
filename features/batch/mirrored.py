"""Read what the engine needs of a range of enterprises from the mirror."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache

import pyarrow.parquet as pq

from features.catalogue import CATALOGUE
from features.facts import ENVELOPE, Facts, table_names
from features.nodes.warehouses import WAREHOUSE, OverClients
from features.prices import NO_PRICES, Prices
from supervision.arrays import Columns
from supervision.mirror import Mirror

_DERIVED_FROM = frozenset(
    (
        "due_at",
        "days_past_due",
        "trading_party",
        "declared_value",
        "renewed_from",
        "lender",
        WAREHOUSE,
    )
)
"""What the engine's derived columns are reckoned from, and groups made by."""


def facts_between(mirror: Mirror, first: int, last: int) -> Facts:
    """Facts of the enterprises whose numbers lie between two, both included; of them alone."""
    tables = rows_between(mirror, table_names(), (first, last))
    market = mirror.read("market", _columns_read(mirror, "market"))
    return Facts(tables, Prices.of(market), mirror.read("lots", between=(first, last)))


def states_between(mirror: Mirror, tables: Iterable[str], first: int, last: int) -> Facts:
    """Facts of a range of enterprises, but of some tables only; without prices and lots."""
    return Facts(rows_between(mirror, tables, (first, last)), NO_PRICES, {})


def custody_between(
    mirror: Mirror, asked: tuple[OverClients, ...], first: int, last: int
) -> Columns:
    """Custody messages of a range of enterprises, with the columns that are added up."""
    named = {"enterprise_id", "occurred_at", "known_at", "reversed_at", WAREHOUSE}
    for of in asked:
        named |= _texts(of)
    names = tuple(name for name in _columns_read(mirror, "custody") if name in named)
    return mirror.read("custody", names, (first, last))


def rows_between(
    mirror: Mirror, tables: Iterable[str], between: tuple[int, int]
) -> dict[str, Columns]:
    """Rows of tables of a range of enterprises, with the columns that any recipe names."""
    return {table: mirror.read(table, _columns_read(mirror, table), between) for table in tables}


def _columns_read(mirror: Mirror, table: str) -> tuple[str, ...]:
    there = pq.read_schema(mirror.folder / f"{table}.parquet").names
    return tuple(name for name in there if name in _named())


@cache
def _named() -> frozenset[str]:
    """Columns that any recipe of the catalogue names."""
    named = {*ENVELOPE, "unit_price", "hs_code"} | _DERIVED_FROM
    for feature in CATALOGUE.features:
        named |= _texts(feature.recipe)
    return frozenset(named)


def _texts(node: object) -> set[str]:
    """All texts that stand in a recipe; column names are among them."""
    if isinstance(node, str):
        return {node}
    if isinstance(node, tuple):
        return set().union(*(_texts(item) for item in node))
    if is_dataclass(node):
        return set().union(*(_texts(getattr(node, field.name)) for field in fields(node)))
    return set()
