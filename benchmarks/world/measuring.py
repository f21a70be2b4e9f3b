"""All measures of one world."""

import time

from benchmarks.world.ceiling import ceilings
from benchmarks.world.hardness import hardness
from benchmarks.world.material import read_material
from benchmarks.world.measure import Measure, Measures
from benchmarks.world.plan import Plan
from benchmarks.world.rates import rates
from benchmarks.world.stages import Site
from simulator.figures import figures


def measure(plan: Plan, site: Site, resamples: int) -> Measures:
    """Measure a world whose features are built."""
    begun = time.perf_counter()
    material = read_material(plan, site)
    found = {
        **rates(site),
        **ceilings(material, resamples),
        **hardness(material, plan, resamples),
        **_figures(site),
    }
    for stage, cost in site.stages.items():
        found[f"cost.{stage}_seconds"] = Measure(cost["seconds"])
        found[f"cost.{stage}_gigabytes"] = Measure(cost["gigabytes"])
    found["cost.measure_seconds"] = Measure(time.perf_counter() - begun)
    found["cost.messages"] = Measure(float(site.messages))
    return found


def _figures(site: Site) -> Measures:
    """What the simulator itself tells of a written world."""
    told = figures(site.world)
    found = {
        f"figure.{name}": Measure(float("nan") if one.value is None else one.value)
        for name, one in told.figures.items()
    }
    return found | {f"ks.{name}": Measure(value) for name, value in told.distances.items()}
