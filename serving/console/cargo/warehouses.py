"""Where the lots lie: warehouse by warehouse, with what was wrong there."""

from collections.abc import Iterable
from dataclasses import dataclass

from features.calendar import DAY
from serving.console.cargo.faults import Fault
from serving.console.cargo.stock import Stock, StockLot


@dataclass(frozen=True)
class Warehouse:
    """What of an enterprise's lies in one warehouse.

    Attributes
    ----------
    name : str or None
        None for lots that no warehouse reports under the enterprise's name.
    lots : int
    value : int
        Fen.
    share : float
        Of the stock's value.
    oldest_count : int or None
        Days since the least lately confirmed of its lots was received or counted; None where one
        never was.
    faults : int
        Exceptions of the enterprise's lots there within a year.
    """

    name: str | None
    lots: int
    value: int
    share: float
    oldest_count: int | None
    faults: int


def warehouses(stock: Stock, found: Iterable[Fault], as_of: int) -> tuple[Warehouse, ...]:
    """Each warehouse, that with the most value first."""
    by_name: dict[str | None, list[StockLot]] = {}
    for lot in stock.lots:
        if lot.quantity:
            by_name.setdefault(lot.place.warehouse if lot.place else None, []).append(lot)
    lately = [
        fault.told.values["warehouse"]
        for fault in found
        if fault.told.occurred_at > as_of - 365 * DAY
    ]
    told = [_warehouse(name, lots, stock.value, lately) for name, lots in by_name.items()]
    return tuple(sorted(told, key=lambda each: (-each.value, each.name or "")))


def _warehouse(name: str | None, lots: list[StockLot], whole: int, faults: list[str]) -> Warehouse:
    value = sum(lot.value for lot in lots)
    days = [lot.lot.confirmed_days for lot in lots]
    known = [each for each in days if each is not None]
    return Warehouse(
        name=name,
        lots=len(lots),
        value=value,
        share=value / whole if whole else 0.0,
        oldest_count=max(known) if len(known) == len(days) else None,
        faults=faults.count(name) if name else 0,
    )
