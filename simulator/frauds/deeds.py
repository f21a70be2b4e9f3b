"""The list of the deeds, for the truth."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.port import NEVER, Port

Deed = tuple[str, int, int, int, int, int, int, int, int]
"""Pattern, scheme, enterprise, other party or -1, warehouse or -1, lot or -1, first day, last day
or :data:`simulator.port.NEVER`, amount."""

_MEMBERS = ("circular_sales",)
"""Patterns whose other party takes part; in all others it is the victim."""


def note(
    port: Port, claim: tuple[str, int], who: tuple[int, int, int], lot: int, amount: int,
    *, open_: bool = False,
) -> None:  # fmt: skip
    """List a deed of today.

    Parameters
    ----------
    claim : tuple
        Pattern and number of the scheme.
    who : tuple
        Enterprise, other party, warehouse.
    lot, amount : int
    open_ : bool
        Whether it goes on until :func:`end`.
    """
    last = NEVER if open_ else port.day
    port.deeds.append((*claim, *who, lot, port.day, last, amount))


def end(port: Port, number: int, enterprise: int) -> None:
    """An enterprise's open deeds in a scheme end today."""
    for place, deed in enumerate(port.deeds):
        if deed[1:3] == (number, enterprise) and deed[7] == NEVER:
            port.deeds[place] = (*deed[:7], port.day, deed[8])


def write(port: Port, folder: Path) -> None:
    """Write ``frauds.parquet``: one row for each part that somebody plays in a deed.

    ``enterprise_id`` is whose deed it is, ``party`` who plays the ``role``: a member, a victim or
    a warehouse. ``last_at`` is null where the deed still goes on at the end.
    """
    names = port.names
    rows: list[tuple[object, ...]] = []
    for pattern, scheme, enterprise, other, house, lot, first, last, amount in port.deeds:
        cargo = port.codes.texts([lot])[0] if lot >= 0 else None
        days = (port.clock.midnight(first), None if last == NEVER else port.clock.midnight(last))
        parts = [("member", names.parties[enterprise])]
        if other >= 0:
            role = "member" if pattern in _MEMBERS else "victim"
            parts.append((role, names.parties[other]))
        if house >= 0:
            parts.append(("warehouse", names.places[house]))
        rows += [
            (pattern, scheme, role, names.parties[enterprise], party, cargo, *days, amount)
            for role, party in parts
        ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_SCHEMA)
    arrays = [pa.array(column, part.type) for column, part in zip(columns, _SCHEMA, strict=True)]
    pq.write_table(
        pa.table(arrays, schema=_SCHEMA),
        folder / "frauds.parquet",
        compression="zstd",
        store_schema=False,
    )


_SCHEMA = pa.schema(
    [
        ("pattern", pa.string()),
        ("scheme", pa.int64()),
        ("role", pa.string()),
        ("enterprise_id", pa.string()),
        ("party", pa.string()),
        ("cargo_code", pa.string()),
        ("first_at", pa.int64()),
        ("last_at", pa.int64()),
        ("amount", pa.int64()),
    ]
)
