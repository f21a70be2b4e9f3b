"""Borrowers of a written world: who is financed, who defaults, what is lost and pledged."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator.clock import DAY, HOUR
from simulator.streams import coded, facts, median, numbers
from simulator.table import Bools, Floats, Ints

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Facilities:
    """Every facility of a world once; arrays over facilities.

    Attributes
    ----------
    owner : int64 array
        Places of the enterprises.
    lender : int64 array
    begins, matures, ends : int64 array
        Microseconds; ``ends`` at its closing or its owner's first default, whichever is first.
    renewed : bool array
        Whether another one stands in its place.
    """

    owner: Ints
    lender: Ints
    begins: Ints
    matures: Ints
    ends: Ints
    renewed: Bools

    def open_at(self, moment: int) -> Bools:
        """Whether each is open then and its owner has not defaulted."""
        return (self.begins <= moment) & (moment < self.ends)


def facilities(folder: Path, enterprises: pa.Array, first_default: Ints) -> Facilities:
    """Read the facilities of a world.

    Parameters
    ----------
    first_default : int64 [enterprises]
        As its lenders told it; the largest integer for who has none.
    """
    told = facts(
        folder,
        "financing",
        "facility",
        "enterprise_id",
        "facility",
        "lender",
        "occurred_at",
        "matures_at",
        "renewed_from",
    )
    names = told["facility"].combine_chunks().dictionary_encode()
    _, once = np.unique(names.indices.fill_null(-1).to_numpy(), return_index=True)
    told = told.take(pa.array(once)).filter(pc.is_valid(told["facility"].take(pa.array(once))))
    numbered = told["facility"].combine_chunks()
    owner = coded(told["enterprise_id"].combine_chunks(), enterprises)
    closed = facts(folder, "financing", "closed", "facility", "occurred_at")
    ends = np.full(len(numbered), _NEVER)
    place = coded(closed["facility"].combine_chunks(), numbered)
    np.minimum.at(ends, place[place >= 0], numbers(closed["occurred_at"])[place >= 0])
    renewed = np.zeros(len(numbered), np.bool_)
    extended = facts(folder, "financing", "extended", "facility")["facility"].combine_chunks()
    for old in (told["renewed_from"].combine_chunks(), extended):
        place = coded(old, numbered)
        renewed[place[place >= 0]] = True
    lenders = told["lender"].combine_chunks().dictionary_encode().indices
    return Facilities(
        owner=owner,
        lender=np.asarray(lenders.to_numpy(), np.int64),
        begins=numbers(told["occurred_at"]),
        matures=numbers(told["matures_at"]),
        ends=np.minimum(ends, first_default[owner]),
        renewed=renewed,
    )


def reported_defaults(folder: Path, enterprises: pa.Array) -> Ints:
    """Microseconds of the first default that lenders told of each enterprise."""
    told = facts(folder, "outcome", "default", "enterprise_id", "occurred_at")
    return first_times(
        coded(told["enterprise_id"].combine_chunks(), enterprises),
        numbers(told["occurred_at"]),
        len(enterprises),
    )


def first_times(who: Ints, at: Ints, count: int) -> Ints:
    """First of some moments of each; the largest integer for who has none."""
    first = np.full(count, _NEVER)
    np.minimum.at(first, who[who >= 0], at[who >= 0])
    return first


def financed(book: Facilities, trading: Bools, ends: Ints) -> dict[str, float | None]:
    """Who is financed: ever, and at a month end of the world's second half."""
    shares, two = [], []
    for month in range(len(ends) // 2, len(ends)):
        open_ = np.flatnonzero(book.open_at(int(ends[month])))
        pairs = np.unique(book.owner[open_] * 1_000 + book.lender[open_])
        of_each = np.bincount(pairs // 1_000, minlength=len(trading))
        borrowers = int((of_each > 0).sum())
        shares.append(borrowers / max(int(trading[:, month].sum()), 1))
        two.append(int((of_each > 1).sum()) / max(borrowers, 1))
    ever = np.unique(book.owner * 1_000 + book.lender)
    lenders = np.bincount(ever // 1_000, minlength=len(trading))
    return {
        "financed_ever": float((lenders > 0).mean()),
        "financed_at_a_time": float(np.mean(shares)),
        "two_lenders_ever": float((lenders > 1).sum() / max(int((lenders > 0).sum()), 1)),
        "two_lenders_of_financed": float(np.mean(two)),
    }


def default_rates(book: Facilities, first_default: Ints, ends: Ints) -> dict[int, float]:
    """By calendar year: first defaults told, over years with an open facility before it."""
    exposed: dict[int, int] = {}
    for end in ends.tolist():
        borrowers = len(np.unique(book.owner[book.open_at(end)]))
        exposed[_year(end)] = exposed.get(_year(end), 0) + borrowers
    years = [_year(at) for at in first_default[first_default != _NEVER].tolist()]
    return {year: years.count(year) / max(months / 12.0, 1e-9) for year, months in exposed.items()}


def renewed_at_maturity(book: Facilities, last: int) -> float | None:
    """Share of the facilities that matured in order of which another took the place."""
    matured = (book.matures < last - 30 * DAY) & (book.ends > book.matures - 30 * DAY)
    return float(book.renewed[matured].mean()) if matured.any() else None


def losses(folder: Path) -> dict[str, float | None]:
    """Mean loss given default of what is over, under good control and otherwise."""
    told = pq.read_table(
        folder / "truth" / "losses.parquet", columns=["controlled", "resolution", "lgd"]
    )
    told = told.filter(pc.not_equal(told["resolution"], "open"))
    kept = told["controlled"].to_numpy()
    lgd = told["lgd"].to_numpy()
    return {
        "lgd_good_control": float(lgd[kept].mean()) if kept.any() else None,
        "lgd_otherwise": float(lgd[~kept].mean()) if (~kept).any() else None,
    }


def pledges(folder: Path, last: int) -> dict[str, float | None]:
    """Tenors, parts and loan to value by four digits of the HS code; double pledges."""
    drawn = facts(folder, "financing", "drawn", "occurred_at", "matures_at")
    tenor = (numbers(drawn["matures_at"]) - numbers(drawn["occurred_at"])) / DAY
    told = facts(
        folder, "pledge", "registered",
        "receipt", "cargo_code", "lender", "quantity", "amount", "occurred_at",
    )  # fmt: skip
    receipts = told["receipt"].combine_chunks().dictionary_encode()
    released = facts(folder, "pledge", "released", "receipt")["receipt"].combine_chunks()
    place = coded(released, receipts.dictionary)
    parts = np.bincount(place[place >= 0], minlength=len(receipts.dictionary))
    settled = numbers(told["occurred_at"]) < last - 180 * DAY
    old = np.unique(receipts.indices.fill_null(0).to_numpy()[settled])
    found: dict[str, float | None] = {
        "drawing_tenor_days_median": median(tenor[tenor > 0]),
        "release_parts_median": median(parts[old][parts[old] > 0]),
        "double_pledges": _doubled(folder, len(receipts.dictionary)),
    }
    return found | _loan_to_value(folder, told)


def _doubled(folder: Path, receipts: int) -> float | None:
    """Lots that the truth lists as pledged to two lenders, of all receipts."""
    path = folder / "truth" / "frauds.parquet"
    if not path.is_file() or not receipts:
        return None
    deeds = pq.read_table(path, columns=["pattern", "role", "cargo_code"])
    mine = pc.and_(pc.equal(deeds["pattern"], "double_pledge"), pc.equal(deeds["role"], "member"))
    return float(len(pc.unique(deeds.filter(mine)["cargo_code"])) / receipts)


def _loan_to_value(folder: Path, told: pa.Table) -> dict[str, float | None]:
    """Median of the amount of a receipt over the market's value of what it covers."""
    prices = facts(folder, "valuation", "market_price", "hs_code", "unit_price", "occurred_at")
    hs = pc.utf8_slice_codeunits(told["cargo_code"], 19, 29).combine_chunks()
    at, found = numbers(told["occurred_at"]), {}
    worth = numbers(told["quantity"]) / 1_000.0
    for code in sorted(set(hs.unique().drop_null().to_pylist())):
        series = prices.filter(pc.equal(prices["hs_code"], code))
        rows = np.flatnonzero(pc.equal(hs, code).fill_null(False).to_numpy(zero_copy_only=False))
        if not len(series) or len(rows) < 20:
            continue
        order = np.argsort(numbers(series["occurred_at"]))
        moments = numbers(series["occurred_at"])[order]
        # Today's price is told in the afternoon, lent is by yesterday's or today's.
        place = np.searchsorted(moments, at[rows] - 12 * HOUR).clip(0, len(order) - 1)
        value = worth[rows] * numbers(series["unit_price"])[order][place]
        ratio: Floats = numbers(told["amount"])[rows] / np.maximum(value, 1.0)
        found[f"ltv_{code[:4]}"] = median(ratio)
    return dict(found)


def _year(at: int) -> int:
    """Year in Shanghai to which a month end, or an event, belongs."""
    local = np.datetime64(at + 8 * HOUR - 1, "us").astype("datetime64[Y]")
    return int(local.astype(int)) + 1970
