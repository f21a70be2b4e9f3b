"""How deep the data of a record's enterprises are, what is late, and what that costs.

python -m benchmarks.depth [--enterprises 400] [--folder var]

Scores some enterprises as of three days and counts grades of data depth and late streams; then
times the measures alone. The ledger is thrown away.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks.scratch_rooms import scratch_rooms
from features.calendar import parse_time
from features.depth import Late, data_depth
from features.own_rows import OwnRows
from serving.objections.log import disputed
from serving.scores.asked import Asked
from serving.scores.document import ScoredAnswer
from serving.scores.request import ScoreRequest
from serving.scores.score_range import range_part
from serving.scores.scoring import Scorer
from serving.stopwatch import Stopwatch

DAYS = ("2021-07-01", "2022-07-01", "2023-01-01")
ROUNDS = 7


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.depth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--enterprises", type=int, default=400)
    parser.add_argument("--folder", type=Path, default=Path("var"))
    asked = parser.parse_args()
    with scratch_rooms(asked.folder) as rooms:
        scorer = rooms.scorer()
        rng = np.random.default_rng(1)
        some = rng.choice(scorer.record.enterprises(), asked.enterprises, replace=False).tolist()
        print(depths(scorer, scorer.record.text_of(some).values()))
        print(costs(scorer, scorer.record.text_of(some[:100])))


def depths(scorer: Scorer, codes: Iterable[str]) -> str:
    """Grades, late streams and how wide ranges are."""
    counts: Counter[str] = Counter()
    down, up = [], []
    now = parse_time(DAYS[-1])
    for code in codes:
        for day in DAYS:
            asked = Asked.of(ScoreRequest(enterprise_id=code), now, parse_time(day))
            (answered,) = scorer.reckon([asked], Stopwatch())
            answer = answered.answer
            if not isinstance(answer, ScoredAnswer):
                counts["insufficient"] += 1
                continue
            counts["scored"] += 1
            counts[f"depth {answer.data_depth.grade}"] += 1
            counts.update(f"held by {measure}" for measure in answer.data_depth.held_by)
            if (found := answer.score_range) is not None:
                counts["any stream late"] += 1
                counts.update(f"late {stream}" for stream in found.late_streams)
                down.append(answer.score - found.worst)
                up.append(found.best - answer.score)
    lines = [f"{name:28} {count:6,}" for name, count in sorted(counts.items())]
    for name, points in (("worst below the score", down), ("best above the score", up)):
        low, middle, high = np.percentile(points, (5, 50, 95)).tolist()
        lines.append(f"{name:28} {middle:6.0f} points (5 % {low:.0f}, 95 % {high:.0f})")
    return "\n".join(lines)


def costs(scorer: Scorer, enterprises: dict[int, str]) -> str:
    """Processor time of each measure, of one enterprise."""
    as_of, position = parse_time(DAYS[-1]), scorer.record.position()
    facts = {n: scorer.reader.facts_of(n, position, as_of) for n in enterprises}
    ledger = scorer.ledger.questions
    bundle, late = scorer.bundle, (Late("custody", 40, 20),)
    features = tuple(bundle.catalogue.by_name[name] for name in bundle.features)
    row = dict(zip(bundle.features, bundle.golden.values[0].tolist(), strict=True))
    told: dict[str, Callable[[int], object]] = {
        "data depth and late streams": lambda n: data_depth(OwnRows(facts[n], n, as_of)),
        "look for objections": lambda n: ledger.ask(lambda it: disputed(it, [enterprises[n]])),
        "range, custody late": lambda _: range_part(bundle, features, row, 600_000_000, late),
    }
    return "\n".join(f"{name:28} {_least(enterprises, run):6.0f} us" for name, run in told.items())


def _least(enterprises: Iterable[int], run: Callable[[int], object]) -> float:
    """Least mean of some rounds, in microseconds."""
    means, numbers = [], list(enterprises)
    for _ in range(ROUNDS):
        began = time.process_time()
        for number in numbers:
            run(number)
        means.append((time.process_time() - began) / len(numbers))
    return min(means) * 1e6


if __name__ == "__main__":
    main()
