"""What is told of a sale: its title and invoice, its payment, the goods that leave."""

import numpy as np

from simulator.clock import DAY
from simulator.port import Port
from simulator.table import Bools, Ints

INVOICES_AT = 500_000_000
"""First number of the invoices of sales; the papers of imports have smaller ones."""


def tell_transfer(
    port: Port, sales: Ints, quantity: Ints, at: Ints, *, always_invoiced: bool = False
) -> None:
    """The title registry records sales; the tax office sees the invoices of nearly all."""
    if port.feeds.muted:
        return
    seller, buyer, lot, price, due, inside = port.sales.of(
        sales, "seller", "buyer", "lot", "price", "due", "in_storage"
    )
    port.feeds.emit(
        "title",
        "transferred",
        at,
        provider=port.names.titles,
        enterprise=seller,
        cargo=lot,
        number=sales,
        buyer=buyer,
        quantity=quantity,
        price=price,
        due_at=port.micros(due),
        in_storage=inside,
    )
    invoiced = np.arange(len(sales))
    if not always_invoiced:
        invoiced = np.flatnonzero(_invoices(port, seller))
    port.feeds.emit(
        "document",
        "vat_invoice",
        at[invoiced] + port.rng.integers(0, 3, len(invoiced)) * DAY,
        provider=port.names.tax,
        enterprise=seller[invoiced],
        cargo=lot[invoiced],
        number=INVOICES_AT + sales[invoiced],
        digest=INVOICES_AT + sales[invoiced],
        amount=price[invoiced],
    )


def tell_paid(port: Port, sales: Ints) -> None:
    """The title registry records that sales were paid."""
    if port.feeds.muted:
        return
    seller, buyer, lot, price, due = port.sales.of(sales, "seller", "buyer", "lot", "price", "due")
    port.feeds.emit(
        "title",
        "paid",
        port.at(len(sales), 9, 17),
        provider=port.names.titles,
        enterprise=seller,
        cargo=lot,
        number=sales,
        buyer=buyer,
        price=price,
        due_at=port.micros(due),
    )


def tell_released(port: Port, parcels: Ints, quantity: Ints, order: Ints) -> None:
    """The warehouse lets goods go, on a release order where there is one."""
    if port.feeds.muted:
        return
    owner, lot, house = port.parcels.of(parcels, "owner", "lot", "warehouse")
    count = len(parcels)
    moments = port.at(count, 15, 18)
    for rows, facts in (
        (np.flatnonzero(order < 0), {}),
        (np.flatnonzero(order >= 0), {"release_order": order[order >= 0]}),
    ):
        port.feeds.emit(
            "custody",
            "released",
            moments[rows],
            provider=port.names.warehouses_at + house[rows],
            enterprise=owner[rows],
            cargo=lot[rows],
            warehouse=house[rows],
            quantity=quantity[rows],
            **facts,
        )


def _invoices(port: Port, seller: Ints) -> Bools:
    """The honest invoice nearly every sale."""
    return port.rng.random(len(seller)) < 0.75 + 0.24 * port.who.honesty[seller]
