"""The stages before measuring: a world, its record, the mirror and the databases made of them.

Each runs in a process of its own and only once; what was done stands in ``stages.json``.
"""

import sys
from pathlib import Path

from benchmarks.features.ground import Ground
from benchmarks.world.plan import Plan
from benchmarks.world.stages import prepare as prepare_world
from benchmarks.world.stages import run
from features.catalogue import CATALOGUE
from supervision.mirror import FORMAT, Mirror
from supervision.packed.layout import OWN

LAYOUT = OWN.digest
"""The form of packed enterprises: in another form they are to be packed anew."""


def prepare(plan: Plan, folder: Path, *, postgresql: bool = True) -> Ground:
    """Run what is missing of the stages.

    Raises
    ------
    CargoworthyError
        If the folder holds another world, or a stage fails.
    """
    prepare_world(plan, folder, until="simulate")
    ground = Ground(folder)
    _once(ground, "split")
    if _once(ground, "record", packed=LAYOUT):
        ground.forget("mirror")
    _once(ground, "publish", catalogue=CATALOGUE.hash, packed=LAYOUT)
    _once(ground, "mirror", form=FORMAT)
    _once(ground, "database", of=_shown(ground))
    if postgresql:
        _once(ground, "postgresql", packed=LAYOUT)
        _once(ground, "publish-postgresql", catalogue=CATALOGUE.hash, packed=LAYOUT)
    return ground


def prepare_large(ground: Ground, times: int) -> Ground:
    """Make so many copies of a mirror's enterprises, under numbers of their own."""
    large = ground.large
    large.folder.mkdir(exist_ok=True)
    _once(large, "large", of=_shown(ground), times=times)
    return large


def _shown(ground: Ground) -> str:
    """Which record the mirror shows, in which form."""
    shown = Mirror(ground.mirror).shows
    return f"{FORMAT} {shown.record if shown else ''}"


def _once(ground: Ground, stage: str, **made: int | str) -> bool:
    """Run a stage that was not run yet, or whose product was made otherwise; whether it was run."""
    done = ground.stages.get(stage)
    stale = done is None or any(done.get(name) != value for name, value in made.items())
    if stale:
        print(f"{ground.folder.name}: {stage}", file=sys.stderr, flush=True)
        times = [str(made["times"])] if "times" in made else []
        cost = run(["benchmarks.features.stage", stage, str(ground.folder), *times])
        ground.note(stage, cost, **made)
    return stale
