from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from features.peers.file import MalformedPeers, read, write
from features.peers.group import Group
from features.peers.peers import Peers
from features.peers.spread import Spread


def peers() -> Peers:
    values = np.linspace(-1 / 3, 1e12 / 7, 45)
    spread = Spread.of(values)
    assert spread is not None
    return Peers("c" * 64, "r" * 32, 9, 12, {Group(): {"a": spread}, Group("micro", 3): {}})


def test_what_is_written_is_read_again_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "new" / "peers.json"
    write(peers(), path)
    found, wanted = read(path), peers()
    assert (found.catalogue_hash, found.record) == (wanted.catalogue_hash, wanted.record)
    assert (found.position, found.as_of) == (9, 12)
    assert list(found.spreads) == [Group(), Group("micro", 3)]
    spread = found.spreads[Group()]["a"]
    assert spread.number == 45
    assert spread.quantiles.tolist() == wanted.spreads[Group()]["a"].quantiles.tolist()


DAMAGES: dict[str, Any] = {
    "another version": lambda said: said | {"version": 2},
    "no record": lambda said: {name: said[name] for name in said if name != "record"},
    "a size that is none": lambda said: said | {"groups": [{**said["groups"][0], "size": "tiny"}]},
    "a section that is none": lambda said: (
        said | {"groups": [{**said["groups"][0], "section": 22}]}
    ),
    "too few enterprises": lambda said: said | {"groups": [_with(said, number=29)]},
    "too few quantiles": lambda said: said | {"groups": [_with(said, quantiles=[1.0])]},
    "falling quantiles": lambda said: (
        said | {"groups": [_with(said, quantiles=list(range(100, 0, -1)))]}
    ),
    "no object": lambda said: [said],
}


def _with(said: dict[str, Any], **changed: Any) -> dict[str, Any]:
    group = said["groups"][0]
    return {**group, "features": {"a": {**group["features"]["a"], **changed}}}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "peers.json"
    write(peers(), path)
    said = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps(DAMAGES[damage](said)))
    with pytest.raises(MalformedPeers, match="make it again"):
        read(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "peers.json"
    write(peers(), path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(MalformedPeers):
        read(path)
