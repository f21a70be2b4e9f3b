"""The command that fits the LGD, as a plain function; the front door registers it."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

FILE = Path("configs/lgd.yaml")
RECORD = "sqlite:///var/record.db"

_HEAD = """\
# Written by `cargoworthy train-lgd`; a policy names this file, or states an LGD of its own.
# docs/limits.md explains it. None of the three coefficients is above 0.
"""


def train_lgd(
    database: Annotated[str, typer.Option(help="SQLAlchemy URL of the record.")] = RECORD,
    out: Annotated[Path, typer.Option(help="The YAML file to write.")] = FILE,
    source: Annotated[str, typer.Option(help="What these defaults are, for the reader.")] = "",
) -> None:
    """Fit the LGD to what came back of the defaults on record.

    Policies whose `lgd` names the file take it up when the service starts again.

    Example: cargoworthy train-lgd --source "the bank's own defaults, 2019 to 2022"
    """
    import yaml

    from supervision.record import Record
    from training.loss.fitting import errors, fit_lgd
    from training.loss.recoveries import read_recoveries
    from training.model.lgd import Security

    with (
        Console(stderr=True).status("read defaults, payments and pledges"),
        closing(Record.open(database)) as record,
    ):
        position = record.position()
        found = read_recoveries(record, position)
    fitted = fit_lgd(found, source or f"{len(found.lgd)} defaults on record, position {position}")
    stated = yaml.safe_dump(fitted.model_dump(), sort_keys=False, allow_unicode=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(_HEAD + stated, encoding="utf-8")
    quality = errors(fitted, found)
    best, worst = fitted.estimate(Security(1.0, 1.0, 1.0)), fitted.estimate(Security(0.0, 0.0, 0.0))
    Console().print(
        f"{out}: LGD fitted to {fitted.defaults:,} defaults ({found.unresolved:,} are still open)\n"
        f"  mean {quality['mean_lgd']:.1%}; estimates from {best:.1%} (secured, liquid, "
        f"controlled) to {worst:.1%} (unsecured)\n"
        f"  bounded to {fitted.least:.0%}..{fitted.most:.0%}: mean {quality['mean_bounded']:.1%}\n"
        f"  mean absolute error {quality['error']:.3f}, bounded {quality['error_bounded']:.3f}, "
        f"of the mean alone {quality['error_of_the_mean']:.3f}",
        highlight=False,
        soft_wrap=True,
    )
