"""The ground of the measurement: a world's features, what lenders saw, and the truth of all."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.world.material import Material, read_material
from benchmarks.world.plan import Plan
from benchmarks.world.stages import Site
from supervision.errors import CargoworthyError
from training.baselines import CORE_RATING
from training.horizon import month_name
from training.labels import Flags, Status
from training.model.scale import Floats
from training.selection.financed import trading, was_financed


@dataclass(frozen=True)
class Located(Site):
    """A world whose parts lie where the command line says; nothing is kept beside them.

    Attributes
    ----------
    table : Path
        Feature table.
    url : str
        Database of the record.
    """

    table: Path = Path()
    url: str = ""

    @property
    def world(self) -> Path:
        """What ``cargoworthy simulate`` wrote."""
        return self.folder

    @property
    def record(self) -> str:
        """The record's database."""
        return self.url

    @property
    def features(self) -> Path:
        """The feature table."""
        return self.table


@dataclass(frozen=True, eq=False)
class Ground:
    """Rows of a world, and what each is used for.

    Attributes
    ----------
    plan : Plan
    material : Material
    """

    plan: Plan
    material: Material

    @property
    def population(self) -> Flags:
        """Training rows of all who could have been lent to, as far as the record knows."""
        known_bad = self.material.status == Status.IN_DEFAULT
        asking = self.financed | trading(self.material.rows)
        return np.asarray(self.material.trained & ~known_bad & asking)

    @property
    def financed(self) -> Flags:
        """Rows with an open facility as known then."""
        return was_financed(self.material.status)

    @property
    def labelled(self) -> Flags:
        """Training rows with an outcome that lenders reported."""
        return np.asarray(self.material.trained & self.material.borrower)

    @property
    def tested(self) -> Flags:
        """Rows of the test whose default could truly follow."""
        return np.asarray(self.material.tested & self.material.alive)

    @property
    def linked(self) -> Flags:
        """Rows with a core enterprise."""
        return np.asarray(~np.isnan(self.material.rows.column(CORE_RATING)))

    @property
    def truth(self) -> Floats:
        """1 where a default truly followed within twelve months."""
        return self.material.rows.target.astype(np.float64)


def read_ground(world: Path, table: Path, record: str) -> Ground:
    """Read a world.

    Raises
    ------
    CargoworthyError
        If the table lacks the month ends of the training or of the test.
    """
    said = json.loads((world / "world.json").read_text(encoding="utf-8"))
    plan = Plan(said["enterprises"], said["months"], said["seed"], said["scenario"])
    ground = Ground(plan, read_material(plan, Located(world, table, record)))
    there = set(np.unique(ground.material.rows.as_of).tolist())
    lacking = [at for at in (*plan.trained.tolist(), *plan.tested.tolist()) if at not in there]
    if lacking:
        raise CargoworthyError(
            f"expected {table.name} to hold the month ends that a world of {plan.months} months is "
            f"trained and tested on, found none for {[month_name(at) for at in lacking[:4]]} "
            f"({len(lacking)} in all); build it with `python -m benchmarks.world --until features`"
        )
    return ground
