"""The command that reckons how far prices fall, as a plain function."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from serving.haircuts.carried import PRICES, RATES

if TYPE_CHECKING:
    from serving.haircuts.practice import Beside

FILE = Path("configs/haircuts.yaml")
POLICY = Path("configs/policy/default.yaml")

_HEAD = """\
# Written by `cargoworthy haircuts`; a policy names this file as its haircut's price_falls.
# docs/limits.md explains it. Shares lost, by the days that selling takes.
"""


def haircuts(
    prices: Annotated[
        Path, typer.Option(help="The World Bank's monthly table (Pink Sheet) as CSV.")
    ] = PRICES,
    rates: Annotated[Path, typer.Option(help="CSV with yuan for a US dollar by year.")] = RATES,
    policy: Annotated[
        Path, typer.Option(help="The lender's policy, to show what is lent beside practice.")
    ] = POLICY,
    out: Annotated[Path, typer.Option(help="The YAML file to write.")] = FILE,
) -> None:
    """Reckon how far prices fall while goods are sold, and show what is then lent on them.

    Policies whose `haircut` names the file take it up when the service starts again.

    Example: cargoworthy haircuts --prices pink_sheet.csv
    """
    import yaml

    from serving.haircuts.practice import beside
    from serving.haircuts.reckoning import price_falls
    from serving.haircuts.series import MonthlyPrices
    from serving.policy import Policy

    falls = price_falls(MonthlyPrices.read(prices, rates))
    stated = falls.model_dump(mode="python")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(_HEAD + yaml.safe_dump(_plain(stated), sort_keys=False), encoding="utf-8")
    console = Console()
    console.print(
        f"{out}: the worst {falls.quantile:.0%} of falls from {falls.first} to {falls.last}",
        highlight=False,
        soft_wrap=True,
    )
    for line in _lines(beside(Policy.load(policy), falls)):
        console.print(line, highlight=False, soft_wrap=True)


def _plain(stated: object) -> object:
    """The same with floats for decimals, as YAML has them."""
    if isinstance(stated, dict):
        return {key: _plain(value) for key, value in stated.items()}
    return float(stated) if isinstance(stated, Decimal) else stated


def _lines(rows: "Iterable[Beside]") -> Iterator[str]:
    """A table of fixed columns."""
    yield (
        f"{'goods':<22}{'days':>5}{'published':>11}{'price':>8} {'from':<8}{'haircut':>8}"
        f"{'policy':>8}{'LTV':>7}{'practice':>10}"
    )
    for row in rows:
        usual = "" if row.practice is None else "-".join(map(str, dict.fromkeys(row.practice)))
        yield (
            f"{row.code + ' ' + row.title:<22}{row.selling_days:>5}{row.as_published:>11.1%}"
            f"{row.price:>8.1%} {row.price_from:<8}{row.total:>8.1%}{row.ltv_cap:>8.0%}"
            f"{row.ltv:>7.1%}{usual and usual + '%':>10}"
        )
