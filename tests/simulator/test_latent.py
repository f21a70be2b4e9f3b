"""No stream carries what is latent, even where nothing of it is late or spoilt."""

from collections.abc import Iterator

import numpy as np
import pytest

from simulator.feeds import Block, Feeds
from simulator.port import Port
from simulator.simulation import live, settled
from simulator.table import Floats, Ints
from simulator.world import Dirt, World
from supervision.arrays import MISSING
from supervision.contract.columns import columns
from supervision.contract.fields import LATEST
from supervision.contract.messages import STREAMS

MONTHS = 24
TOO_NEAR = 0.8
"""A rank correlation above which a column would as good as tell what is latent; of one that is a
function of it, rising or falling, it is 1. The nearest of some thousand pairs come to a half, by
chance: the world is small. What several columns tell together is not asked here."""


@pytest.fixture(scope="module")
def told() -> tuple[Port, dict[str, Block]]:
    port = settled(World(enterprises=120, months=MONTHS, seed=6))
    clean = Dirt(0.0, 0.0, 0.0, 0.0, 0.0, outages_yearly=0.0)
    port.feeds = Feeds(port.names.lateness, clean, LATEST, np.random.default_rng(0))
    starts = port.clock.month_days
    for day in range(starts[MONTHS]):
        port.day = day
        live(port, starts.index(day) if day in starts else None)
    return port, dict(port.feeds.drain(LATEST))


def _ranks(values: Floats) -> Floats:
    """Ranks of values, the mean one where several are alike."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[place], np.float64)


def _likeness(latent: Floats, told: Floats) -> float:
    """Absolute rank correlation, 0 where one of them is everywhere the same."""
    one, other = _ranks(latent), _ranks(told)
    if one.std() == 0.0 or other.std() == 0.0:
        return 0.0
    return float(abs(np.corrcoef(one, other)[0, 1]))


def _summaries(group: Ints, values: Ints) -> Iterator[tuple[str, Ints, Floats]]:
    """One number a group of its values of a column, in several ways; groups with few are out."""
    order = np.lexsort((values, group))
    group, values = group[order], values[order]
    if not len(group):
        return
    names, first, count = np.unique(group, return_index=True, return_counts=True)
    total = np.add.reduceat(values.astype(np.float64), first)
    enough = count >= 3
    names, first, count, total = names[enough], first[enough], count[enough], total[enough]
    yield "least", names, values[first].astype(np.float64)
    yield "greatest", names, values[first + count - 1].astype(np.float64)
    yield "middle", names, values[first + count // 2].astype(np.float64)
    yield "mean", names, total / count
    yield "count", names, count.astype(np.float64)


def _nearest(blocks: dict[str, Block], who: str, first: int, latent: dict[str, Floats]) -> float:
    """The greatest likeness of a latent trait to one column of one kind of message."""
    nearest = 0.0
    for stream in STREAMS:
        block = blocks[stream]
        for kind in np.unique(block["kind"]).tolist():
            of_kind = block["kind"] == kind
            for name in (column.name for column in columns(stream)):
                group = block[who] - first
                size = len(next(iter(latent.values())))
                rows = of_kind & (block[name] != MISSING) & (group >= 0) & (group < size)
                for _, names, value in _summaries(group[rows], block[name][rows]):
                    if len(names) >= size // 3 and len(names) >= 12:
                        found = [_likeness(trait[names], value) for trait in latent.values()]
                        nearest = max(nearest, *found)
    return nearest


def test_a_stream_has_the_columns_of_the_contract_and_no_others(
    told: tuple[Port, dict[str, Block]],
) -> None:
    for stream, model in STREAMS.items():
        stated = {name for name in told[1][stream] if not name.startswith("_")}
        assert stated == set(model.model_fields) - {"stream"}


def test_a_column_that_told_it_would_be_found(told: tuple[Port, dict[str, Block]]) -> None:
    port, blocks = told
    rows = blocks["declaration"]
    told_of = {**rows, "declared_value": rows["declared_value"].copy()}
    known = rows["enterprise_id"] < len(port.who.skill)
    rating = np.rint(1e6 * np.exp(-port.who.honesty)).astype(np.int64)
    told_of["declared_value"][known] = rating[rows["enterprise_id"][known]]
    latent = {"honesty": port.who.honesty}
    assert _nearest({**blocks, "declaration": told_of}, "enterprise_id", 0, latent) > 0.99


def test_no_column_tells_what_an_enterprise_is(told: tuple[Port, dict[str, Block]]) -> None:
    port, blocks = told
    latent = {
        "skill": port.who.skill,
        "honesty": port.who.honesty,
        "care": port.who.care,
        "prudence": port.who.prudence,
        "health": port.state.health,
        "drain": port.state.drain,
        "distress": port.state.distress,
        "cash": port.books.cash / port.who.turnover,
        "patience": port.state.patience.astype(np.float64),
    }
    nearest = _nearest(blocks, "enterprise_id", 0, latent)
    assert 0.1 < nearest < TOO_NEAR


def test_no_column_tells_what_a_warehouse_is(told: tuple[Port, dict[str, Block]]) -> None:
    port, blocks = told
    latent = {"care": port.house_care, "honesty": port.house_honesty}
    nearest = _nearest(blocks, "provider_id", port.names.warehouses_at, latent)
    assert 0.1 < nearest < TOO_NEAR
