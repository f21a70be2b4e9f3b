"""Dirty feeds: duplicates, corrections, reordered rows, wrong units, bad cargo codes.

What is spoilt beyond repair (a wrong unit, a mistyped code) comes as a row of its own before the
good one, as when a provider's first attempt is refused: the truth of the world still arrives.
"""

from enum import IntEnum

import numpy as np

from simulator.clock import DAY, HOUR
from simulator.table import Ints
from simulator.world import Dirt
from supervision.arrays import MISSING
from supervision.contract.columns import column
from supervision.contract.messages import STREAMS, body_fields

Block = dict[str, Ints]


class Fault(IntEnum):
    """What the writer does to a row."""

    NONE = 0
    UNIT = 1
    """The quantity's unit is written as tonnes."""
    MISTYPED = 2
    """Two characters of the cargo code have changed places with others."""
    FORGED = 3
    """The cargo code's check digits fit, but the port never issued it."""


_MISSTATED = {
    "declaration": "declared_value",
    "document": "amount",
    "valuation": "unit_price",
    "title": "price",
}
"""What a corrected message had wrong; elsewhere it is the hour."""
_BODY = {stream: body_fields(model) for stream, model in STREAMS.items()}


def spoilt(
    stream: str, block: Block, dirt: Dirt, counter: int, rng: np.random.Generator
) -> tuple[Block, int]:
    """A block with dirt added and the next free message number.

    Every row of the block stays, though some are misstated, reversed and restated.
    """
    total = len(block["message_id"])
    parts = [block]
    drawn = rng.random(total)
    wrong = np.flatnonzero(drawn < dirt.corrections)
    reordered = np.flatnonzero(drawn > 1.0 - dirt.reordered)
    if len(wrong):
        reversal, restated = _corrections(stream, block, wrong, rng)
        parts += [reversal, restated]
    first_attempts = _first_attempts(stream, block, dirt, rng)
    parts += first_attempts
    for part in parts[1:]:
        count = len(part["occurred_at"])
        part["message_id"] = np.arange(counter, counter + count, dtype=np.int64)
        counter += count
    block["_arrival"][reordered] += rng.integers(-4 * DAY, 9 * DAY, len(reordered))
    twice = np.flatnonzero(rng.random(total) < dirt.duplicates)
    copies = _rows(block, twice)
    copies["_arrival"] = copies["_arrival"] + rng.integers(HOUR, 6 * DAY, len(twice))
    parts.append(copies)
    return {name: np.concatenate([part[name] for part in parts]) for name in block}, counter


def _rows(block: Block, rows: Ints) -> Block:
    return {name: values[rows] for name, values in block.items()}


def _corrections(
    stream: str, block: Block, rows: Ints, rng: np.random.Generator
) -> tuple[Block, Block]:
    """Reversals of some rows and the same facts anew; the rows themselves become wrong."""
    restated, reversal = _rows(block, rows), _rows(block, rows)
    taken_back = block["recorded_at"][rows] + rng.integers(6 * HOUR, 10 * DAY, len(rows))
    for name in _BODY[stream]:
        reversal[name] = np.full(len(rows), MISSING, np.int64)
    reversal["reverses"] = block["message_id"][rows]
    reversal["occurred_at"] = taken_back - rng.integers(1, 3 * HOUR, len(rows))
    reversal["recorded_at"] = taken_back
    reversal["_arrival"] = taken_back.copy()
    restated["recorded_at"] = taken_back + rng.integers(1, 6 * HOUR, len(rows))
    restated["_arrival"] = restated["recorded_at"].copy()
    amount = _MISSTATED.get(stream)
    stated = np.zeros(len(rows), np.bool_)
    if amount is not None:
        stated = block[amount][rows] != MISSING
        factor = rng.integers(80, 126, len(rows))[stated]
        told = rows[stated]
        block[amount][told] = np.maximum(block[amount][told] * factor // 100, 1)
    hours = rng.integers(HOUR, 7 * HOUR, len(rows))
    block["occurred_at"][rows[~stated]] -= hours[~stated]
    return reversal, restated


def _first_attempts(stream: str, block: Block, dirt: Dirt, rng: np.random.Generator) -> list[Block]:
    """Rows that no reader may accept, each before the good one of the same content."""
    total = len(block["message_id"])
    attempts = []
    in_wrong_unit = np.flatnonzero(rng.random(total) < dirt.unit_mistakes)
    if len(in_wrong_unit):
        part = _rows(block, in_wrong_unit)
        nowhere = np.full(len(in_wrong_unit), MISSING, np.int64)
        with_unit = part.get("unit", nowhere) != MISSING
        part["_fault"] = np.where(with_unit, Fault.UNIT, Fault.NONE).astype(np.int64)
        # Where there is no unit of quantity to mistake, it is the unit of time: milliseconds.
        part["occurred_at"] = np.where(with_unit, part["occurred_at"], part["occurred_at"] // 1000)
        attempts.append(part)
    bad = np.flatnonzero((rng.random(total) < dirt.bad_codes) & (block["cargo_code"] != MISSING))
    if len(bad):
        part = _rows(block, bad)
        part["_fault"] = np.full(len(bad), Fault.MISTYPED, np.int64)
        if stream == "document":
            part["_fault"][rng.random(len(bad)) < 0.5] = Fault.FORGED
        attempts.append(part)
    return attempts


TONNES = "t"
"""The wrong unit; it stands after the contract's own in the writer's list."""
UNITS = (*column("custody", "unit").choices, TONNES)
