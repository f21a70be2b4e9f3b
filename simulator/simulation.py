"""The run of a world: day by day, and what it writes."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from simulator import (
    economy,
    failures,
    imports,
    lending,
    payments,
    pledges,
    registry,
    sales,
    warehouses,
)
from simulator import prices as market
from simulator.books import Books
from simulator.clock import Clock
from simulator.enterprises import enterprises
from simulator.feeds import Feeds
from simulator.goods import GOODS
from simulator.names import REGIONS, names
from simulator.port import NEVER, Port, State
from simulator.table import Floats, Ints
from simulator.truth import Truth
from simulator.world import VERSION, World
from simulator.writer import CargoCodes, Writer
from supervision.contract.columns import column
from supervision.contract.messages import VERSION as CONTRACT
from supervision.errors import UsageError


@dataclass(frozen=True)
class Summary:
    """What a run wrote.

    Attributes
    ----------
    messages : dict
        Rows of each stream.
    defaults, financed_defaults, insolvencies : int
        Realised ones of all enterprises; of those then financed; ended enterprises.
    """

    messages: dict[str, int]
    defaults: int
    financed_defaults: int
    insolvencies: int


def simulate(
    world: World, folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Summary:
    """Run a world and write it.

    Parameters
    ----------
    world : World
    folder : Path
        Receives ``<stream>.parquet``, ``world.json``, ``port.key`` and ``truth/``, all at once at
        the end: a run that was stopped leaves only a folder named ``.partial``.
    progress : callable
        Told after each month how many of how many months are done.

    Raises
    ------
    UsageError
        If the world is empty, has a seed below 0 or lasts longer than the price series.
    """
    if world.enterprises < 1 or world.months < 1 or world.seed < 0:
        raise UsageError(
            "expected at least 1 enterprise, 1 month and a seed of 0 or more, found "
            f"{world.enterprises}, {world.months} and {world.seed}"
        )
    port, truth = settled(world), Truth()
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with Writer(partial, port.names, port.codes, world.seed) as writer:
        starts = port.clock.month_days
        for month in range(world.months):
            for day in range(starts[month], starts[month + 1]):
                port.day = day
                live(port, month if day == starts[month] else None)
            port.day = starts[month + 1]
            truth.month_end(port, port.position())
            writer.write(port.feeds.drain(port.clock.midnight(port.day)))
            progress(month + 1, world.months)
        rows = writer.rows
    truth.write(port, partial / "truth")
    _write_world(world, port, rows, partial)
    partial.rename(folder)
    return Summary(
        messages=rows,
        defaults=len(port.defaults),
        financed_defaults=sum(row[3] for row in port.defaults),
        insolvencies=int((port.state.insolvent_day != NEVER).sum()),
    )


def settled(world: World) -> Port:
    """A port on the morning of its first day."""
    clock = Clock(world.first, world.months)
    price_rng, who_rng, feed_rng, rng = (
        np.random.default_rng(child) for child in np.random.SeedSequence(world.seed).spawn(4)
    )
    prices = market.prices(clock, world.shocks, price_rng)
    buyers = max(60, round(1.2 * world.enterprises))
    who = enterprises(world, clock, prices.spot[0], buyers, who_rng)
    named = names(world, who.region, who_rng)
    last = clock.midnight(clock.days)
    houses = world.supervision.warehouses
    quality = np.sort(rng.random(buyers))
    rate = world.trade.buyers_fail_yearly * (0.3 + 1.4 * quality) / 365.0
    n = world.enterprises
    return Port(
        world=world,
        clock=clock,
        names=named,
        who=who,
        prices=prices,
        books=Books(n),
        feeds=Feeds(named.lateness, world.dirt, last, feed_rng),
        codes=CargoCodes(),
        key=_key(world.seed),
        rng=rng,
        state=State(
            trading=np.zeros(n, np.bool_),
            health=rng.standard_normal(n),
            lost_demand=np.zeros(n),
            pace=np.zeros(n),
            distress=np.zeros(n),
            default_day=np.full(n, NEVER),
            clean_since=np.full(n, NEVER),
            insolvent_day=np.full(n, NEVER),
            overdue_days=np.zeros(n, np.int64),
            loan_overdue_days=np.zeros(n, np.int64),
            patience=rng.integers(*world.lending.patience_days, n),
            next_application=np.stack(
                (who.seeks_from, who.seeks_from + rng.integers(30, 300, n)), axis=1
            ),
        ),
        buyer_fails=_failing(rng.exponential(1.0 / rate), prices.failures),
        buyer_lateness=2.0 + 12.0 * quality * rng.gamma(2.0, 0.5, buyers),
        house_care=np.exp(0.6 * rng.standard_normal(houses)),
        cold_house_silent=rng.random((houses, world.months))
        < world.supervision.sensor_silent_share,
    )


def _failing(quiet_days: Floats, factor: Floats) -> Ints:
    """Day on which each buyer fails, if a day of factor 3 wears as much as three quiet ones."""
    return np.searchsorted(np.cumsum(factor), quiet_days).astype(np.int64)


def live(port: Port, month: int | None) -> None:
    """One day, from morning to night; ``month`` is given on its first day."""
    if month is not None and month > 0:
        lending.report_past_due(port)
    registry.found(port)
    economy.drift(port)
    economy.mishaps(port)
    sales.fail_buyers(port)
    pledges.release(port)
    warehouses.watch(port)
    imports.declare(port)
    imports.receive(port)
    sales.collect(port)
    payments.pay(port)
    position = port.position()
    if month is not None:
        registry.monthly(port, month)
        economy.monthly_costs(port, position)
        economy.withdraw(port, position)
        economy.reappraise(port)
        lending.grant(port)
    lending.close(port)
    lending.draw(port, position)
    lending.prepay(port, position)
    sales.sell(port, position)
    imports.order(port, position)
    failures.judge(port, position)
    _tell_prices(port)


def _tell_prices(port: Port) -> None:
    goods: Ints = np.arange(len(GOODS), dtype=np.int64)
    port.feeds.emit(
        "valuation",
        "market_price",
        port.at(len(goods), 15, 16),
        provider=port.names.price_feed,
        hs_code=goods,
        unit_price=port.spot[goods],
        method=column("valuation", "method").code("market"),
    )


def _key(seed: int) -> bytes:
    """The port's key in this world: made from the seed, so worth nothing outside it."""
    return hashlib.sha256(f"cargoworthy demonstration port {seed}".encode()).digest()


def _write_world(world: World, port: Port, rows: dict[str, int], folder: Path) -> None:
    facts = {
        "world_version": VERSION,
        "contract_version": CONTRACT,
        "seed": world.seed,
        "enterprises": world.enterprises,
        "months": world.months,
        "first_midnight": port.clock.midnight(0),
        "last_midnight": port.clock.midnight(port.clock.days),
        "messages": rows,
        "regions": REGIONS,
        "parameters": asdict(world),
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False, default=str)
    (folder / "world.json").write_text(text + "\n", encoding="utf-8")
    (folder / "port.key").write_text(port.key.hex() + "\n", encoding="utf-8")
