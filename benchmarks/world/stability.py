"""How far refits on other enterprises repeat a model's reasons, on a world that was measured.

python -m benchmarks.world.stability --site WORLDS/seed-1 [--months 96 --enterprises 20000]

Fits as `cargoworthy train` does, with the settings of --config, on the months that the world is
measured by, then on bootstraps of the enterprises; prints the validation loss, the AUC out of time,
Kendall's W over all families, the overlap of the top four, and each family's agreement. It needs
the record (no --lean).
"""

import argparse
import json
from pathlib import Path
from statistics import fmean

from benchmarks.world.hardness import MANY_ROWS, THREADS, borrowers
from benchmarks.world.material import Material, read_material
from benchmarks.world.plan import Plan
from benchmarks.world.stages import Site
from features.catalogue import CATALOGUE
from training.config import TrainConfig
from training.estimator import Recipe, fit, folds_by, raw_margin
from training.metrics import auc
from training.reason_stability import Learner, ReasonStability, reason_stability


def main() -> None:
    """Fit, refit and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.world.stability",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--site", type=Path, required=True, help="folder of one seed of `benchmarks.world`")
    add("--enterprises", type=int, default=20_000)
    add("--months", type=int, default=96)
    add("--seed", type=int, default=1)
    add("--refits", type=int, default=20)
    add("--config", type=Path, default=Path("configs/train.yaml"))
    asked = parser.parse_args()
    plan = Plan(asked.enterprises, asked.months, asked.seed)
    found = stability(read_material(plan, Site(asked.site)), plan, asked.config, asked.refits)
    print(json.dumps(found.as_data(), indent=1))


def stability(material: Material, plan: Plan, config_file: Path, refits: int) -> ReasonStability:
    """Fit on the borrowers of the training months, and again on bootstraps of them."""
    config = TrainConfig.read(config_file)
    sample, parts = borrowers(material, plan, config)
    features = CATALOGUE.champion
    threads = THREADS if int(parts.fit.sum()) > MANY_ROWS else 1
    recipe = Recipe(
        names=tuple(feature.name for feature in features),
        directions=tuple(feature.direction for feature in features),
        seed=config.seed,
        settings=config.model.model_copy(update={"num_threads": threads}),
    )
    values, target = sample.choose(recipe.names)[parts.fit], sample.target[parts.fit]
    fitted = fit(values, target, folds_by(parts.fold[parts.fit], config.split.folds), recipe)
    print(
        f"{len(target):,} rows with {int(target.sum()):,} defaults of "
        f"{len(set(sample.enterprise[parts.fit].tolist())):,} enterprises; {fitted.rounds} trees, "
        f"validation log loss {fmean(fitted.fold_losses):.5f}",
        flush=True,
    )
    learner = Learner(values, target, sample.enterprise[parts.fit], recipe, fitted.rounds)
    tested = sample.choose(recipe.names)[parts.test]
    area = auc(sample.target[parts.test], raw_margin(fitted.booster, tested))
    print(f"AUC out of time {area:.4f}", flush=True)
    families = tuple(feature.family for feature in features)
    return reason_stability(
        fitted.booster, learner, tested, families, refits, lambda said: print(said, flush=True)
    )


if __name__ == "__main__":
    main()
