"""Evaluate features of one enterprise at one point: follow a program over its rows."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from features.calendar import midnight
from features.engine.own_table import derived
from features.engine.silence import nothing_known
from features.facts import Facts
from features.point.published import NOTHING, Arrays
from features.recipe import Recipe
from features.snapshots.snapshot import Snapshot
from supervision.arrays import Integers

if TYPE_CHECKING:
    from features.point.program import Program

MOST = 200_000
"""Rows beyond which what a call of numpy costs is nothing, but lines take much room."""

Floats = npt.NDArray[np.float64]


def values_at(
    facts: Facts, enterprise: int, as_of: int, recipes: tuple[Recipe, ...]
) -> Floats | None:
    """What recipes give for one enterprise at one point; NaN where they give nothing.

    None where it is left to the sweep: without numba; where a table is not there or nothing is
    published of others; where there are very many rows, or a number comes near to the end of 64
    bits; and for a recipe that cannot be written as instructions.
    """
    program = _program_of(recipes)
    if program is None:
        return None
    others = _others(program, facts, midnight(as_of))
    return None if others is None else _followed(program, facts, (enterprise, as_of), others)


def warm_up(recipes: tuple[Recipe, ...]) -> None:
    """Write recipes as a program and follow it for nobody, so that no later call has to wait."""
    program = _program_of(recipes)
    if program is not None:
        _followed(program, nothing_known(), (0, 0), NOTHING)


def _program_of(recipes: tuple[Recipe, ...]) -> "Program | None":
    write = _writer()
    return None if write is None else write(recipes)


@cache
def _writer() -> Any:
    """What writes recipes as a program; None without numba, which follows it."""
    try:
        from features.point.program import written
    except ModuleNotFoundError as missing:
        if missing.name != "numba":
            raise
        return None
    return written


def _followed(
    program: "Program", facts: Facts, who: tuple[int, int], others: Arrays
) -> Floats | None:
    prices, tables = facts.prices, _tables(program, facts)
    if tables is None:
        return None
    market = prices.goods, prices.times, prices.keys, prices.unit_price, prices.known
    return program.follow(who, tables, others, market)


def _tables(program: "Program", facts: Facts) -> tuple[Integers, Integers] | None:
    """All columns that are read, one after the other, and how many rows each table has."""
    columns: list[Integers] = []
    held: list[int] = []
    try:
        for table in program.tables:
            of = facts.lots if table.name == "lots" else facts.tables[table.name]
            columns += table.pick(of)
            if table.derived:
                columns += derived(of, table.derived)
            held.append(len(columns[-1]))
    except KeyError:
        return None
    if sum(held) > MOST:
        return None
    return np.concatenate(columns) if columns else _NONE, np.array(held, np.int64)


def _others(program: "Program", facts: Facts, at: int) -> Arrays | None:
    """What was published of others at a midnight; None if that is not at hand."""
    if not program.asks_others:
        return NOTHING
    if not isinstance(facts.others, Snapshot):
        return None
    return facts.others.laid_out.asked(at, program.states, program.balances)


_NONE = np.empty(0, np.int64)
