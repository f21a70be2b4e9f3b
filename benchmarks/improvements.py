"""What a trader could do for its grade, over enterprises of a record.

python -m benchmarks.improvements [--enterprises 200] [--as-of 2023-01-01]

Reads the record, the champion and the policy of the demonstration; the answers go into a ledger of
its own, which is thrown away. Prints of each grade how many could reach a better one, how often
each action gains a point or more, and the median time of an answer of improvements.
"""

import argparse
import time
from collections import Counter
from pathlib import Path
from statistics import median

from benchmarks.markdown import table
from benchmarks.scratch_rooms import scratch_rooms
from features.calendar import DAY, parse_time
from serving.profiles.comparison import PeersFile
from serving.rooms import Rooms
from serving.scores.asked import Asked, Placed
from serving.scores.improvement_answer import improvements
from serving.scores.improvement_document import ImprovementsAnswer
from serving.scores.request import ScoreRequest
from serving.stopwatch import Stopwatch


def main() -> None:
    """Ask for all, and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.improvements",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--enterprises", type=int, default=200)
    parser.add_argument("--as-of", default="2023-01-01")
    parser.add_argument("--folder", type=Path, default=Path("var"))
    asked = parser.parse_args()
    as_of = parse_time(asked.as_of)
    with scratch_rooms(asked.folder, as_of) as rooms:
        peers = PeersFile(asked.folder / "peers.json")
        found, seconds = _asked(rooms, peers, asked.enterprises, as_of + DAY)
    print(_report(found))
    print(f"\n{len(found)} scores; median of an answer {median(seconds) * 1e3:.1f} ms of processor")


def _asked(
    rooms: Rooms, peers: PeersFile, most: int, now: int
) -> tuple[list[ImprovementsAnswer], list[float]]:
    """Improvements of every so-many-th enterprise that has a score, and what each took."""
    scorer, record = rooms.scorer(), rooms.record()
    numbers = record.enterprises().tolist()
    codes = sorted(record.text_of(numbers[:: max(1, len(numbers) // most)]).values())
    found, seconds = [], []
    for code in codes:
        request = ScoreRequest(enterprise_id=code)
        answered = scorer.answer(request, now, rooms.settings.as_of, Stopwatch())
        if answered.answer.status != "scored":
            continue
        entry = answered.entry
        placed = Placed(Asked.again(entry), entry.record_position, entry.enterprise_number)
        begun = time.process_time()
        found.append(improvements(entry, scorer, placed, peers, "en"))
        seconds.append(time.process_time() - begun)
    return found, seconds


def _report(found: list[ImprovementsAnswer]) -> str:
    grades = Counter(one.grade for one in found)
    reached = Counter(one.grade for one in found if one.step is not None)
    useful = Counter(each.action for one in found for each in one.improvements)
    gained = Counter[str]()
    for one in found:
        for each in one.improvements:
            gained[each.action] += each.points
    return "\n\n".join(
        [
            table(
                [
                    ("grade", "scores", "could reach a better one"),
                    *((grade, f"{n}", f"{reached[grade]}") for grade, n in grades.most_common()),
                ]
            ),
            table(
                [
                    ("action", "gains a point or more", "points in the mean of these"),
                    *((one, f"{n}", f"{gained[one] / n:.1f}") for one, n in useful.most_common()),
                ]
            ),
        ]
    )


if __name__ == "__main__":
    main()
