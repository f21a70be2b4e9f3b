"""All enterprises at many as-of points: who is timed, and what is compared with what."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.features.child import ask
from benchmarks.features.ground import Ground
from benchmarks.features.rounds import Cost, Spread, in_turn, ratio

TWELVE, TWENTY_FOUR, WEEKS = "12 month ends", "24 month ends", "52 weeks"


@dataclass(frozen=True)
class Contestant:
    """Who is timed, at which points, with how many threads (of the engine: processes)."""

    name: str
    points: str
    threads: int

    @property
    def title(self) -> str:
        """As the report calls it."""
        said = TITLES[self.name]
        return said if self.name.startswith(("scan", "empty")) else f"{said}, {self.points}"


TITLES = {
    "engine": "engine, all features",
    "engine_20": "engine, 20 features",
    "oracle": "DuckDB, the oracle's SQL, all features",
    "duckdb_20": "DuckDB, SQL for speed, 20 features",
    "pandas_20": "pandas, 20 features",
    "scan_arrow": "bare scan and group, pyarrow",
    "scan_duckdb": "bare scan and group, DuckDB",
    "empty": "DuckDB, SELECT 1",
    "empty_oracle": "DuckDB, the oracle's SQL over empty tables",
}

_BOTH = (1, 2)
CONTESTANTS = (
    *(Contestant("engine", p, n) for p in (TWELVE, TWENTY_FOUR, WEEKS) for n in _BOTH),
    *(Contestant(scan, TWELVE, n) for scan in ("scan_arrow", "scan_duckdb") for n in _BOTH),
    *(Contestant(name, TWELVE, 1) for name in ("engine_20", "pandas_20", "duckdb_20")),
    *(Contestant(name, TWELVE, 1) for name in ("empty", "empty_oracle")),
    *(Contestant("oracle", TWELVE, n) for n in _BOTH),
)

Costs = Mapping[Contestant, Sequence[Cost]]


@dataclass(frozen=True)
class Comparison:
    """How many times as long some take as others, and what is wanted.

    Attributes
    ----------
    title : str
    spread : Spread
    most, least : float or None
        The ratio is wanted to be at most, at least.
    cpu : float or None
        The median ratio of processor time, which a busy machine disturbs less.
    """

    title: str
    spread: Spread
    most: float | None = None
    least: float | None = None
    cpu: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the median is what is wanted; None where nothing is."""
        if self.most is not None:
            return self.spread.median <= self.most
        return None if self.least is None else self.spread.median >= self.least


def measure(ground: Ground, rounds: int, contestants: Sequence[Contestant] = CONTESTANTS) -> Costs:
    """Time the contestants in turn, each run in a process of its own."""
    run_once(ground, Contestant("scan_arrow", TWELVE, 1))  # brings the files into memory
    return in_turn(contestants, rounds, lambda one: run_once(ground, one))


def run_once(ground: Ground, one: Contestant) -> Cost:
    """Time one run."""
    print(f"{one.title}; threads: {one.threads}", file=sys.stderr, flush=True)
    said = ask(
        "benchmarks.features.contest", str(ground.folder), one.name, one.points, str(one.threads)
    )
    return Cost(**said)


def compare(costs: Costs) -> list[Comparison]:
    """All ratios that the report shows, of as many contestants as were timed."""
    found = []
    for threads in _BOTH:
        engine, oracle, scans, many = (
            [Contestant(name, points, threads) for name in names]
            for names, points in (
                (("engine",), TWELVE),
                (("oracle",), TWELVE),
                (("scan_arrow", "scan_duckdb"), TWELVE),
                (("engine",), WEEKS),
            )
        )
        by = f"{threads} thread{'s' if threads > 1 else ''}"
        found += [
            _ratio(costs, f"DuckDB's oracle / engine, {by}", oracle, engine, least=3.0),
            _ratio(costs, f"engine / the faster bare scan, {by}", engine, scans, most=25.0),
            _ratio(costs, f"engine, 52 weeks / 12 month ends, {by}", many, engine, most=2.0),
        ]
    ours = [Contestant("engine_20", TWELVE, 1)]
    for name in ("pandas_20", "duckdb_20"):
        other = [Contestant(name, TWELVE, 1)]
        found.append(_ratio(costs, f"{TITLES[name]} / engine, the same 20", other, ours))
    one, two = (Contestant("engine", TWELVE, threads) for threads in _BOTH)
    found.append(_ratio(costs, "engine, 1 process / 2 processes", [one], [two]))
    return [comparison for comparison in found if comparison is not None]


def _ratio(
    costs: Costs,
    title: str,
    above: list[Contestant],
    below: list[Contestant],
    **wanted: float,
) -> Comparison | None:
    if not all(one in costs for one in (*above, *below)):
        return None
    both = [costs[one] for one in above], [costs[one] for one in below]
    return Comparison(title, ratio(*both), cpu=ratio(*both, "cpu").median, **wanted)
