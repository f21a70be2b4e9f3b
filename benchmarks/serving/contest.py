"""All servers at once, each called in turn, round after round."""

import re
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.serving.calls import Heard, call
from benchmarks.serving.field import SCORES, Contestant
from benchmarks.serving.ground import OPERATOR, Ground, token

_STAGE = re.compile(
    r"^cargoworthy_(stage|request)_seconds_(sum|count)\{(.*?)\} ([0-9.e+-]+)$", re.MULTILINE
)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass
class Run:
    """What was measured.

    Attributes
    ----------
    heard : dict of str to list of Heard
        By contestant, one a round.
    pairs : list of tuple
        Calls a second of two clients at two workers, and of one at one worker, round by round.
    processor : dict of str to list of float
        Seconds of processor time of a call, one a round.
    megabytes : dict of str to tuple
        Memory of the largest process after the calls: resident, and its own alone.
    starts : dict of str to float
        Seconds until it answered.
    stages : dict of str to dict
        Mean seconds of each stage of a score, by service.
    """

    heard: dict[str, list[Heard]] = field(default_factory=dict)
    pairs: list[tuple[float, float]] = field(default_factory=list)
    processor: dict[str, list[float]] = field(default_factory=dict)
    megabytes: dict[str, tuple[float, float]] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    stages: dict[str, dict[str, float]] = field(default_factory=dict)

    def p50(self, name: str) -> float:
        """Median of the rounds' medians, seconds."""
        return median(one.p50 for one in self.heard[name])

    def p99(self, name: str) -> float:
        """Median of the rounds' 99th percentiles, seconds."""
        return median(one.p99 for one in self.heard[name])

    def ratios(self, above: str, below: str) -> list[float]:
        """p50 over p50, round by round."""
        pairs = zip(self.heard[above], self.heard[below], strict=True)
        return [one.p50 / other.p50 for one, other in pairs]


def measure(
    contestants: Sequence[Contestant],
    second: Contestant | None,
    ground: Ground,
    asked: tuple[int, int],
) -> Run:
    """Call each once a round, forwards and backwards by turns; then two workers against one.

    Parameters
    ----------
    contestants : sequence of Contestant
    second : Contestant or None
        A second worker on the first contestant's ledger.
    ground : Ground
    asked : tuple
        Rounds, and seconds of calls in each.
    """
    rounds, seconds = asked
    run = Run()
    for one in contestants:
        call([one.target(ground)], 1)  # what is read at the first call is read
    before = {one.name: _sums(one, ground) for one in contestants if one.path == SCORES}
    for number in range(rounds):
        for one in contestants if number % 2 == 0 else reversed(contestants):
            spent = one.server.processor_seconds
            (heard,) = call([one.target(ground)], seconds)
            spent = one.server.processor_seconds - spent
            run.heard.setdefault(one.name, []).append(heard)
            run.processor.setdefault(one.name, []).append(spent / heard.calls)
    for one in contestants:
        run.megabytes[one.name] = one.server.memory
        run.starts[one.name] = one.server.seconds
        if one.name in before:
            run.stages[one.name] = _means(before[one.name], _sums(one, ground))
    if second is not None:
        call([second.target(ground)], 1)
        run.pairs = _pairs(contestants[0], second, ground, (rounds, seconds))
    return run


def _pairs(
    one: Contestant, second: Contestant, ground: Ground, asked: tuple[int, int]
) -> list[tuple[float, float]]:
    rounds, seconds = asked
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        both = call([one.target(ground), second.target(ground)], seconds)
        (alone,) = call([one.target(ground)], seconds)
        found.append((sum(heard.rate for heard in both), alone.rate))
    return found


def _sums(one: Contestant, ground: Ground) -> dict[str, tuple[float, float]]:
    """Seconds and counts so far: of each stage, and of calls for scores as a whole."""
    shown = {"Authorization": f"Bearer {token(ground, one.ledger or '', OPERATOR)}"}
    asked = urllib.request.Request(f"{one.server.url}/metrics", headers=shown)  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
        text = answer.read().decode()
    found: dict[str, list[float]] = {}
    for kind, what, labels, value in _STAGE.findall(text):
        named = dict(_LABEL.findall(labels))
        if kind == "request" and named.get("route") != SCORES:
            continue
        sums = found.setdefault(named.get("stage", "whole"), [0.0, 0.0])
        sums[what == "count"] += float(value)
    return {name: (sums[0], sums[1]) for name, sums in found.items()}


def _means(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> dict[str, float]:
    """Mean seconds of each stage between two looks."""
    found: dict[str, float] = {}
    for name, (seconds, count) in after.items():
        earlier, counted = before.get(name, (0.0, 0.0))
        if count > counted:
            found[name] = (seconds - earlier) / (count - counted)
    return found
