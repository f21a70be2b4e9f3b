"""What a world is measured on: its features, what the record says became of them, and the truth."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.world.plan import Plan
from benchmarks.world.stages import Site
from features.calendar import DAY
from features.table import FeatureTable
from supervision.arrays import Integers
from supervision.contract.columns import column
from supervision.record import Record
from training.horizon import months_after
from training.inputs import Inputs, read_reports
from training.labels import Flags, LabelRules, Reports, Status
from training.model.scale import Floats
from training.sample import Sample

_IN_DEFAULT_DAYS = 90
_YEAR = 365 * DAY


@dataclass(frozen=True, eq=False)
class TruePD:
    """The true PD of the rows that have one; NaN and 0 elsewhere.

    Attributes
    ----------
    first, second : float64 [n]
        Share of defaults in either half of the paths.
    facility : float64 [n]
        The same with the standard facility granted at T; NaN where it was not run.
    paths : int
    """

    first: Floats
    second: Floats
    facility: Floats
    paths: int

    @property
    def both(self) -> Floats:
        """Share of defaults in all paths."""
        return (self.first + self.second) / 2.0


@dataclass(frozen=True, eq=False)
class Material:
    """Rows (enterprise, month end) of all enterprises that had begun by then.

    Attributes
    ----------
    rows : Sample
        Features; the target is what truly followed within twelve months, financed or not.
    alive : bool [n]
        Trading, and truly not in default: whose default could follow.
    status : int8 [n]
        What the record says, known at the test's begin for what is trained on.
    newcomer : bool [n]
        First known facility within the last twelve months.
    trained, tested : bool [n]
        Rows of the month ends of either side.
    pd : TruePD or None
    """

    rows: Sample
    alive: Flags
    status: npt.NDArray[np.int8]
    newcomer: Flags
    trained: Flags
    tested: Flags
    pd: TruePD | None

    @property
    def borrower(self) -> Flags:
        """Rows with an open facility and a known outcome."""
        return np.asarray(np.isin(self.status, (Status.GOOD, Status.BAD)))

    @property
    def borrowing(self) -> Flags:
        """Rows with an open facility and no default in force, whatever became of them."""
        none = (Status.NO_OPEN_FACILITY, Status.IN_DEFAULT)
        return np.asarray(~np.isin(self.status, none))

    @property
    def observed(self) -> npt.NDArray[np.int8]:
        """The outcome that lenders reported, int8 [n]."""
        return np.asarray((self.status == Status.BAD).astype(np.int8))

    @property
    def not_past_due(self) -> Flags:
        """Rows that no lender reports as past due now."""
        return np.asarray(~(self.rows.column("days_past_due_now") > 0))


def read_material(plan: Plan, site: Site) -> Material:
    """Read the feature table, label it from the record, and lay the truth beside it."""
    table = FeatureTable.read(site.features)
    truth = site.world / "truth"
    people = pq.read_table(truth / "enterprises.parquet", columns=["enterprise", "enterprise_id"])
    ids = np.array(people["enterprise_id"].to_pylist(), np.str_)
    order = np.argsort(ids)
    place = np.searchsorted(ids[order], table.enterprise_id).clip(0, len(ids) - 1)
    firm = np.where(ids[order][place] == table.enterprise_id, order[place], -1)
    exists, free = _state(site, firm, table.as_of)
    target, defaulted = followed(truth, ids, firm, table.as_of)
    kept = exists & (table.as_of <= plan.known_until)
    enterprise = np.asarray(table.enterprise_id, np.str_)
    rows = Sample(table.names, enterprise, table.as_of, table.values, target).take(kept)
    rules = LabelRules(as_of=plan.known_until)
    with closing(Record.open(site.record)) as record:
        reports = read_reports(record, rows, rules, table.position)
    inputs = Inputs(rows, reports, rules, table.position, "")
    return Material(
        rows=rows,
        alive=(free & ~defaulted)[kept],
        status=inputs.status_at_test(int(plan.tested[0])),
        newcomer=_newcomers(reports),
        trained=np.isin(rows.as_of, plan.trained),
        tested=np.isin(rows.as_of, plan.tested),
        pd=_true_pd(site, enterprise[kept], rows.as_of),
    )


def _state(site: Site, firm: Integers, as_of: Integers) -> tuple[Flags, Flags]:
    """Whether each row's enterprise had begun, and whether it trades with nothing overdue 90 d."""
    path = site.world / "truth" / "months.parquet"
    wanted = [("as_of", "in", [int(at) for at in np.unique(as_of)])]
    names = ["enterprise", "as_of", "trading", "overdue_days"]
    found = pq.read_table(path, columns=names, filters=wanted)
    times = np.unique(as_of)
    key = found["enterprise"].to_numpy() * len(times)
    key = key + np.searchsorted(times, found["as_of"].to_numpy())
    order = np.argsort(key)
    free = (
        found["trading"].to_numpy(zero_copy_only=False).astype(np.bool_)
        & (found["overdue_days"].to_numpy() <= _IN_DEFAULT_DAYS)
    )[order]
    sought = np.where(firm >= 0, firm * len(times) + np.searchsorted(times, as_of), -1)
    place = np.searchsorted(key[order], sought).clip(0, len(key) - 1)
    exists = key[order][place] == sought
    return exists, exists & free[place]


def followed(
    truth: Path, ids: npt.NDArray[np.str_], firm: Integers, as_of: Integers
) -> tuple[npt.NDArray[np.int8], Flags]:
    """Whether a default followed within twelve months, and whether one was in the last twelve.

    Parameters
    ----------
    truth : Path
        Folder with ``defaults.parquet``.
    ids : str array
        Credit codes of the world's enterprises, in the order of their numbers.
    firm, as_of : int64 [n]
        The rows: number of the enterprise, -1 for nobody, and UTC microseconds.
    """
    found = pq.read_table(truth / "defaults.parquet", columns=["enterprise_id", "at"])
    names = np.array(found["enterprise_id"].to_pylist(), np.str_)
    order = np.argsort(ids)
    owner = order[np.searchsorted(ids[order], names)] if len(names) else np.empty(0, np.int64)
    times, time = np.unique(found["at"].to_numpy(), return_inverse=True)
    width = len(times) + 1
    keys = np.sort(owner.astype(np.int64) * width + time)
    count = [
        # Defaults of the firm among the times up to each moment, and all of earlier firms.
        np.searchsorted(keys, firm * width + np.searchsorted(times, at, side="right"))
        for at in (as_of - _YEAR, as_of, months_after(as_of, 12))
    ]
    return (count[2] > count[1]).astype(np.int8), count[1] > count[0]


def _newcomers(reports: Reports) -> Flags:
    """Whether each row's first facility that was known then is less than a year old."""
    financing = reports.financing
    granted = financing["kind"] == column("financing", "kind").code("facility")
    firms, firm = np.unique(reports.enterprise, return_inverse=True)
    first = np.full(len(firms), np.iinfo(np.int64).max)
    place = np.searchsorted(firms, financing["enterprise_id"][granted]).clip(0, len(firms) - 1)
    ours = firms[place] == financing["enterprise_id"][granted]
    np.minimum.at(first, place[ours], financing["known_at"][granted][ours])
    since = first[firm]
    return np.asarray((since <= reports.as_of) & (since > reports.as_of - _YEAR))


def _true_pd(site: Site, enterprise: npt.NDArray[np.str_], as_of: Integers) -> TruePD | None:
    if not site.pd.exists():
        return None
    found = pq.read_table(site.pd).to_pandas()
    rows = {
        (str(name), int(at)): place
        for place, (name, at) in enumerate(zip(found["enterprise_id"], found["as_of"], strict=True))
    }
    place = np.array(
        [rows.get((str(name), int(at)), -1) for name, at in zip(enterprise, as_of, strict=True)]
    )
    half = found["paths"].to_numpy(np.float64) / 2.0
    facility = found["defaults_with_facility"].to_numpy(np.float64)
    columns = [
        found["defaults_a"].to_numpy(np.float64) / half,
        found["defaults_b"].to_numpy(np.float64) / half,
        np.where(facility >= 0, facility, np.nan)
        / np.maximum(found["paths_with_facility"].to_numpy(np.float64), 1.0),
    ]
    first, second, granted = (np.where(place >= 0, c[place], np.nan) for c in columns)
    return TruePD(first, second, granted, int(found["paths"].max()))
