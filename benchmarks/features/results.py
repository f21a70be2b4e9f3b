"""What a whole run of the benchmark found."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.features.batch import Comparison, Contestant, Costs, compare
from benchmarks.features.rounds import Cost, Spread

GIGABYTES = 1.0
"""Memory that one worker may need, whatever the number of messages."""
P50, P99 = 2.0, 5.0
"""Milliseconds that reading and evaluating one enterprise may need."""
SERVED = "engine, all features, SQLite, as the service reads"
"""The way of which that is wanted."""


@dataclass(frozen=True)
class Online:
    """How long one way to answer about one enterprise took, in milliseconds.

    Attributes
    ----------
    title : str
    reading : float
        Median of the reading alone; 0 where the two cannot be told apart.
    p50, p99 : float
        Of reading and evaluating together.
    asked : int
        Number of questions.
    """

    title: str
    reading: float
    p50: float
    p99: float
    asked: int

    @classmethod
    def of(cls, title: str, read: Sequence[float], evaluate: Sequence[float]) -> "Online":
        """From the milliseconds of every question."""
        whole = np.add(read, evaluate)
        reading = float(np.median(read)) if any(evaluate) else 0.0
        p50, p99 = (float(np.quantile(whole, share)) for share in (0.5, 0.99))
        return cls(title, reading, p50, p99, len(whole))


@dataclass(frozen=True)
class Results:
    """Everything that was measured.

    Attributes
    ----------
    facts : mapping
        World, machine, versions and the command.
    messages : int
    costs : Costs
        Of the batch; empty where it was left out.
    agreement : mapping
        Cells compared with the engine's, and cells that differ, by contestant.
    large_messages : int
        0 where the large case was left out.
    large : Costs
    online : sequence of Online
    asked_about : sequence of int
        Numbers of messages of the enterprises that were asked about.
    """

    facts: Mapping[str, object]
    messages: int
    costs: Costs
    agreement: Mapping[str, Mapping[str, int]]
    large_messages: int
    large: Costs
    online: Sequence[Online] = ()
    asked_about: Sequence[int] = ()

    @property
    def comparisons(self) -> list[Comparison]:
        """Ratios of the batch, and what was wanted in other units."""
        return compare(self.costs) + self._memory() + self._latency()

    def _memory(self) -> list[Comparison]:
        named = [(self.costs, self.messages), (self.large, self.large_messages)]
        found = []
        for costs, messages in named:
            peaks = [
                one.largest for key, many in costs.items() if key.name == "engine" for one in many
            ]
            if peaks:
                title = f"engine, memory of a worker, GB, {messages / 1e6:.1f} million messages"
                worst = Spread(max(peaks), min(peaks), max(peaks))
                found.append(Comparison(title, worst, most=GIGABYTES))
        return found

    def _latency(self) -> list[Comparison]:
        found = []
        for one in self.online:
            if one.title == SERVED:
                for name, value, most in (("p50", one.p50, P50), ("p99", one.p99, P99)):
                    title = f"{one.title}: {name}, ms"
                    found.append(Comparison(title, Spread(value, value, value), most=most))
        return found

    def as_data(self) -> dict[str, object]:
        """For report.json."""
        return {
            **self.facts,
            "messages": self.messages,
            "comparisons": [asdict(one) | {"met": one.met} for one in self.comparisons],
            "batch": _listed(self.costs),
            "agreement": self.agreement,
            "online": [asdict(one) for one in self.online],
            "asked_about": list(self.asked_about),
            "large_messages": self.large_messages,
            "large": _listed(self.large),
        }


def _listed(costs: Costs) -> list[dict[str, object]]:
    return [asdict(one) | {"rounds": [asdict(cost) for cost in costs[one]]} for one in costs]


def spread_of(costs: Sequence[Cost], name: str) -> Spread:
    """Spread of one figure of a contestant's rounds."""
    return Spread.of([getattr(cost, name) for cost in costs])


def in_order(costs: Costs) -> list[Contestant]:
    """Contestants as the report lists them."""
    return sorted(costs, key=lambda one: (one.points, one.name, one.threads))
