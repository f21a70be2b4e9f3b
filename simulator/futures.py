"""Futures: the world lived on from one state many times, to count who defaults how often."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from simulator.feeds import Feeds
from simulator.port import NEVER, Port
from simulator.prices import Prices, redrawn
from simulator.table import Bools, Ints
from simulator.writer import CargoCodes
from supervision.errors import UsageError

Law = Callable[[Port, int | None], None]
"""What lives a day: :func:`simulator.simulation.live`."""
Grant = Callable[[Port, Ints], None]
"""What grants enterprises the standard facility."""

HORIZON = 12
"""Months."""
_CHUNK = 2
"""Paths that a process lives before it hands over its counts."""
_GRANTED_EVERY = 4
"""Of so many paths one is also lived with the standard facility: their mean matters, not each."""
_GRANTED_SHARE = 0.2
"""Share of the enterprises without a facility that are also lived on with the standard one."""


@dataclass(frozen=True)
class Sample:
    """From which states futures are lived, and how many.

    Attributes
    ----------
    month_ends : int
        The last ones, a year apart, that have a full year after them.
    paths : int
        Futures of each.
    processes : int
        How many live at once; the counts do not depend on it.
    """

    month_ends: int = 0
    paths: int = 200
    processes: int = 2

    def months(self, world_months: int) -> tuple[int, ...]:
        """Months that have passed at each sampled month end, the first one first.

        Raises
        ------
        UsageError
            If the world has not so many, or there are fewer than 2 paths.
        """
        ends = tuple(world_months - HORIZON * back for back in range(self.month_ends, 0, -1))
        if self.month_ends < 0 or min(ends, default=1) < 1 or self.paths < 2:
            raise UsageError(
                f"expected 0 to {max(world_months - 1, 0) // HORIZON} month ends that have a year "
                f"before the end of {world_months} months, and at least 2 paths; found "
                f"{self.month_ends} and {self.paths}"
            )
        return ends


NO_SAMPLE = Sample()
"""No futures at all."""


@dataclass(frozen=True)
class Counts:
    """In how many futures each enterprise defaults within twelve months.

    Attributes
    ----------
    rows : int64 [k]
        Enterprises that traded and were not in default.
    paths : int
    halves : int64 [2 x k]
        Futures with a default among those of even and of odd number.
    granted : bool [k]
        Those without a facility that were lived on with the standard one too.
    paths_with_facility : int
        How many of the paths were.
    with_facility : int64 [k]
        Those with a default; 0 for enterprises that were not.
    """

    rows: Ints
    paths: int
    halves: Ints
    granted: Bools
    paths_with_facility: int
    with_facility: Ints


def branch(port: Port, rng: np.random.Generator, prices: Prices) -> Port:
    """The same state for another future: nothing is told there, no history is brought along.

    What is frozen is shared, everything else is copied, whatever fields the port has.
    """
    quiet = Feeds(port.names.lateness, port.world.dirt, 0, np.random.default_rng(0))
    quiet.muted = True
    parts = {part.name: getattr(port, part.name) for part in fields(port)}
    others: dict[int, object] = {
        id(part): part
        for part in parts.values()
        if is_dataclass(part) and getattr(part, "__dataclass_params__").frozen  # noqa: B009
    }
    own = {"rng": rng, "prices": prices, "feeds": quiet, "codes": CargoCodes()}
    # Whoever inside holds one of these holds the future's own afterwards.
    others |= {id(parts[name]): part for name, part in own.items()}
    others |= {id(part): part for part in own.values()}
    parts |= own | {"defaults": [], "violations": []}
    return Port(**{name: deepcopy(part, others) for name, part in parts.items()})


def live_month(port: Port, live: Law, month: int) -> None:
    """Live the days of a month, up to the next one's first midnight."""
    starts = port.clock.month_days
    for day in range(starts[month], starts[month + 1]):
        port.day = day
        live(port, month if day == starts[month] else None)
    port.day = starts[month + 1]


def live_on(port: Port, live: Law, months: int) -> Bools:
    """Live a port on from a month's first midnight; who defaults by the way."""
    first = port.clock.month_days.index(port.day)
    for month in range(first, first + months):
        live_month(port, live, month)
        port.compact()
    found = np.zeros(len(port.books.cash), np.bool_)
    found[[row[0] for row in port.defaults]] = True
    return found


def eligible(port: Port) -> Ints:
    """Enterprises that can default for the first time: they trade and are not in default."""
    return np.flatnonzero(port.state.trading & (port.state.default_day == NEVER))


def granted(port: Port, rows: Ints) -> Ints:
    """A seeded sample of those without an open facility, the same at every number of paths."""
    has = np.zeros(len(port.books.cash), np.bool_)
    has[port.facilities["owner"][port.facilities.live]] = True
    rng = np.random.default_rng(np.random.SeedSequence(port.world.seed, spawn_key=(port.day,)))
    return rows[~has[rows] & (rng.random(len(rows)) < _GRANTED_SHARE)]


@dataclass(frozen=True)
class _Futures:
    """What a process needs to live any of the futures of one state."""

    port: Port
    live: Law
    grant: Grant | None
    to: Ints
    """Who is granted the standard facility in the second futures."""

    def lived(self, path: int, with_facility: bool) -> Bools:
        """Who defaults in one future; the number decides all of its chances."""
        start = self.port.day
        sequence = np.random.SeedSequence(self.port.world.seed, spawn_key=(start, path))
        rng, price_rng = (np.random.default_rng(child) for child in sequence.spawn(2))
        prices = redrawn(self.port.prices, self.port.clock, start, price_rng)
        port = branch(self.port, rng, prices)
        if with_facility and self.grant is not None:
            self.grant(port, self.to)
        return live_on(port, self.live, HORIZON)

    def chunk(self, paths: range) -> Ints:
        """Counts of some paths: even ones, odd ones, and some with the facility."""
        counts = np.zeros((3, len(self.port.books.cash)), np.int64)
        for path in paths:
            counts[path % 2] += self.lived(path, False)
            if self.grant is not None and path % _GRANTED_EVERY == 0:
                counts[2] += self.lived(path, True)
        return counts


_mine: list[_Futures] = []
"""In a process that lives futures: those it lives."""


def _begin(futures: _Futures) -> None:
    _mine[:] = [futures]


def _chunk(paths: range) -> tuple[range, Ints]:
    return paths, _mine[0].chunk(paths)


def true_pd(
    port: Port,
    live: Law,
    sample: Sample,
    folder: Path,
    *,
    grant: Grant | None = None,
    progress: Callable[[int], None] = lambda _paths: None,
) -> Counts:
    """Live the next twelve months many times from this very state, with fresh chances.

    Parameters
    ----------
    port : Port
        At a month's first midnight; it is left as it is.
    live : callable
        Lives one day; must be importable by other processes.
    folder : Path
        Receives the counts of each chunk of paths, so that a run that was stopped goes on where
        it was; counts of another state or other rules are not taken up.
    grant : callable, optional
        Grants the standard facility; without it nobody is.
    progress : callable
        Told of how many paths more are lived.
    """
    start = branch(port, np.random.default_rng(0), port.prices)
    rows = eligible(port)
    to = granted(port, rows) if grant is not None else rows[:0]
    futures = _Futures(start, live, grant, to)
    store = folder / _fingerprint(start, grant is not None)
    store.mkdir(parents=True, exist_ok=True)
    total = np.zeros((3, len(port.books.cash)), np.int64)
    missing = []
    for first in range(0, sample.paths, _CHUNK):
        paths = range(first, min(first + _CHUNK, sample.paths))
        file = _file(store, paths)
        if file.exists():
            total += np.load(file)
            progress(len(paths))
        else:
            missing.append(paths)
    for paths, counts in _lived(futures, missing, sample.processes):
        partial = _file(store, paths).with_suffix(".partial.npy")
        np.save(partial, counts)
        partial.rename(_file(store, paths))
        total += counts
        progress(len(paths))
    chosen = np.isin(rows, to)
    lived = len(range(0, sample.paths, _GRANTED_EVERY)) if grant is not None else 0
    return Counts(rows, sample.paths, total[:2, rows], chosen, lived, total[2, rows] * chosen)


def _file(store: Path, paths: range) -> Path:
    return store / f"{paths.start:05d}-{paths.stop:05d}.npy"


def _lived(futures: _Futures, chunks: list[range], processes: int) -> Iterator[tuple[range, Ints]]:
    if processes < 2 or len(chunks) < 2:
        for paths in chunks:
            yield paths, futures.chunk(paths)
        return
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(futures,)
    )
    with pool:
        for done in as_completed([pool.submit(_chunk, paths) for paths in chunks]):
            yield done.result()


def _fingerprint(port: Port, with_facility: bool) -> str:
    """Names a state and the rules under which it is lived on."""
    digest = hashlib.sha256(repr((port.world, port.day, with_facility)).encode())
    digest.update(port.books.cash.tobytes())
    for name, values in vars(port.state).items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(_rules())
    return digest.hexdigest()[:16]


@cache
def _rules() -> bytes:
    """The source of the simulator, as it was when this process first asked."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return b"".join(file.read_bytes() for file in files)
