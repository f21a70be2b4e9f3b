"""How hard a simulated world is, measured as a model will meet it.

    python -m benchmarks.world --enterprises 2000 --months 48 --seeds 1 2 3 --folder var/bench-world

For each seed: simulate, record, build features at the month ends needed, measure; stages that
were done are not done again. Prints a table and writes report.json, report.md and plots.

    python -m benchmarks.world --speed [--reference]

simulates only, and prints messages a second, seconds and greatest memory.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from benchmarks.world.measure import Measure, Measures
from benchmarks.world.plan import TESTED, Plan
from benchmarks.world.stages import Site, prepare
from supervision.errors import CargoworthyError, UsageError
from training.horizon import month_name

REFERENCE = (20_000, 96)
DEMONSTRATION = (2_000, 48)
STAGES = ("simulate", "features", "measure")


def main() -> None:
    """Read the command line and do what it asks for."""
    asked = _asked()
    try:
        if asked.speed:
            _speed(asked)
        else:
            _measure(asked)
    except CargoworthyError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.world",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--enterprises", type=int, default=DEMONSTRATION[0])
    add("--months", type=int, default=DEMONSTRATION[1], help="every world ends with 2022-12")
    add("--seeds", type=int, nargs="+", default=[1])
    add("--folder", type=Path, default=Path("var/bench-world"))
    add("--scenario", default="baseline")
    add("--truth-sample", type=int, default=0, help="month ends with a true PD")
    add("--truth-paths", type=int, default=0, help="futures of each")
    add("--truth-seeds", type=int, nargs="+", help="seeds whose futures are lived; all")
    add("--until", choices=STAGES, default="measure", help="the last stage to do")
    add("--at-once", type=int, default=1, help="seeds whose stages run side by side")
    add("--resamples", type=int, default=100, help="of enterprises, for intervals; 0: none")
    add("--plots", type=Path, default=None, help="folder of the plots, if not --folder")
    add("--no-plots", action="store_true")
    add("--lean", action="store_true", help="seed by seed; keep measures, remove each record")
    add("--fresh", action="store_true", help="remove what was made for these seeds before")
    add("--speed", action="store_true", help="measure the simulator's speed only")
    add("--reference", action="store_true", help="20,000 enterprises, 96 months")
    asked = parser.parse_args()
    if asked.reference:
        asked.enterprises, asked.months = REFERENCE
    return asked


def _measure(asked: argparse.Namespace) -> None:
    plans = {seed: _plan(asked, seed) for seed in asked.seeds}
    first = plans[asked.seeds[0]]
    if not len(first.trained):
        raise UsageError(
            f"expected at least 48 months, so that something is left to train on before the test "
            f"and its embargo, found {asked.months}; give --months 48 or more"
        )
    folders = {seed: asked.folder / f"seed-{seed}" for seed in asked.seeds}
    if asked.fresh:
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)
    until = "simulate" if asked.until == "simulate" else "features"
    if asked.until == "measure" and asked.lean:
        found = {seed: _lean(plans[seed], folders[seed], asked.resamples) for seed in asked.seeds}
        _report(asked, plans, {seed: Site(folders[seed]) for seed in asked.seeds}, found)
        return
    with ThreadPoolExecutor(asked.at_once) as pool:
        made = [pool.submit(prepare, plans[seed], folders[seed], until) for seed in asked.seeds]
        sites = {seed: one.result() for seed, one in zip(asked.seeds, made, strict=True)}
    if asked.until == "measure":
        measured = {seed: _told(plans[seed], sites[seed], asked.resamples) for seed in asked.seeds}
        _report(asked, plans, sites, measured)


def _plan(asked: argparse.Namespace, seed: int) -> Plan:
    known = asked.truth_seeds is None or seed in asked.truth_seeds
    truth = (asked.truth_sample, asked.truth_paths) if known else (0, 0)
    return Plan(asked.enterprises, asked.months, seed, asked.scenario, *truth)


def _told(plan: Plan, site: Site, resamples: int) -> Measures:
    from benchmarks.world.measuring import measure

    print(f"{site.folder.name}: measure", file=sys.stderr, flush=True)
    return measure(plan, site, resamples)


def _lean(plan: Plan, folder: Path, resamples: int) -> Measures:
    """Do all of one seed, keep its measures, and give the record's space back."""
    kept = folder / "measures.json"
    made = Site(folder).stages.get("simulate", {})
    if kept.exists() and made.get("arguments") == plan.simulate_arguments:
        return {key: Measure(**one) for key, one in json.loads(kept.read_text()).items()}
    site = prepare(plan, folder)
    found = _told(plan, site, resamples)
    kept.write_text(json.dumps({key: asdict(one) for key, one in found.items()}))
    site.forget("ingest")
    for file in folder.glob("record.db*"):
        file.unlink()
    return found


def _report(
    asked: argparse.Namespace,
    plans: dict[int, Plan],
    sites: dict[int, Site],
    found: dict[int, Measures],
) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from benchmarks.world.report import markdown, over_seeds, write

    mean = over_seeds(list(found.values()))
    first = plans[asked.seeds[0]]
    trained = [month_name(int(at)) for at in first.trained]
    title = (
        f"{first.enterprises:,} enterprises, {first.months} months, "
        f"{first.scenario}; trained on {len(trained)} month ends from {trained[0]} "
        f"to {trained[-1]}, tested on {TESTED[0]} to {TESTED[-1]}"
    )
    text = markdown(title, mean, found)
    (asked.folder / "report.md").write_text(text, encoding="utf-8")
    facts = {"enterprises": first.enterprises, "months": first.months, "scenario": first.scenario}
    write(
        asked.folder / "report.json", {**facts, "trained": trained, "tested": TESTED}, mean, found
    )
    Console(width=max(140, Console().width)).print(Markdown(text))
    if not asked.no_plots:
        from benchmarks.world.plots import draw_all

        draw_all(list(sites.values()), mean, asked.plots or asked.folder)


def _speed(asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="cargoworthy-bench-") as folder:
        plan = Plan(asked.enterprises, asked.months, asked.seeds[0], asked.scenario)
        begun = time.perf_counter()
        site = prepare(plan, Path(folder) / "world", until="simulate")
        cost = site.stages["simulate"]
        print(
            f"{plan.enterprises:,} enterprises, {plan.months} months, seed {plan.seed}: "
            f"{site.messages:,} messages in {cost['seconds']:.1f} s "
            f"({site.messages / cost['seconds']:,.0f} a second), {cost['gigabytes']:.2f} GB; "
            f"all told {time.perf_counter() - begun:.1f} s"
        )


if __name__ == "__main__":
    main()
