import csv
import itertools
import math
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from serving.haircuts.carried import DATA
from serving.haircuts.cli import haircuts
from serving.haircuts.goods import GOODS
from serving.haircuts.reckoning import price_falls
from serving.haircuts.series import MonthlyPrices
from serving.limits.price_falls import PriceFalls
from serving.policy import Policy
from supervision.errors import CargoworthyError

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "configs" / "policy" / "default.yaml"


def written(folder: Path, months: int = 24, **columns: list[float]) -> tuple[Path, Path]:
    prices, rates = folder / "prices.csv", folder / "rates.csv"
    with prices.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["month", *columns])
        for n in range(months):
            row = [values[n] for values in columns.values()]
            table.writerow([f"{2010 + n // 12}-{n % 12 + 1:02d}", *row])
    rates.write_text("year,micro_cny_per_usd\n2010,7000000\n2011,6000000\n")
    return prices, rates


def test_the_file_of_the_project_is_what_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    haircuts(policy=POLICY, out=tmp_path / "haircuts.yaml")
    assert (tmp_path / "haircuts.yaml").read_text() == (
        ROOT / "configs" / "haircuts.yaml"
    ).read_text()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(GOODS)
    copper = next(line for line in lines if line.startswith("74 copper"))
    assert copper.split()[2:] == [
        "60", "35.7%", "38.3%", "history", "40.3%", "70%", "59.7%", "75%",
    ]  # fmt: skip


def test_the_default_policy_reads_these_falls_and_no_correction_lowers_one() -> None:
    found = Policy.load(POLICY).haircut.price_falls
    assert found == price_falls(MonthlyPrices.read())
    assert found is not None
    for told in found.goods.values():
        assert all(told.fall[days] >= share for days, share in told.as_published.items())


def test_the_fall_of_copper_is_its_third_worst_of_298() -> None:
    with (DATA / "pink_sheet_monthly.csv").open(newline="") as file:
        usd = [float(row["Copper"]) for row in csv.DictReader(file)]
    with (DATA / "cny_per_usd.csv").open(newline="") as file:
        rate = {int(row["year"]): int(row["micro_cny_per_usd"]) for row in csv.DictReader(file)}

    def yuan(month: int) -> float:
        middle = month - 5.5  # months since the middle of the first year
        year, part = divmod(max(0.0, min(middle, 24 * 12.0)), 12)
        last = rate[min(2024, 2001 + int(year))]
        return usd[month] * (rate[2000 + int(year)] * (12 - part) + last * part)

    falls = sorted(yuan(month + 2) / yuan(month) for month in range(298))
    found = PriceFalls.model_validate(yaml.safe_load((ROOT / "configs/haircuts.yaml").read_text()))
    assert float(found.goods["74"].as_published[60]) == pytest.approx(1 - falls[2], abs=1e-4)
    assert float(found.goods["74"].fall[60]) == pytest.approx(
        1 - falls[2] ** math.sqrt(2 / (5 / 3)), abs=1e-4
    )


def test_prices_are_turned_into_yuan_without_a_jump_at_new_year(tmp_path: Path) -> None:
    prices, rates = written(tmp_path, Copper=[100.0] * 24)
    found = MonthlyPrices.read(prices, rates)
    yuan = [math.exp(value) for value in found.logs["Copper"]]
    assert yuan[0] == pytest.approx(700)
    assert yuan[-1] == pytest.approx(600)
    assert max(a - b for a, b in itertools.pairwise(yuan)) < 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("date,Copper\n2010-01,5\n", "first column is month"),
        ("month,Copper\n2010-01,5\n2010-03,5\n", "without gaps"),
        ("month,Copper\n1990-01,5\n", "without gaps"),
    ],
)
def test_a_file_that_is_no_monthly_table_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    prices, rates = written(tmp_path, Copper=[1.0] * 24)
    prices.write_text(content)
    with pytest.raises(CargoworthyError, match=said):
        MonthlyPrices.read(prices, rates)


def test_too_short_or_absent_a_series_is_named(tmp_path: Path) -> None:
    prices, rates = written(tmp_path, Beef=[1.0] * 24)
    with pytest.raises(CargoworthyError, match="120 months of 'Beef', found 24"):
        price_falls(MonthlyPrices.read(prices, rates))
    prices, rates = written(tmp_path, Copper=[1.0] * 24)
    with pytest.raises(CargoworthyError, match="'Beef', found 0"):
        price_falls(MonthlyPrices.read(prices, rates))


def test_the_prices_carried_here_are_those_of_the_simulators_months() -> None:
    with (ROOT / "simulator" / "data" / "pink_sheet_monthly.csv").open(newline="") as file:
        known = {row.pop("month"): row for row in csv.DictReader(file)}
    with (DATA / "pink_sheet_monthly.csv").open(newline="") as file:
        carried = {row.pop("month"): row for row in csv.DictReader(file)}
    assert len(carried) == 300
    shared = known.keys() & carried.keys()
    assert len(shared) >= 96
    for month in shared:
        for name in known[month].keys() & carried[month].keys():
            assert Decimal(known[month][name]) == Decimal(carried[month][name]), (month, name)
    assert all(Decimal(row["Copper"]) > 0 for row in carried.values())
