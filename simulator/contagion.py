"""Contagion in a written world: what a large buyer's failure does to those who sold to it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.clock import DAY
from simulator.streams import batches, coded, numbers
from simulator.table import Bools, Ints

_YEAR, _HALF = 365 * DAY, 182 * DAY


def ratio(
    folder: Path, enterprises: pa.Array, trading: Bools, first_default: Ints, last: int
) -> dict[str, float | None]:
    """A seller's default rate in the six months after its largest buyer failed, and over its base.

    The largest buyer is the one that it sold most to in the twelve months before. The base rate is
    that of all enterprises over six months, among those that have not defaulted.

    Parameters
    ----------
    trading : bool [enterprises x months]
    first_default : int64 [enterprises]
        Realised, of everyone; the largest integer for who has none.
    """
    told = pq.read_table(
        folder / "truth" / "partners.parquet", columns=["party", "kind", "failed_at"]
    )
    told = told.filter(pc.and_(pc.equal(told["kind"], "customer"), pc.is_valid(told["failed_at"])))
    failed_at = numbers(told["failed_at"])
    seller, buyer, at, price = _sales(folder, enterprises, told["party"].combine_chunks())
    struck: set[tuple[int, int]] = set()
    by_buyer = np.argsort(buyer, kind="stable")
    at_buyer = np.searchsorted(buyer[by_buyer], np.arange(len(failed_at) + 1))
    firsts = np.searchsorted(seller, np.arange(len(enterprises) + 1))
    for place in np.flatnonzero(failed_at + _HALF <= last).tolist():
        when = int(failed_at[place])
        mine = by_buyer[at_buyer[place] : at_buyer[place + 1]]
        recent = mine[(at[mine] > when - _YEAR) & (at[mine] <= when)]
        for who in np.unique(seller[recent]).tolist():
            rows = slice(int(firsts[who]), int(firsts[who + 1]))
            if first_default[who] > when and _is_largest(
                place, buyer[rows], price[rows], (at[rows] > when - _YEAR) & (at[rows] <= when)
            ):
                struck.add((who, when))
    pairs = np.array(sorted(struck), np.int64).reshape(-1, 2)
    fell = (first_default[pairs[:, 0]] - pairs[:, 1] <= _HALF).sum()
    months = trading.sum()
    base = 6.0 * (first_default <= last).sum() / max(int(months), 1)
    rate = float(fell / len(pairs)) if len(pairs) else None
    return {
        "largest_buyer_failures": float(len(pairs)),
        "default_six_months_after": rate,
        "default_six_months_base": float(base),
        "contagion_ratio": rate / float(base) if rate is not None and base > 0 else None,
    }


def _is_largest(place: int, buyer: Ints, price: Ints, recent: Bools) -> bool:
    _, which = np.unique(buyer[recent], return_inverse=True)
    sums = np.bincount(which, weights=price[recent])
    return bool(buyer[recent][int(np.argmax(sums[which]))] == place)


def _sales(folder: Path, enterprises: pa.Array, failed: pa.Array) -> tuple[Ints, Ints, Ints, Ints]:
    """Seller, buyer, moment and price of every sale, by seller; failed customers come first."""
    known, columns = failed, []
    for batch in batches(folder, "title", "kind", "enterprise_id", "buyer", "occurred_at", "price"):
        seller = coded(batch["enterprise_id"], enterprises)
        sold = (coded(batch["kind"], pa.array(["transferred"])) == 0) & (seller >= 0)
        names = pc.unique(batch["buyer"].dictionary).drop_null()
        new = names.filter(pc.invert(pc.is_in(names, value_set=known)))
        known = pa.concat_arrays([known, new]) if len(new) else known
        rows = np.flatnonzero(sold)
        columns.append(
            (
                seller[rows].astype(np.int32),
                coded(batch["buyer"], known)[rows].astype(np.int32),
                numbers(batch["occurred_at"])[rows],
                numbers(batch["price"])[rows],
            )
        )
    if not columns:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, nothing
    seller, buyer, at, price = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    order = np.argsort(seller, kind="stable")
    return seller[order], buyer[order], at[order], price[order]
