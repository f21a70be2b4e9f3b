"""Contestants in turn, round after round, and ratios of what the same round measured.

A machine's speed drifts. What is compared is therefore measured close together, and a ratio is
the median of the rounds' own ratios.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal, TypeVar

Key = TypeVar("Key")

_TICK = 0.01
"""Seconds by which processor time is counted: nothing is taken to cost less."""


@dataclass(frozen=True)
class Cost:
    """What one run cost.

    Attributes
    ----------
    seconds, cpu : float
        By the clock, and of all processors together.
    gigabytes, worker_gigabytes : float
        Greatest memory of the process itself, and of its largest worker process (0: none).
    """

    seconds: float
    cpu: float
    gigabytes: float
    worker_gigabytes: float

    @property
    def largest(self) -> float:
        """Greatest memory of whichever process evaluated."""
        return self.worker_gigabytes or self.gigabytes


@dataclass(frozen=True)
class Spread:
    """Median, least and greatest of some rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of some figures."""
        return cls(median(values), min(values), max(values))

    def as_data(self) -> dict[str, float]:
        """For a report."""
        return asdict(self)


def in_turn(keys: Sequence[Key], rounds: int, run: Callable[[Key], Cost]) -> dict[Key, list[Cost]]:
    """Run each once a round; every other round goes backwards.

    Parameters
    ----------
    keys : sequence
    rounds : int
    run : callable
        Runs one and says what it cost.
    """
    found: dict[Key, list[Cost]] = {key: [] for key in keys}
    for number in range(rounds):
        for key in keys if number % 2 == 0 else reversed(keys):
            found[key].append(run(key))
    return found


def ratio(
    above: Sequence[Sequence[Cost]],
    below: Sequence[Sequence[Cost]],
    figure: Literal["seconds", "cpu"] = "seconds",
) -> Spread:
    """Seconds over seconds, round by round; of several contestants the fastest of the round.

    Parameters
    ----------
    above, below : sequence of sequence of Cost
        Each contestant's costs, one a round.
    figure : {"seconds", "cpu"}
    """

    def fastest(several: Sequence[Sequence[Cost]]) -> list[float]:
        rounds = zip(*several, strict=True)
        return [max(min(getattr(cost, figure) for cost in costs), _TICK) for costs in rounds]

    pairs = zip(fastest(above), fastest(below), strict=True)
    return Spread.of([one / other for one, other in pairs])
