"""Whom cargo would lend to that a core enterprise's name would not, by the truth of a world.

    python -m benchmarks.mission --site FOLDER --out var/bench-mission

FOLDER is a site of `python -m benchmarks.world` (`seed-N`): world, record.db, features.parquet; or
name the parts with --world, --table and --record. Everybody who trades is an applicant, lent to or
not, and what becomes of them is the world's truth: their true PD where the world was simulated with
--truth-sample, else what came to pass. Prints tables and writes report.md, report.json and plots.
"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.mission.applicants import BANKS_CUT, Applicants, applicants, read
from benchmarks.mission.gains import Choice, gains
from benchmarks.mission.independence import delete_links, relation
from benchmarks.mission.links import Point, curve
from benchmarks.mission.models import CARGO, RULE, TRUTH, TWO, Models, teach
from benchmarks.mission.plot import draw_approvals, draw_curve
from benchmarks.mission.report import Found, markdown, write
from benchmarks.mission.strength import strengths
from benchmarks.selection.ground import Ground, Located
from benchmarks.world.ceiling import ceilings
from benchmarks.world.stages import Site
from supervision.errors import CargoworthyError, UsageError
from training.horizon import month_name
from training.model.scale import Floats

CUTS = (2, 4, 8, 10)
"""Other cuts of the rule than the banks'."""
RELINKED, RERATED = "link and rating", "rating alone"


def main() -> None:
    """Read the command line, measure, print and write."""
    asked = _asked()
    try:
        found = _measured(asked)
    except CargoworthyError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    write(found, asked.out)
    draw_approvals(found.gains, asked.out / "mission-approvals.svg")
    if found.curves:
        draw_curve(found.curves, found.facts["here"], asked.out / "mission-curve.svg")
    Console(width=max(170, Console().width)).print(Markdown(markdown(found)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mission",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--site", type=Path, help="folder of a world made by benchmarks.world")
    add("--world", type=Path, help="a simulated world with its truth, if not the site's")
    add("--table", type=Path, help="its feature table, if not the site's")
    add("--record", help="database of its record, if not the site's")
    add("--out", type=Path, default=Path("var/bench-mission"))
    add("--resamples", type=int, default=300, help="of enterprises, for intervals")
    add("--draws", type=int, default=60, help="of links, for the curve; 0: no curve")
    add("--delete", type=int, default=500, help="enterprises whose links are deleted; 0: none")
    add("--by-facility", action=argparse.BooleanOptionalAction, default=True)
    return parser.parse_args()


def _located(asked: argparse.Namespace) -> Site:
    site = Site(asked.site) if asked.site else None
    world = asked.world or (site.world if site else None)
    table = asked.table or (site.features if site else None)
    record = asked.record or (site.record if site else None)
    if not (world and table and record):
        raise UsageError("give --site FOLDER, or all of --world, --table and --record")
    return Located(world, table, record)


def _measured(asked: argparse.Namespace) -> Found:
    site = _located(asked)
    _tell("read the world")
    ground, lacking = read(site)
    asking = applicants(ground)
    models = teach(ground, asking, _tell, by_facility=asked.by_facility)
    choice = Choice(asking.bad, asking.rating, asking.enterprise)
    _tell("ceilings")
    tops = _ceilings(ground) if asking.paths else {}
    _tell("strengths and approvals")
    ranks = {name: pd for name, pd in models.pd.items() if name != RULE}
    # The true PD is the ceiling itself, and would be scored on its own futures.
    ruled = {name: rank for name, rank in ranks.items() if name != TRUTH} | {RULE: asking.rule}
    strong = strengths(asking.bad, ruled, asking.enterprise, tops, asked.resamples)
    led = {name: ranks[name] for name in (CARGO, TWO, TRUTH) if name in ranks}
    gained = gains(choice, ranks, BANKS_CUT, asked.resamples)
    others = {cut: gains(choice, led, cut, asked.resamples) for cut in CUTS}
    _tell("curve")
    curves = _curves(choice, led, asked.draws) if asking.paths and asked.draws else {}
    _tell("independence")
    related = relation(asking, models.pd[CARGO], models.score, asked.resamples)
    deleted = None
    if asked.delete:
        deleted = delete_links(asking, models.bundle, site.record, asked.delete, _tell)
    facts = _facts(ground, asking, models, lacking)
    own = gained[CARGO]
    here = (own["bad_rate"].value / float(asking.bad.mean()), own["ratio"].value)
    return Found(
        title=_title(ground, asking),
        facts={**facts, "here": here},
        ceilings=tops,
        strengths=strong,
        gains=gained,
        other_cuts=others,
        curves=curves,
        relation=related,
        deletion=deleted,
    )


def _ceilings(ground: Ground) -> dict[str, float]:
    found = ceilings(ground.material, resamples=0)
    keys = {name: f"ceiling.{name}.everyone" for name in ("visible", "true")}
    return {name: found[key].value for name, key in keys.items() if key in found}


def _curves(choice: Choice, ranks: dict[str, Floats], draws: int) -> dict[str, list[Point]]:
    kept = {name: rank for name, rank in ranks.items() if name != TRUTH}
    return {
        name: curve(choice, kept, BANKS_CUT, draws, relink=relink)
        for name, relink in ((RELINKED, True), (RERATED, False))
    }


def _facts(
    ground: Ground, asking: Applicants, models: Models, lacking: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "plan": asdict(ground.plan),
        "applicants": len(asking),
        "enterprises": len(np.unique(asking.enterprise)),
        "linked": int(asking.linked.sum()),
        "financed": int(asking.financed.sum()),
        "paths": asking.paths,
        "bad": float(asking.bad.mean()),
        "cut": BANKS_CUT,
        "rows": models.rows,
        "defaults": models.defaults,
        "lacking": list(lacking),
    }


def _title(ground: Ground, asking: Applicants) -> str:
    plan = ground.plan
    ends = [month_name(int(at)) for at in np.unique(asking.as_of)]
    when = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
    return (
        f"The mission's figure: {plan.enterprises:,} enterprises, {plan.months} months, "
        f"seed {plan.seed}; everybody who traded at the end of {when}"
    )


def _tell(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
