"""Marginals fitted to public data, what is drawn from them, and how far a world is from them.

The data are declarations to the Korean customs (synthetic, made from inspections) and deliveries
of a public health programme; :mod:`simulator.refit` fits them anew. The port's goods are a bulk
and cold-chain subset of what a country imports, so only what carries over is taken over.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.goods import GOODS, Good
from simulator.table import Floats, Ints
from supervision.errors import CargoworthyError

FILE = Path(__file__).parent / "data" / "marginals.json"
VALUE_SCALE = 0.10
"""Factor on the dispersion of value per kilogram. A subheading of the data mixes qualities, from
seedlings to canned fish, whose values differ by a factor of ten; one good of the port is one
quality, and what is left is terms, cuts and grades."""
MASS_SCALE = 0.35
"""Factor on the dispersion of net mass: the data have samples and shiploads under one code, the
bills of one lot are of one kind."""
LOT_SCALE = 0.12
"""Factor on the dispersion of shipment values: a vendor of the data sells many things, an
enterprise orders the same good again in lots that differ by a quarter."""
EVEN_SHARE = 0.5
"""Part of the origins' weights that is even; the rest follows the data. Korea's partners are not
China's, and a handful of declarations is not a market."""
_MOST_ROWS = 400_000
"""Declarations of a written world that its distances are measured on, spread over its months."""


@dataclass(frozen=True)
class Marginals:
    """Quantile tables at the middles of equal parts of (0, 1), and counts.

    Attributes
    ----------
    value_per_kg, net_mass : float64 [points]
        Logarithm of declared value per kilogram, of net mass, less the subheading's median. Three
        quarters of the declarations stand at the median exactly, as synthetic data keep values
        that belong together.
    shipment_value : float64 [points]
        Logarithm of a shipment's value less the median of its vendor.
    lateness : float64 [points]
        Days by which deliveries by sea came later than they were scheduled, early ones negative.
    chapters, headings : dict of str to int
        Declarations by two and by four digits of the code, of the port's chapters.
    origins : dict of str to dict of str to int
        Declarations by country of origin of each of the port's chapters.
    """

    value_per_kg: Floats
    net_mass: Floats
    shipment_value: Floats
    lateness: Floats
    chapters: dict[str, int]
    headings: dict[str, int]
    origins: dict[str, dict[str, int]]


@cache
def marginals() -> Marginals:
    """The fitted marginals."""
    fitted = json.loads(FILE.read_text(encoding="utf-8"))
    customs, shipments = fitted["customs"], fitted["shipments"]
    return Marginals(
        value_per_kg=np.array(customs["value_per_kg"]),
        net_mass=np.array(customs["net_mass"]),
        shipment_value=np.array(shipments["shipment_value"]),
        lateness=np.array(shipments["sea_lateness_days"]),
        chapters=customs["chapters"],
        headings=customs["headings"],
        origins=customs["origins"],
    )


def drawn(table: Floats, count: int, rng: np.random.Generator) -> Floats:
    """So many draws from a quantile table, linear between its entries."""
    # The entries stand evenly: far faster than looking each place up.
    at = np.clip(rng.random(count) * len(table) - 0.5, 0.0, len(table) - 1.0)
    below = np.minimum(at.astype(np.int64), len(table) - 2)
    low = table[below]
    return np.asarray(low + (at - below) * (table[below + 1] - low), np.float64)


def lateness_days(count: int, rng: np.random.Generator) -> Ints:
    """Days by which so many arrivals are late; early ones negative, most 0."""
    table = marginals().lateness
    days: Ints = table[rng.integers(0, len(table), count)].astype(np.int64)
    return days


def origin_weights(good: Good) -> Floats:
    """Weights of a good's origins, adding up to 1: half even, half as in the data's chapter."""
    counts = marginals().origins.get(good.hs_code[:2], {})
    known = np.array([counts.get(country, 0) for country, _ in good.origins], np.float64)
    even = np.full(len(known), 1.0 / len(known))
    if known.sum() == 0:
        return even
    return np.asarray(EVEN_SHARE * even + (1.0 - EVEN_SHARE) * known / known.sum(), np.float64)


def good_weights() -> Floats:
    """Weights of the goods, adding up to 1.

    A chapter weighs what its goods weigh at this port; within it, half is theirs and half
    follows the data's headings, where there are any.
    """
    weights = np.array([good.weight for good in GOODS])
    chapters = np.array([good.hs_code[:2] for good in GOODS])
    counts = np.array([marginals().headings.get(good.hs_code[:4], 0) for good in GOODS])
    for chapter in set(chapters.tolist()):
        own = chapters == chapter
        if counts[own].sum():
            share = counts[own] / counts[own].sum()
            weights[own] = 0.5 * weights[own] + 0.5 * weights[own].sum() * share
    return np.asarray(weights / weights.sum(), np.float64)


def distance(sample: Floats, other: Floats) -> float:
    """Kolmogorov-Smirnov: the greatest distance between two samples' distribution functions."""
    at = np.union1d(sample, other)
    ours = np.searchsorted(np.sort(sample), at, side="right") / max(len(sample), 1)
    theirs = np.searchsorted(np.sort(other), at, side="right") / max(len(other), 1)
    return float(np.abs(ours - theirs).max(initial=0.0))


def value_per_kg_distance(around: Floats) -> float:
    """Of logarithms of value per kilogram less their lot's median, undone of the port's factor."""
    return distance(np.round(around / VALUE_SCALE, 2), np.round(marginals().value_per_kg, 2))


def delivery_distance(days: Ints) -> float:
    """Of days by which lots came late."""
    return distance(days.astype(np.float64), marginals().lateness)


def chapter_distance(counts: dict[str, int]) -> float:
    """Of declarations by chapter, the chapters in their order, within the port's chapters."""
    ours, theirs = (
        np.cumsum([of.get(chapter, 0) for chapter in sorted(marginals().chapters)])
        for of in (counts, marginals().chapters)
    )
    return float(np.abs(ours / max(ours[-1], 1) - theirs / theirs[-1]).max())


def distances(folder: Path) -> dict[str, float]:
    """How far a written world is from the data that it was fitted to; 0 is the same.

    Keys are ``value_per_kg`` (of the bills of one lot), ``delivery_delay`` and ``hs_mix``, which
    is not fitted: the port lives on meat and ores, Korea's importers on parts and clothes.

    Raises
    ------
    CargoworthyError
        If a file of the world is missing.
    """
    declarations, late = folder / "declaration.parquet", folder / "truth" / "arrivals.parquet"
    for path in (declarations, late):
        if not path.is_file():
            raise CargoworthyError(
                f"expected {path.name} of a world under {str(folder)!r:.80}, found no such file; "
                "write one with `cargoworthy simulate`"
            )
    told = _declared(declarations)
    arrivals = pq.read_table(late)
    days = np.repeat(arrivals["days_late"].to_numpy(), arrivals["lots"].to_numpy())
    codes = pc.value_counts(pc.utf8_slice_codeunits(told["hs_code"], 0, 2)).to_pylist()
    return {
        "value_per_kg": value_per_kg_distance(_around_lot(told)),
        "delivery_delay": delivery_distance(days),
        "hs_mix": chapter_distance({str(row["values"]): int(row["counts"]) for row in codes}),
    }


def _declared(path: Path) -> pa.Table:
    """Declared rows of months spread over the world."""
    file = pq.ParquetFile(path)
    rows = max(file.metadata.num_rows, 1)
    groups = file.num_row_groups
    taken = min(groups, max(1, groups * _MOST_ROWS // rows))
    which = sorted({int(place) for place in np.linspace(0, groups - 1, taken)})
    names = ["kind", "cargo_code", "hs_code", "net_weight", "declared_value"]
    table = file.read_row_groups(which, columns=names)
    return table.filter(pc.equal(table["kind"], "declared"))


def _around_lot(told: pa.Table) -> Floats:
    """Logarithm of value per kilogram less the lot's median, of lots under four bills or more."""
    whole = told.filter(pc.and_(pc.is_valid(told["net_weight"]), pc.is_valid(told["cargo_code"])))
    if not whole.num_rows:
        return np.zeros(0)
    lot = whole["cargo_code"].combine_chunks().dictionary_encode().indices.to_numpy()
    weight, value = (
        np.maximum(pc.cast(whole[name], pa.float64()).to_numpy(), 1e-9)
        for name in ("net_weight", "declared_value")
    )
    unit = np.log(np.maximum(value, 1.0) / weight)
    _, place, count = np.unique(lot, return_inverse=True, return_counts=True)
    order = np.lexsort((unit, place))
    median = unit[order][np.cumsum(count) - count + (count - 1) // 2]
    return np.asarray((unit - median[place])[count[place] >= 4], np.float64)
