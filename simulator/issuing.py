"""Cargo codes issued by the day: what :meth:`CargoCode.issue` does, for many lots at once."""

import hmac

import numpy as np

from simulator.goods import GOODS
from simulator.names import PORTS
from simulator.port import Port
from simulator.table import Ints

_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
_BASE32 = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", np.uint8)
_BATCH = 6
_DASH = ord("-")
_STEM = 48
"""Characters before the security segment and its dash."""
_BODY = _STEM + 9
_VALUES = np.zeros(256, np.int64)
_VALUES[_ALPHABET] = np.arange(36)


def issue(port: Port, lots: Ints) -> None:
    """The port issues the codes of some lots."""
    good, owner, origin = port.lots.of(lots, "good", "owner", "origin")
    region = port.who.region[owner]
    stems = [
        f"{port.names.parties[who]}-{GOODS[what].hs_code}-{batch}-"
        f"{GOODS[what].origins[place][1]}-{PORTS[where]}"
        for who, what, place, where, batch in zip(
            owner.tolist(), good.tolist(), origin.tolist(), region.tolist(), _batches(lots),
            strict=True,
        )
    ]  # fmt: skip
    port.codes.put(lots, sealed(stems, port.key))


def sealed(stems: list[str], key: bytes) -> list[str]:
    """Codes out of what stands before their security segments.

    Parameters
    ----------
    stems : list of str
        Owner, commodity, batch, origin and transit of each, with dashes between them.
    """
    if not stems:
        return []
    digests = b"".join(hmac.digest(key, stem.encode(), "sha256")[:5] for stem in stems)
    bits = np.unpackbits(np.frombuffer(digests, np.uint8)).reshape(len(stems), 8, 5)
    rows = np.full((len(stems), _BODY + 3), _DASH, np.uint8)
    rows[:, :_STEM] = np.frombuffer("".join(stems).encode(), np.uint8).reshape(-1, _STEM)
    rows[:, _STEM + 1 : _BODY] = _BASE32[bits @ np.array([16, 8, 4, 2, 1])]
    checks = _check_digits(rows[:, :_BODY])
    rows[:, _BODY + 1] = _ALPHABET[checks // 10]
    rows[:, _BODY + 2] = _ALPHABET[checks % 10]
    text, width = rows.tobytes().decode(), _BODY + 3
    return [text[at : at + width] for at in range(0, len(text), width)]


def _check_digits(bodies: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> Ints:
    """ISO 7064 MOD 97-10 of every row, as numbers; dashes stand in the same places in all."""
    values = _VALUES[bodies[:, bodies[0] != _DASH]]
    count = values.shape[1]
    weights = np.array([pow(100, count - place, 97) for place in range(count)])
    return np.asarray(98 - (values @ weights) % 97, np.int64)


def _batches(lots: Ints) -> list[str]:
    """Six characters, different for every lot; neighbours do not look alike."""
    rest = (lots * 1_540_483_477 + 97_531) % 36**_BATCH
    digits = rest[:, None] // 36 ** np.arange(_BATCH) % 36
    text = _ALPHABET[digits].tobytes().decode()
    return [text[at : at + _BATCH] for at in range(0, len(text), _BATCH)]
