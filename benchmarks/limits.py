"""What limits come to on a port's record, and what reckoning them costs.

    python -m benchmarks.limits [--database URL] [--packed FILE] [--as-of T] [--enterprises N]

Some enterprises are drawn, the same every time; each limit is reckoned with one PD, and each stage
is timed by the processor time of its fastest round: what else the machine does only adds to it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer

from features.calendar import parse_time
from features.engine.evaluation import evaluate, settle
from features.engine.sweep import Spine
from features.online import FactsReader
from serving import lending
from serving.limit import Circumstances, Limit, limit
from serving.policy import Policy
from serving.scores.limit_part import limit_part
from supervision.packed.reading import PackedReader
from supervision.record import Record

PD = 0.02
"""With which every limit is reckoned: what is looked at is the goods, not the model."""
ROUNDS = 30
T = TypeVar("T")


@dataclass
class Tally:
    """What limits of several enterprises came to; amounts in fen.

    Attributes
    ----------
    enterprises : int
        That have goods.
    value, eligible, lent : int
        Of all their stock.
    unfit : Counter
        Value by reason.
    binding, standing : Counter
        Enterprises by what decides, and by where their goods stand.
    milliseconds : dict
        Processor time of each stage, one entry an enterprise.
    """

    enterprises: int = 0
    value: int = 0
    eligible: int = 0
    lent: int = 0
    unfit: Counter[str] = field(default_factory=Counter)
    binding: Counter[str] = field(default_factory=Counter)
    standing: Counter[str] = field(default_factory=Counter)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, found: Limit) -> None:
        """Count one limit."""
        self.enterprises += 1
        self.value += sum(lent.value for lent in found.goods.goods)
        self.eligible += sum(lent.eligible for lent in found.goods.goods)
        self.lent += found.collateral
        self.unfit.update({unfit.reason: unfit.value for unfit in found.goods.unfit})
        self.binding[found.binding] += 1
        self.standing[found.lines.standing] += 1

    def lines(self) -> Iterator[str]:
        """What there is to print."""
        yield (
            f"{self.enterprises} enterprises with goods worth {self.value / 100:,.0f} CNY: "
            f"{self.eligible / self.value:.1%} eligible, {self.lent / self.value:.1%} lent on"
        )
        for reason, value in self.unfit.most_common():
            yield f"  {reason:<20}{value / self.value:>7.1%}"
        yield f"binding {dict(self.binding)}"
        yield f"standing {dict(self.standing)}"
        for stage, times in self.milliseconds.items():
            tenth, middle, ninth = np.quantile(times, (0.1, 0.5, 0.9))
            yield f"{stage:<16}{tenth:7.3f} {middle:7.3f} {ninth:7.3f} ms (deciles 1, 5, 9)"


def tally(
    reader: FactsReader, enterprises: Sequence[int], as_of: int, policy: Policy, rounds: int
) -> Tally:
    """Reckon limits.

    Parameters
    ----------
    reader : FactsReader
    enterprises : sequence of int
        Numbers of names.
    as_of : int
        UTC microseconds.
    policy : Policy
    rounds : int
        How often each stage is timed.
    """
    found = Tally()
    position = reader.record.position()
    for number in enterprises:
        facts = reader.facts_of(number, position, as_of)
        spine = Spine(np.array([number]), np.array([as_of]))
        row = evaluate(facts, spine, lending.FEATURES)
        values = dict(zip(row.names, row.values[0].tolist(), strict=True))

        def gathered(
            number: int = number, facts: Any = facts, values: Any = values
        ) -> Circumstances:
            return lending.circumstances(reader.record, facts, number, as_of, values)

        grounds = gathered()
        if not grounds.lots:
            continue

        def reckoned(grounds: Circumstances = grounds) -> Limit:
            return limit(grounds, PD, True, policy)

        suggested = reckoned()
        found.add(suggested)
        for stage, call in (
            ("circumstances", gathered),
            ("limit", reckoned),
            ("answer", lambda g=grounds, s=suggested: limit_part(s, g, policy)),
        ):
            found.milliseconds.setdefault(stage, []).append(_timed(call, rounds))
    return found


def _timed(call: Callable[[], object], rounds: int) -> float:
    """Processor time of the fastest of some rounds of a call, milliseconds."""
    times = []
    for _ in range(rounds):
        begun = time.process_time_ns()
        call()
        times.append(time.process_time_ns() - begun)
    return min(times) / 1e6


def main(
    database: Annotated[str, typer.Option(help="URL of the record.")] = "sqlite:///var/record.db",
    packed: Annotated[Path, typer.Option(help="Packed enterprises.")] = Path("var/packed.db"),
    as_of: Annotated[str, typer.Option(help="Time of the limits.")] = "2023-01-01",
    enterprises: Annotated[int, typer.Option(min=1, help="How many, drawn at random.")] = 300,
    policy: Annotated[Path, typer.Option()] = Path("configs/policy/default.yaml"),
) -> None:
    """Reckon the limits of some enterprises of a record and print what they come to."""
    settle()
    with closing(Record.open(database)) as record:
        reader = FactsReader(record, PackedReader.open(record, packed))
        reader.prepare()
        every = record.enterprises()
        drawn = np.random.default_rng(0).choice(every, min(enterprises, len(every)), replace=False)
        at = parse_time(as_of)
        for line in tally(reader, drawn.tolist(), at, Policy.load(policy), ROUNDS).lines():
            typer.echo(line)


if __name__ == "__main__":
    typer.run(main)
