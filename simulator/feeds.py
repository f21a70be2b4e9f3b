"""The feeds: messages as integer columns, from the day they happen until they are recorded."""

from collections.abc import Mapping

import numpy as np

from simulator.clock import HOUR
from simulator.dirt import spoilt
from simulator.names import Lateness
from simulator.outages import Outages, none
from simulator.table import Ints
from simulator.world import Dirt
from supervision.arrays import MISSING
from supervision.contract.columns import column, columns
from supervision.contract.messages import STREAMS

LATENESS = "_lateness"
"""Column that overrides the provider's own lateness."""
FAULT = "_fault"
"""Column that tells the writer how to spoil a row (:class:`simulator.dirt.Fault`)."""
ARRIVAL = "_arrival"
"""Column by which a file is ordered; differs from ``recorded_at`` where feeds are reordered."""

_MEDIAN_HOURS = {
    # Median and 95th percentile: registries 2 h and 1 day, price feeds 1 h, papers 12 h and 4
    # days. Customs are to come to 3 h and 2 days, warehouse systems to 6 h and 3 days, with one
    # message in a hundred corrected or held up by an outage.
    Lateness.CUSTOMS: (3.0, 40.0),
    Lateness.SYSTEM: (6.0, 62.0),
    Lateness.REGISTRY: (2.0, 24.0),
    Lateness.FEED: (1.0, 2.0),
    Lateness.PAPER: (12.0, 96.0),
}
_UNIFORM_HOURS = {
    Lateness.MANUAL: (24.0, 72.0),
    Lateness.NEXT_DAY: (10.0, 30.0),
    Lateness.SLOW: (5 * 24.0, 30 * 24.0),
    Lateness.COURT: (15 * 24.0, 60 * 24.0),
}
_LATEST_HOURS = 45 * 24.0

Block = dict[str, Ints]
"""Columns of one stream, of one length."""


class Feeds:
    """Collects what happens, ages it until it is recorded, and hands it over in file order.

    Parameters
    ----------
    lateness : int64 array
        The :class:`Lateness` of each provider.
    dirt : Dirt
    last : int
        The world's last midnight: what is recorded after it never leaves.
    outages : Outages, optional
        When providers are down.
    """

    def __init__(
        self,
        lateness: Ints,
        dirt: Dirt,
        last: int,
        rng: np.random.Generator,
        outages: Outages | None = None,
    ) -> None:
        self._lateness = lateness
        self._dirt = dirt
        self._last = last
        self._rng = rng
        self.outages = none() if outages is None else outages
        """When providers are down, latent."""
        self.muted = False
        """Whether nothing is told: in futures that only serve to count defaults."""
        self._counter = 1
        self._fresh: dict[str, list[tuple[int, dict[str, Ints | int]]]] = {s: [] for s in STREAMS}
        self._waiting: dict[str, Block | None] = dict.fromkeys(STREAMS)

    def emit(self, stream: str, kind: str, at: Ints, **facts: Ints | int) -> None:
        """State facts of one kind that happened at the times ``at``.

        Envelope columns have short names here: ``provider``, ``enterprise``, ``cargo``. A
        quantity brings its unit with it. Columns not named are left out.
        """
        if self.muted or len(at) == 0:
            return
        body: dict[str, Ints | int] = {_LONG.get(name, name): v for name, v in facts.items()}
        body["kind"] = column(stream, "kind").code(kind)
        body["occurred_at"] = at
        if "quantity" in body or "first_quantity" in body:
            body["unit"] = 0
        self._fresh[stream].append((len(at), body))

    def drain(self, until: int) -> Mapping[str, Block]:
        """What has arrived before ``until`` and not left yet, in order of arrival."""
        arrived: dict[str, Block] = {}
        for stream in STREAMS:
            block = self._aged(stream)
            waiting = self._waiting[stream]
            if waiting is not None:
                block = {name: np.concatenate((waiting[name], block[name])) for name in block}
            # What is recorded only after the world's end is dropped at once.
            ready = block["recorded_at"] <= self._last
            if until < self._last:
                later = ready & (block[ARRIVAL] >= until)
                ready &= ~later
                stay = np.flatnonzero(later)
                self._waiting[stream] = {name: values[stay] for name, values in block.items()}
            else:
                self._waiting[stream] = None
            order = np.flatnonzero(ready)
            order = order[np.argsort(block[ARRIVAL][order], kind="stable")]
            arrived[stream] = {name: values[order] for name, values in block.items()}
        return arrived

    def _aged(self, stream: str) -> Block:
        """Fresh messages as one block, numbered, with their times of record, and spoilt."""
        fresh, self._fresh[stream] = self._fresh[stream], []
        total = sum(count for count, _ in fresh)
        names = [c.name for c in columns(stream)] + [LATENESS, FAULT]
        block = {name: np.full(total, MISSING, np.int64) for name in names}
        block[FAULT][:] = 0
        place = 0
        for count, body in fresh:
            for name, values in body.items():
                block[name][place : place + count] = values
            place += count
        block["message_id"] = np.arange(self._counter, self._counter + total, dtype=np.int64)
        self._counter += total
        block["recorded_at"] = block["occurred_at"] + self._delays(block)
        del block[LATENESS]
        block[ARRIVAL] = block["recorded_at"].copy()
        block, self._counter = spoilt(stream, block, self._dirt, self._counter, self._rng)
        recorded = self.outages.deferred(block["provider_id"], block["recorded_at"])
        block[ARRIVAL] += recorded - block["recorded_at"]
        block["recorded_at"] = recorded
        return block

    def _delays(self, block: Block) -> Ints:
        """Microseconds from the fact to its record, by kind of provider."""
        own = block[LATENESS]
        kinds = np.where(own != MISSING, own, self._lateness[block["provider_id"]])
        hours = np.zeros(len(kinds))
        for kind, (median, high) in _MEDIAN_HOURS.items():
            rows = np.flatnonzero(kinds == kind)
            sigma = np.log(high / median) / 1.645
            drawn = median * np.exp(sigma * self._rng.standard_normal(len(rows)))
            hours[rows] = np.minimum(drawn, _LATEST_HOURS)
        for kind, (low, high) in _UNIFORM_HOURS.items():
            rows = np.flatnonzero(kinds == kind)
            hours[rows] = self._rng.uniform(low, high, len(rows))
        return np.asarray(hours * HOUR, np.int64)


_LONG = {"provider": "provider_id", "enterprise": "enterprise_id", "cargo": "cargo_code"}
