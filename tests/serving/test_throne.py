"""The change of champions: sealed, verified, never back, and nobody waits or is refused."""

import json
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from serving.app import create_app
from serving.champion import Throne
from serving.instants import text_of
from supervision.record import Record
from tests.serving.conftest import AS_OF, NOW, STRONG, World, served, train, until
from training.model.bundle import FACTS, MODEL, Bundle
from training.model.manifest import MANIFEST, Manifest
from training.model.seal import sealed
from training.model.shelf import Champion, Shelf
from training.promotion.keys import promotion_key

ASKED = {"enterprise_id": STRONG, "as_of": text_of(AS_OF)}
PARTS = (MODEL, FACTS, MANIFEST)


@pytest.fixture(scope="module")
def second(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of another model on the same features."""
    folder = tmp_path_factory.mktemp("second")
    record = Record.open(world.database)
    train(record, folder, trees=7)
    record.close()
    return folder


class Office:
    """Where promotions come from: a key, and a shelf to lay on."""

    def __init__(self, folder: Path) -> None:
        self.key = promotion_key(folder / "promotion.key")
        self.public = folder / "promotion.pub"
        self.shelf = Shelf(folder / "models")

    def promote(
        self, bundle: Path, version: str, sequence: int, key: Ed25519PrivateKey | None = None
    ) -> Champion:
        def seal(champion: Champion) -> Champion:
            return sealed(champion, sequence, key or self.key)

        return self.shelf.publish(bundle, "sme-pd", version, seal=seal)

    def point_to(self, **changed: object) -> None:
        """Change what the pointer says, as who can write there may."""
        path = self.shelf.folder / "champion.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
        new.replace(path)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def throne(office: Office) -> Throne:
    return Throne(office.shelf.folder, office.public)


def test_what_a_promotion_sealed_is_served(office: Office, world: World) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    assert throne(office).champion().version == "1"


def test_what_another_sealed_or_nobody_is_not(office: Office, world: World, second: Path) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    seat = throne(office)
    assert seat.champion().version == "1"
    office.promote(second, "2", 2, key=Ed25519PrivateKey.generate())
    assert seat.champion().version == "1"
    assert "found another signature" in seat.fault
    office.shelf.publish(second, "sme-pd", "3")
    assert seat.champion().version == "1"
    assert "found no signature" in seat.fault
    office.promote(second, "4", 4)
    assert seat.champion().version == "4"
    assert seat.fault == ""


@pytest.mark.parametrize("changed", [{"version": "9"}, {"sequence": 9}, {"name": "other"}])
def test_a_seal_is_over_all_that_is_stated(
    office: Office, world: World, changed: dict[str, object]
) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    seat = throne(office)
    before = seat.champion()
    office.point_to(**changed)
    assert seat.champion() is before
    assert "found another signature" in seat.fault


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signature": "签名"}, "found another signature"),
        ({"name": "\ud800"}, "should state name, version, hash and folder"),
        ({"sequence": float("inf")}, "should state name, version, hash and folder"),
    ],
)
def test_the_watch_goes_on_after_what_is_no_text_or_number(
    office: Office, world: World, second: Path, changed: dict[str, object], said: str
) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    seat = throne(office)
    seat.champion()
    seat.watch()
    try:
        office.point_to(**changed)
        until(lambda: said in seat.fault)
        office.promote(second, "2", 2)
        until(lambda: seat.champion().version == "2", 60.0)
    finally:
        seat.close()


def test_an_older_champion_is_not_put_back(office: Office, world: World, second: Path) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    old = (office.shelf.folder / "champion.json").read_bytes()
    office.promote(second, "2", 2)
    seat = throne(office)
    assert seat.champion().version == "2"
    new = office.shelf.folder / "old.json"
    new.write_bytes(old)
    new.replace(office.shelf.folder / "champion.json")
    assert seat.champion().version == "2"
    assert "older champion was put back" in seat.fault


def test_a_key_that_is_none_stops_everything(office: Office, world: World) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    office.public.write_text("no key")
    seat = throne(office)
    seat.look()
    assert "expected the public key of promotions" in seat.fault


def test_a_promotion_is_served_without_a_restart_and_no_request_fails(
    office: Office, world: World, second: Path, tmp_path: Path
) -> None:
    """Two replicas: both change by themselves, once, and answer all the while."""
    office.promote(world.folder / "bundle", "1", 1)
    places = {"models": office.shelf.folder, "promotion_key": office.public}
    settings = [world.settings(tmp_path / f"{name}.db", **places) for name in "ab"]
    answers: list[list[tuple[int, str]]] = [[], []]
    done = threading.Event()

    def ask(client: Any, kept: list[tuple[int, str]]) -> None:
        while not done.is_set():
            found = client.post("/v1/scores", json=ASKED)
            kept.append((found.status_code, found.json()["model"]["version"]))

    with (
        served(create_app(settings[0], clock=lambda: NOW)) as one,
        served(create_app(settings[1], clock=lambda: NOW)) as other,
    ):
        asking = [
            threading.Thread(target=ask, args=pair)
            for pair in zip((one, other), answers, strict=True)
        ]
        for thread in asking:
            thread.start()
        try:
            until(lambda: all(answers))
            office.promote(second, "2", 2)
            until(lambda: all(kept[-1][1] == "2" for kept in answers), 120.0)
        finally:
            done.set()
            for thread in asking:
                thread.join()
    for kept in answers:
        assert {status for status, _ in kept} == {200}
        versions = [version for _, version in kept]
        assert versions == sorted(versions)


def mutated(bundle: Path, to: Path, seed: int) -> Callable[[], None]:
    """A copy with one byte changed, some taken out or put in, in any of its parts."""
    rng = np.random.default_rng(seed)
    shutil.copytree(bundle, to)
    path = to / PARTS[int(rng.integers(len(PARTS)))]
    content = bytearray(path.read_bytes())
    place = int(rng.integers(len(content)))
    match int(rng.integers(3)):
        case 0:
            content[place] ^= int(rng.integers(1, 256))
        case 1:
            del content[place : place + int(rng.integers(1, 4_000))]
        case _:
            content[place:place] = bytes(rng.integers(0, 256, 7, dtype=np.uint8))
    path.write_bytes(bytes(content))

    def remove() -> None:
        shutil.rmtree(to)

    return remove


def test_of_500_damaged_models_none_is_served_and_the_service_goes_on(
    office: Office, world: World, second: Path
) -> None:
    office.promote(world.folder / "bundle", "1", 1)
    seat = throne(office)
    before = seat.champion()
    whole = Bundle.load(second, verify=False).hash
    for seed in range(500):
        remove = mutated(second, office.shelf.folder / "damaged", seed)
        damaged = Champion("sme-pd", "2", whole, "damaged")
        office.point_to(**vars(sealed(damaged, 2 + seed, office.key)))
        assert seat.champion() is before, seed
        assert seat.fault, seed
        remove()
    office.promote(second, "3", 1_000)
    assert seat.champion().version == "3"


def test_a_model_that_gives_other_points_is_found_by_a_child(
    office: Office, world: World, second: Path
) -> None:
    """Damaged and sealed anew by somebody with the key: golden rows are the last wall."""
    office.promote(world.folder / "bundle", "1", 1)
    seat = throne(office)
    before = seat.champion()
    place = office.shelf.folder / "resealed"
    shutil.copytree(second, place)
    text = (place / MODEL).read_text()
    first = re.search(r"leaf_value=(\S+)", text)
    assert first is not None
    other = str(float(first[1]) * 1.5)
    damaged = (text[: first.start(1)] + other + text[first.end(1) :]).encode()
    (place / MODEL).write_bytes(damaged)
    manifest = Manifest.of({MODEL: damaged, FACTS: (place / FACTS).read_bytes()})
    (place / MANIFEST).write_bytes(manifest.content)
    seat.watch()
    try:
        told = Champion("sme-pd", "2", manifest.hash, "resealed")
        office.point_to(**vars(sealed(told, 2, office.key)))
        until(lambda: seat.fault, 60.0)
    finally:
        seat.close()
    assert seat.champion() is before
    assert "own process ended with 1" in seat.fault
    assert "take it from the registry again" in seat.fault
