"""What the page of an enterprise's cargo shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.facts import Facts
from serving.console.cargo.faults import Fault, faults
from serving.console.cargo.lot_name import LotName, lot_name
from serving.console.cargo.pledges import Pledge, of_lender, pledges
from serving.console.cargo.release_orders import ReleaseOrder, release_orders
from serving.console.cargo.standpoint import Standpoint
from serving.console.cargo.statements import Statement, statements
from serving.console.cargo.stock import Known, Stock, stock_of
from serving.console.cargo.titles import Transfer, transfers
from serving.console.cargo.warehouses import Warehouse, warehouses
from serving.console.cargo.worth import Turn, Worth, turnover, worth_over_time
from serving.limits.eligibility import EligibilityTerms
from serving.rooms import Rooms
from supervision.record import Record


@dataclass(frozen=True)
class CargoPage:
    """All that the page shows.

    Attributes
    ----------
    at : Standpoint
    stock : Stock
    worth : tuple of Worth
    turnover : tuple of Turn
    faults : tuple of Fault
    warehouses : tuple of Warehouse
    transfers : tuple of Transfer
    pledges : tuple of Pledge
        The lender's own.
    orders : tuple of ReleaseOrder
        On these.
    names : mapping of int to LotName
        Of every lot that is mentioned.
    """

    at: Standpoint
    stock: Stock
    worth: tuple[Worth, ...]
    turnover: tuple[Turn, ...]
    faults: tuple[Fault, ...]
    warehouses: tuple[Warehouse, ...]
    transfers: tuple[Transfer, ...]
    pledges: tuple[Pledge, ...]
    orders: tuple[ReleaseOrder, ...]
    names: Mapping[int | None, LotName]

    @property
    def waiting(self) -> tuple[ReleaseOrder, ...]:
        """Orders that wait for this lender's word."""
        return tuple(order for order in self.orders if order.state == "waiting")


def standpoint(
    rooms: Rooms, enterprise_id: str, tenant: str, as_of: int, position: int | None = None
) -> Standpoint | None:
    """Where a lender stands that looks at an enterprise; None of one that the record lacks.

    Parameters
    ----------
    rooms : Rooms
    enterprise_id, tenant : str
    as_of : int
        UTC microseconds.
    position : int, optional
        Newest of the record to see; the newest there is by default.
    """
    record = rooms.record()
    number = record.number_of([enterprise_id]).get(enterprise_id)
    if number is None:
        return None
    seen = record.position() if position is None else position
    return Standpoint(enterprise_id, number, tenant, as_of, seen)


def cargo_page(rooms: Rooms, at: Standpoint, disputed: frozenset[int] = frozenset()) -> CargoPage:
    """Gather what the page shows.

    Parameters
    ----------
    rooms : Rooms
    at : Standpoint
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """
    facts = rooms.reader().facts_of(at.enterprise, at.position, at.as_of)
    return cargo_of(rooms.record(), facts, at, rooms.policy.eligible, disputed)


def cargo_of(
    record: Record,
    facts: Facts,
    at: Standpoint,
    terms: EligibilityTerms,
    disputed: frozenset[int] = frozenset(),
) -> CargoPage:
    """Gather it out of a record."""
    custody = statements(record, at, "custody", without=("sensor",))
    own = of_lender(statements(record, at, "pledge"), at.tenant)
    pledged = pledges(own)
    stock = stock_of(record, facts, at, Known(custody, pledged, disputed), terms)
    found = faults(custody, stock.in_custody)
    sold = statements(record, at, "title")
    bought = statements(record, at, "title", by="buyer")
    return CargoPage(
        at=at,
        stock=stock,
        worth=worth_over_time(facts, at),
        turnover=turnover(facts, at),
        faults=found,
        warehouses=warehouses(stock, found, at.as_of),
        transfers=transfers(sold, bought, at.as_of),
        pledges=pledged,
        orders=release_orders(own, at.tenant),
        names=_names(record, at, (*custody, *own, *sold, *bought)),
    )


def _names(record: Record, at: Standpoint, told: tuple[Statement, ...]) -> dict[Any, LotName]:
    numbers = sorted({each.lot for each in told if each.lot is not None})
    texts = record.text_of(numbers)
    return {number: lot_name(texts[number], at.enterprise_id) for number in numbers}
