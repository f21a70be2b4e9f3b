import csv
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import simulator.prices
from simulator.clock import Clock
from simulator.goods import GOODS
from simulator.pink_sheet import cut
from simulator.prices import Prices, prices, redrawn
from supervision.errors import UsageError

CLOCK = Clock(date(2019, 1, 1), 48)
SHRIMP, COPPER = 0, 4
CRUDE = next(place for place, good in enumerate(GOODS) if good.title == "crude oil")
DATA = Path(simulator.prices.__file__).parent / "data"


@pytest.fixture(scope="module")
def drawn() -> Prices:
    return prices(CLOCK, (), np.random.default_rng(1))


def test_the_middle_of_a_month_has_the_world_banks_price_in_fen_a_ton(drawn: Prices) -> None:
    with (DATA / "pink_sheet_monthly.csv").open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if r["month"] == "2020-07")
    # 1 July 2020 is the middle of its year: 6.90 yuan a dollar, falling slowly until 2021.
    day = (date(2020, 7, 15) - CLOCK.first).days
    for place, units_a_ton in ((SHRIMP, 1000), (COPPER, 1), (CRUDE, 1000 / 136)):
        dollars_a_ton = float(row[GOODS[place].series]) * units_a_ton
        assert drawn.spot[day, place] == pytest.approx(dollars_a_ton * 6.9 * 100, rel=0.005)


def test_an_ordinary_lot_of_any_good_costs_one_to_three_million_yuan() -> None:
    clock = Clock(date(2015, 1, 1), 96)
    spot = prices(clock, (), np.random.default_rng(1)).spot
    value = (spot * np.array([good.lot_tonnes for good in GOODS])).mean(axis=0) / 100
    assert ((value > 1e6) & (value < 3e6)).all()


def test_between_the_middles_prices_move_every_day_as_much_as_the_series_does(
    drawn: Prices,
) -> None:
    daily = np.std(np.diff(np.log(drawn.spot[:, COPPER])))
    assert 0.005 < daily < 0.015
    assert (np.diff(drawn.spot[:, COPPER]) != 0).mean() > 0.99


def test_two_seeds_walk_differently_between_the_same_months(drawn: Prices) -> None:
    other = prices(CLOCK, (), np.random.default_rng(2)).spot
    assert (drawn.spot != other).mean() > 0.9
    middle = (date(2021, 3, 15) - CLOCK.first).days
    assert (drawn.spot[middle] == other[middle]).all()


def test_a_longer_world_of_the_same_seed_has_the_same_prices_on_the_same_dates(
    drawn: Prices,
) -> None:
    longer = prices(Clock(date(2018, 1, 1), 60), (), np.random.default_rng(1)).spot
    np.testing.assert_allclose(longer[365:], drawn.spot, atol=1)


def test_a_world_outside_the_series_is_refused_and_told_how_long_they_last() -> None:
    with pytest.raises(UsageError, match=r"from 2014-01 to 2023-10.*found 60 months from 2019"):
        prices(Clock(date(2019, 1, 1), 60), (), np.random.default_rng(1))


def test_a_future_is_the_same_until_today_and_then_goes_its_own_way(drawn: Prices) -> None:
    today = 600
    one, two = (redrawn(drawn, CLOCK, today, np.random.default_rng(seed)) for seed in (1, 2))
    again = redrawn(drawn, CLOCK, today, np.random.default_rng(1))
    assert (one.spot == again.spot).all()
    assert one.spot.shape == drawn.spot.shape
    assert (one.spot[: today + 1] == drawn.spot[: today + 1]).all()
    assert (one.spot[today + 20 :] != two.spot[today + 20 :]).mean() > 0.9
    assert one.lateness is drawn.lateness
    step = np.abs(np.log(one.spot[today + 1] / one.spot[today]))
    assert (step < 0.12).all()


def test_goods_move_as_much_and_as_much_together_in_futures_as_in_the_series(
    drawn: Prices,
) -> None:
    futures = np.array(
        [
            redrawn(drawn, CLOCK, 1_000, np.random.default_rng(seed)).spot[[1_000, 1_365]]
            for seed in range(300)
        ]
    )
    years = np.diff(np.log(futures), axis=1)[:, 0]
    with (DATA / "pink_sheet_monthly.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    series = np.log([[float(row[good.series]) for good in GOODS] for row in rows])
    months = np.diff(series, axis=0)
    # Independent months: a year's spread is a month's times the root of twelve.
    np.testing.assert_allclose(years.std(axis=0), months.std(axis=0) * np.sqrt(12), rtol=0.2)
    maize, soy = 5, 3
    together = np.corrcoef(months[:, maize], months[:, soy])[0, 1]
    assert np.corrcoef(years[:, maize], years[:, soy])[0, 1] == pytest.approx(together, abs=0.15)


def test_hundreds_of_futures_are_cheap(drawn: Prices) -> None:
    rng = np.random.default_rng(1)
    best = 1.0
    for _ in range(20):
        start = time.perf_counter()
        redrawn(drawn, CLOCK, CLOCK.days - 400, rng)
        best = min(best, time.perf_counter() - start)
    assert best < 0.02


def test_cutting_again_gives_the_same_bytes_and_a_table_with_gaps_is_refused(
    tmp_path: Path,
) -> None:
    out = tmp_path / "cut.csv"
    with pytest.raises(UsageError, match="expected every price from 2014-01"):
        cut(_shortened(tmp_path), out)
    assert not out.exists()
    cut(DATA / "pink_sheet_monthly.csv", out)
    assert out.read_bytes() == (DATA / "pink_sheet_monthly.csv").read_bytes()


def test_a_table_without_a_series_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("month,Beef\n2014-01,4.18\n", encoding="utf-8")
    with pytest.raises(UsageError, match="expected the columns Shrimps, Mexican"):
        cut(tmp_path / "sheet.csv", tmp_path / "cut.csv")


def _shortened(folder: Path) -> Path:
    lines = (DATA / "pink_sheet_monthly.csv").read_text(encoding="utf-8").splitlines()
    source = folder / "short.csv"
    source.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    return source
