"""Whether doing more ever lowers a score or a limit on the what-if page.

python -m benchmarks.what_if [--enterprises 200] [--pairs 100] [--folder var]

Reads the record, the champion and the policy of the demonstration; the answers go into a ledger of
its own, which is thrown away. Draws pairs of plans of which the second goes at least as far in
everything, and counts what falls. Prints how long a page's reckoning takes, too.
"""

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.scratch_rooms import scratch_rooms
from features.calendar import DAY, parse_time
from serving.console.what_if.bench import Bench, bench_of
from serving.console.what_if.plan import Plan
from serving.console.what_if.reading import what_if
from serving.profiles.comparison import PeersFile
from serving.rooms import Rooms
from serving.scores.asked import Asked, Placed
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch

AS_OF = "2023-01-01"
_STEPS, _FURTHER = (0, 25, 50, 75, 100), (0, 0, 25, 50)


def main() -> None:
    """Try the plans, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.what_if",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--enterprises", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=Path("var"))
    asked = parser.parse_args()
    with scratch_rooms(asked.folder, parse_time(AS_OF)) as rooms:
        benches = list(_benches(rooms, PeersFile(asked.folder / "peers.json"), asked.enterprises))
    _report(benches, asked.pairs)


def _benches(rooms: Rooms, peers: PeersFile, most: int) -> Iterator[Bench]:
    """Every so-many-th enterprise that has a score, on the bench."""
    scorer, record = rooms.scorer(), rooms.record()
    numbers = record.enterprises().tolist()
    for code in sorted(record.text_of(numbers[:: max(1, len(numbers) // most)]).values()):
        asked = ScoreRequest(enterprise_id=code)
        answered = scorer.answer(asked, parse_time(AS_OF) + DAY, rooms.settings.as_of, Stopwatch())
        entry = answered.entry
        placed = Placed(Asked.again(entry), entry.record_position, entry.enterprise_number)
        bench = bench_of(entry, scorer, placed, peers)
        if bench is not None:
            yield bench


def _report(benches: list[Bench], pairs: int) -> None:
    drawn = random.Random(1)  # noqa: S311
    worst = scores = limits = 0
    seconds = []
    for bench in benches:
        begun = time.process_time()
        what_if(bench, Plan({}))
        seconds.append(time.process_time() - begun)
        for _ in range(pairs):
            less = {action.code: drawn.choice(_STEPS) for action in bench.actions}
            more = {code: min(100, step + drawn.choice(_FURTHER)) for code, step in less.items()}
            before, after = bench.outcomes([_plan(less), _plan(more)])
            worst = min(worst, after.score_micro - before.score_micro)
            scores += after.score < before.score
            limits += after.limit.amount < before.limit.amount
    print(f"{len(benches)} scores, {pairs * len(benches)} pairs of plans")
    print(f"largest fall {-worst} micro-points; displayed scores that fell {scores}")
    print(f"limits that fell {limits}")
    print(f"all levers of a page: median {median(seconds) * 1e3:.1f} ms of processor")


def _plan(shares: dict[str, int]) -> Plan:
    return Plan({code: share for code, share in shares.items() if share})


if __name__ == "__main__":
    main()
