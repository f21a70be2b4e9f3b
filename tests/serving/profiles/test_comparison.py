from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from features.catalogue import CATALOGUE
from features.peers.file import write
from features.peers.group import Group
from features.peers.peers import Peers
from features.peers.spread import Spread
from serving.app import create_app
from serving.instants import text_of
from serving.settings import Settings
from supervision.record import Record
from tests.serving.answers import profile
from tests.serving.conftest import AS_OF, DAY, NOW, STRONG, WEAK, World, served

METAL, SMALL = Group("small", 15), Group("small")


def peers(record: str, as_of: int = AS_OF, catalogue: str = CATALOGUE.hash) -> Peers:
    """Peers whose spread anyone can reckon with: the values 0, 1, ... n - 1."""
    few, many = Spread.of(np.arange(40.0)), Spread.of(np.arange(1000.0))
    assert few is not None
    assert many is not None
    narrow = {"days_since_count": few, "sensor_silence_days_now": few}
    wide = {"days_since_sale": many, "days_since_count": many, "stock_value_change_90d": many}
    wide["stock_value_now"] = Spread(30, np.full(100, 123_456_789.0))
    return Peers(catalogue, record, 1, as_of, {METAL: narrow, SMALL: wide})


@pytest.fixture(scope="module")
def record(world: World) -> str:
    found = Record.open(world.database)
    try:
        return found.identity()
    finally:
        found.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "peers.json"


@pytest.fixture
def service(settings: Settings, path: Path) -> Iterator[httpx.Client]:
    with served(create_app(settings.model_copy(update={"peers": path}), lambda: NOW)) as client:
        yield client


def figure(found: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    return next(f for f in found[section]["figures"] if f["feature"] == name)


PLACE = ("percentile", "peers", "quartiles", "standing", "text_en", "text_zh")


def test_a_figure_stands_among_its_own_group_or_a_wider_one(
    service: httpx.Client, path: Path, record: str
) -> None:
    write(peers(record), path)
    found = profile(service, WEAK)
    assert found["comparison"] == {
        "status": "compared",
        "as_of": text_of(AS_OF),
        "group_en": METAL.title.en,
        "group_zh": "主营贱金属及其制品的小型企业",
    }
    count = figure(found, "custody", "days_since_count")
    assert count["peers"] == {
        "en": "small enterprises that trade mostly in base metals",
        "zh": "主营贱金属及其制品的小型企业",
        "number": 40,
    }
    rank = 100 * (min(count["value"], 40) + (count["value"] < 40) / 2) / 40
    assert count["percentile"] == pytest.approx(rank, abs=0.5)
    sale = figure(found, "turnover", "days_since_sale")
    assert sale["peers"]["number"] == 1000
    assert sale["peers"]["en"] == "small enterprises"
    assert sale["percentile"] == pytest.approx((sale["value"] + 0.5) / 10, abs=0.5)
    assert sale["quartiles"] == pytest.approx({"low": 250, "median": 500, "high": 750}, abs=1)
    assert sale["standing"] == "better"
    assert sale["text_zh"] == f"优于{100 - sale['percentile']:g}%的同类企业。"
    change = figure(found, "stock", "stock_value_change_90d")
    assert change["standing"] is None
    assert change["text_en"].startswith("Higher than")
    turnover = figure(found, "turnover", "turnover_90d")
    assert all(turnover[name] is None for name in PLACE)


def test_a_quartile_is_never_the_exact_figure_of_one_enterprise(
    service: httpx.Client, path: Path, record: str
) -> None:
    write(peers(record), path)
    stock = figure(profile(service, WEAK), "stock", "stock_value_now")
    assert set(stock["quartiles"].values()) == {123_000_000.0}


def test_a_figure_without_a_value_has_no_place(
    service: httpx.Client, path: Path, record: str
) -> None:
    write(peers(record), path)
    found = figure(profile(service, STRONG), "custody", "sensor_silence_days_now")
    assert found["value"] is None
    assert all(found[name] is None for name in PLACE)


def placeless(found: dict[str, Any]) -> bool:
    figures = found["custody"]["figures"] + found["turnover"]["figures"] + found["stock"]["figures"]
    return all(each[name] is None for each in figures for name in PLACE)


def test_peers_that_were_not_known_yet_are_not_used(
    service: httpx.Client, path: Path, record: str
) -> None:
    write(peers(record), path)
    before = profile(service, WEAK, AS_OF - DAY)
    assert before["comparison"]["status"] == "newer"
    assert before["comparison"]["as_of"] == text_of(AS_OF)
    assert placeless(before)
    assert profile(service, WEAK, AS_OF)["comparison"]["status"] == "compared"


def test_no_file_another_record_and_another_catalogue_give_no_percentiles(
    service: httpx.Client, path: Path, record: str
) -> None:
    found = profile(service, WEAK)
    assert found["comparison"]["status"] == "no_file"
    assert placeless(found)
    write(peers("0" * 32), path)
    found = profile(service, WEAK)
    assert (found["comparison"]["status"], found["comparison"]["as_of"]) == ("other_record", None)
    assert placeless(found)
    write(peers(record, catalogue="0" * 64), path)
    found = profile(service, WEAK)
    assert found["comparison"]["status"] == "other_catalogue"
    assert placeless(found)


def test_a_damaged_file_costs_the_percentiles_and_a_new_one_brings_them_back(
    service: httpx.Client, path: Path, record: str
) -> None:
    path.write_bytes(b'{"version": 1')
    found = profile(service, WEAK)
    assert found["comparison"]["status"] == "damaged"
    assert placeless(found)
    write(peers(record), path)
    assert profile(service, WEAK)["comparison"]["status"] == "compared"
