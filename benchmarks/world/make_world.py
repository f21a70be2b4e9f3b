"""Simulate a world, with its true PD where asked for: a stage, run in a child.

python -m benchmarks.world.make_world OUT ENTERPRISES MONTHS SEED SCENARIO TRUTH_SAMPLE TRUTH_PATHS
"""

import sys
from pathlib import Path

from simulator.futures import Sample
from simulator.simulation import simulate
from simulator.world import World


def main(out: Path, numbers: tuple[int, int, int], scenario: str, truth: tuple[int, int]) -> None:
    """Run the world and write it."""
    enterprises, months, seed = numbers
    world = World(enterprises=enterprises, months=months, seed=seed, scenario=scenario)
    month_ends, paths = truth
    simulate(world, out, sample=Sample(month_ends if paths else 0, max(paths, 2)))


if __name__ == "__main__":
    told = sys.argv[1:]
    counts = [int(one) for one in (*told[1:4], *told[5:7])]
    main(Path(told[0]), (counts[0], counts[1], counts[2]), told[4], (counts[3], counts[4]))
