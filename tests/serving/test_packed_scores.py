"""Scores and profiles from packed enterprises: the same answers as from the record's rows."""

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from features.catalogue import CATALOGUE
from features.snapshots.publishing import publish
from serving.app import create_app
from supervision.mirror import Mirror
from supervision.packed.packing import pack
from supervision.packed.reading import PackedReader
from supervision.record import Record
from tests.serving.conftest import DEFAULTED, NOW, STRONG, UNKNOWN, WEAK, World, served

ASKED = {"as_of": "2023-01-01T00:00:00+08:00"}


def answers(client: httpx.Client) -> list[Any]:
    found: list[Any] = []
    for who in (STRONG, WEAK, DEFAULTED, UNKNOWN):
        answer = client.post("/v1/scores", json={"enterprise_id": who, **ASKED}).json()
        del answer["score_id"]
        found += [answer, client.get(f"/v1/enterprises/{who}/profile", params=ASKED).content]
    return found


@pytest.fixture
def copied(world: World, tmp_path: Path) -> World:
    """The world with its record under another name, so that it can be packed."""
    source = Path(world.database.removeprefix("sqlite:///"))
    shutil.copy(source, tmp_path / "record.db")
    return World(tmp_path, f"sqlite:///{tmp_path / 'record.db'}", world.models)


def test_a_service_takes_up_what_was_packed_and_answers_the_same(
    copied: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it was started before anything was packed or published."""
    read: list[bool] = []
    own = PackedReader.own

    def watched(reader: PackedReader, enterprise: int, up_to: int) -> Any:
        found = own(reader, enterprise, up_to)
        read.append(found is not None)
        return found

    monkeypatch.setattr(PackedReader, "own", watched)
    settings = copied.settings(
        tmp_path / "ledger.db", packed=tmp_path / "packed.db", snapshots=tmp_path / "snapshots"
    )
    record = Record.open(copied.database)
    with served(create_app(settings, clock=lambda: NOW)) as client:
        plain = answers(client)
        assert len(plain[0]["points"]) == len(CATALOGUE.champion)
        assert not read
        pack(record, settings.packed, Mirror(tmp_path / "mirror"), lambda *_: None)
        assert answers(client) == plain
        assert read == [True] * 6
        settings.snapshots.mkdir()
        publish(record, settings.snapshots, 1_672_502_400_000_000)
        assert answers(client) == plain
    record.close()
