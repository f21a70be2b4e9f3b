"""The file of the peers: JSON that names its catalogue, its record and its as-of."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from features.batch.replacement import replacing
from features.peers.group import SIZES, Group
from features.peers.peers import Peers
from features.peers.sections import SECTIONS
from features.peers.spread import FEWEST, POINTS, Spread
from supervision.errors import CargoworthyError

VERSION = 1


class MalformedPeers(CargoworthyError):
    """A file of peers that cannot be used."""


def write(peers: Peers, path: Path) -> None:
    """Write a file, wholly or not at all."""
    said = {
        "version": VERSION,
        "catalogue_hash": peers.catalogue_hash,
        "record": peers.record,
        "position": peers.position,
        "as_of": peers.as_of,
        "groups": [
            {
                "size": group.size,
                "section": group.section,
                "features": {
                    name: {"number": spread.number, "quantiles": spread.quantiles}
                    for name, spread in spreads.items()
                },
            }
            for group, spreads in peers.spreads.items()
        ],
    }
    with replacing(path) as unfinished:
        unfinished.write_bytes(orjson.dumps(said, option=orjson.OPT_SERIALIZE_NUMPY))


def read(path: Path) -> Peers:
    """Read a file.

    Raises
    ------
    MalformedPeers
        If it is not what ``cargoworthy features peers`` writes.
    """
    try:
        said = orjson.loads(path.read_bytes())
        if said["version"] != VERSION:
            raise ValueError(f"version {said['version']!r:.20}")
        return Peers(
            catalogue_hash=str(said["catalogue_hash"]),
            record=str(said["record"]),
            position=int(said["position"]),
            as_of=int(said["as_of"]),
            spreads={_group(each): _spreads(each["features"]) for each in said["groups"]},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedPeers(
            f"expected {path} to be a file of peers of version {VERSION}, found something else "
            f"({error!r:.80}); make it again with `cargoworthy features peers`"
        ) from error


def _group(said: Mapping[str, Any]) -> Group:
    group = Group(said["size"], said["section"])
    if group.size not in {None, *SIZES}:
        raise ValueError(f"size {group.size!r:.20}")
    if group.section not in {None, *(section.number for section in SECTIONS)}:
        raise ValueError(f"section {group.section!r:.20}")
    return group


def _spreads(said: Mapping[str, Any]) -> dict[str, Spread]:
    return {name: _spread(name, each) for name, each in said.items()}


def _spread(name: str, said: Mapping[str, Any]) -> Spread:
    number, quantiles = int(said["number"]), np.array(said["quantiles"], np.float64)
    if number < FEWEST or quantiles.shape != (POINTS,) or not (np.diff(quantiles) >= 0).all():
        raise ValueError(f"the spread of {name!r:.60}")
    return Spread(number, quantiles)
