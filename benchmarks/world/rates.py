"""Default rates: of those who were lent to, as lenders report it, and of everyone, as it is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.world.measure import Measure, Measures
from benchmarks.world.stages import Site
from features.calendar import DAY, PORT_OFFSET
from supervision.arrays import Integers

_PROBATION = 365 * DAY
_FOREVER = np.iinfo(np.int64).max

STRESS = (2016, 2020)
"""Years that stand under the shocks; all others but the first are calm."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Months:
    """Who could default in each month, and who did.

    Attributes
    ----------
    ends : int64 [months]
        As-of points.
    exposed, defaults : int64 [months]
    """

    ends: Integers
    exposed: Counts
    defaults: Counts

    @property
    def years(self) -> npt.NDArray[np.int64]:
        """Calendar year of each month."""
        day = (self.ends + PORT_OFFSET - DAY) // DAY
        return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970

    def rate(self, *which: int) -> float:
        """Defaults a year over the months of some years, or over all but the first year's."""
        years = self.years
        some = np.isin(years, which) if which else years > years[0]
        exposed = self.exposed[some].sum() / 12.0
        return float(self.defaults[some].sum() / exposed) if exposed else float("nan")

    def within(self, months: int = 3) -> npt.NDArray[np.float64]:
        """Rate a year, moving over some months."""
        kernel = np.ones(months)
        defaults = np.convolve(self.defaults, kernel, "same")
        exposed = np.convolve(self.exposed, kernel, "same")
        return np.asarray(12.0 * defaults / np.maximum(exposed, 1.0))


def rates(site: Site) -> Measures:
    """Default rates by year."""
    found: Measures = {}
    for name, months in (("financed", financed(site)), ("everyone", everyone(site))):
        found[f"rate.{name}"] = Measure(months.rate(), note="mean of all years but the first")
        calm = [int(year) for year in np.unique(months.years)[1:] if year not in STRESS]
        found[f"rate.{name}.calm"] = Measure(months.rate(*calm), note=f"without {STRESS}")
        found[f"rate.{name}.stress"] = Measure(months.rate(*STRESS), note=f"in {STRESS}")
        for year in np.unique(months.years).tolist():
            some = months.years == year
            said = f"{int(months.defaults[some].sum()):,} defaults"
            found[f"rate.{name}.{year}"] = Measure(months.rate(year), note=said)
    return found


def financed(site: Site) -> Months:
    """By lenders' reports: exposed is who has an open facility and is not in default."""
    ends = month_ends(site)
    opened = _facts(site, "financing", "facility", "facility", "renewed_from")
    closed = _facts(site, "financing", "closed", "facility")
    until = dict(zip(closed["facility"].to_pylist(), _at(closed).tolist(), strict=True))
    begun, renewed = _at(opened).tolist(), opened["renewed_from"].to_pylist()
    for facility, at in zip(renewed, begun, strict=True):
        if facility is not None:
            until[facility] = min(at, until.get(facility, at))
    last = [until.get(facility, _FOREVER) for facility in opened["facility"].to_pylist()]
    bad, cured = _facts(site, "outcome", "default"), _facts(site, "outcome", "cure")
    names = sorted({*opened["enterprise_id"].to_pylist(), *bad["enterprise_id"].to_pylist()})
    number = {name: place for place, name in enumerate(names)}
    lent = _covered(_numbers(opened, number), _at(opened), np.array(last), ends, len(names))
    firm, at, ended = _spells(bad, cured, number)
    failed = _covered(firm, at, ended, ends, len(names))
    exposed = lent[:, :-1] & ~failed[:, :-1]
    month = np.searchsorted(ends, at, side="right") - 1
    inside = (month >= 0) & (month < len(ends) - 1)
    # A court tells of insolvent firms too that nobody lent to: theirs are no credit losses.
    inside[inside] = exposed[firm[inside], month[inside]]
    defaults = np.bincount(month[inside], minlength=len(ends) - 1)
    return Months(ends[1:], exposed.sum(axis=0), defaults)


def everyone(site: Site) -> Months:
    """By the truth: exposed is who trades and has nothing overdue for more than 90 days."""
    ends = month_ends(site)
    names = ["as_of", "trading", "overdue_days"]
    states = pq.read_table(site.world / "truth" / "months.parquet", columns=names)
    free = states["trading"].to_numpy().astype(np.bool_) & (states["overdue_days"].to_numpy() <= 90)
    exposed = np.bincount(
        np.searchsorted(ends, states["as_of"].to_numpy()[free]), minlength=len(ends)
    )
    bad = pq.read_table(site.world / "truth" / "defaults.parquet", columns=["at"])["at"].to_numpy()
    return Months(ends[1:], exposed[:-1], np.histogram(bad, ends)[0])


def month_ends(site: Site) -> Integers:
    """All month ends of the world."""
    path = site.world / "truth" / "months.parquet"
    return np.unique(pq.read_table(path, columns=["as_of"])["as_of"].to_numpy())


def _spells(
    bad: pa.Table, cured: pa.Table, number: dict[str, int]
) -> tuple[Integers, Integers, Integers]:
    """First reported default of each spell, and when its probation ends."""
    cures: dict[int, list[int]] = {}
    for name, at in zip(cured["enterprise_id"].to_pylist(), _at(cured).tolist(), strict=True):
        if name in number:
            cures.setdefault(number[name], []).append(at)
    spells: list[tuple[int, int, int]] = []
    open_until: dict[int, int] = {}
    reported = sorted(zip(_at(bad).tolist(), _numbers(bad, number).tolist(), strict=True))
    for at, firm in reported:
        if at < open_until.get(firm, -1):
            continue
        later = [cure for cure in cures.get(firm, ()) if cure >= at]
        open_until[firm] = min(later) + _PROBATION if later else _FOREVER
        spells.append((firm, at, open_until[firm]))
    table = np.array(spells, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _covered(
    firm: Integers, begin: Integers, end: Integers, ends: Integers, firms: int
) -> npt.NDArray[np.bool_]:
    """Whether any interval [begin, end) of each firm covers each month end."""
    steps = np.zeros((firms, len(ends) + 1), np.int32)
    np.add.at(steps, (firm, np.searchsorted(ends, begin)), 1)
    np.add.at(steps, (firm, np.searchsorted(ends, np.maximum(begin, end))), -1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)


def _facts(site: Site, stream: str, kind: str, *names: str) -> pa.Table:
    """Facts of a kind, each once, without those that were reversed."""
    columns = ["message_id", "reverses", "kind", "enterprise_id", "occurred_at", *names]
    table = pq.read_table(site.world / f"{stream}.parquet", columns=columns)
    reversed_ids = table["reverses"].drop_null()
    table = table.filter(pc.equal(table["kind"], kind))
    table = table.filter(pc.invert(pc.is_in(table["message_id"], value_set=reversed_ids)))
    first = table.group_by("message_id").aggregate([(n, "min") for n in columns[3:]])
    return first.rename_columns([n.removesuffix("_min") for n in first.column_names])


def _at(table: pa.Table) -> Integers:
    return np.asarray(table["occurred_at"].to_numpy(), dtype=np.int64)


def _numbers(table: pa.Table, number: dict[str, int]) -> Integers:
    return np.array([number[name] for name in table["enterprise_id"].to_pylist()], np.int64)
