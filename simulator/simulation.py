"""The run of a world: day by day, and what it writes."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from simulator import (
    cold_chain,
    economy,
    facilities,
    failures,
    imports,
    lending,
    margin_calls,
    partners,
    payments,
    pledges,
    registry,
    renewals,
    sales,
    warehouses,
)
from simulator import prices as market
from simulator.books import Books
from simulator.clock import Clock
from simulator.counterparty import customer_count
from simulator.enterprises import Enterprises, enterprises
from simulator.feeds import Feeds
from simulator.frauds import collusion
from simulator.frauds.day import commit
from simulator.frauds.schemes import schemes
from simulator.futures import NO_SAMPLE, Sample, live_month, true_pd
from simulator.goods import GOODS
from simulator.names import REGIONS, names
from simulator.outages import outages
from simulator.port import NEVER, Port, State
from simulator.scenarios import scenario
from simulator.table import Ints
from simulator.truth import Truth
from simulator.world import VERSION, World
from simulator.writer import CargoCodes, Writer
from supervision.contract.columns import column
from supervision.contract.messages import VERSION as CONTRACT


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
    world: World,
    folder: Path,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    sample: Sample = NO_SAMPLE,
    paths_progress: Callable[[int], None] = lambda _paths: None,
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
    sample : Sample
        From which states the true PD is found. A run that was stopped while it lived futures
        lives the world again but not these.
    paths_progress : callable
        Told of how many futures more are lived.
    """
    ends = sample.months(world.months)
    port = settled(world)
    partial = folder.with_name(f"{folder.name}.partial")
    paths = partial / "truth" / "paths"
    _clear(partial, paths)
    with (
        Writer(partial, port.names, port.codes, world.seed) as writer,
        Truth(partial / "truth") as truth,
    ):
        grant = lending.grant_standard
        for month in range(world.months):
            live_month(port, live, month)
            truth.month_end(port, port.position())
            writer.write(port.feeds.drain(port.clock.midnight(port.day)))
            port.compact()
            if month + 1 in ends:
                found = true_pd(port, live, sample, paths, grant=grant, progress=paths_progress)
                truth.sampled(port, found)
            progress(month + 1, world.months)
        rows = writer.rows
        truth.write(port)
    shutil.rmtree(paths, ignore_errors=True)
    _write_world(world, port, rows, partial)
    partial.rename(folder)
    return Summary(
        messages=rows,
        defaults=len(port.defaults),
        financed_defaults=sum(row[3] for row in port.defaults),
        insolvencies=int((port.state.insolvent_day != NEVER).sum()),
    )


def _clear(folder: Path, but: Path) -> None:
    """Empty a folder, or make it, and leave what stands under one other folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if but in path.parents or path == but or path in but.parents:
            continue
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def settled(world: World) -> Port:
    """A port on the morning of its first day."""
    clock = Clock(world.first, world.months)
    price_rng, who_rng, feed_rng, rng = (
        np.random.default_rng(child) for child in np.random.SeedSequence(world.seed).spawn(4)
    )
    prices = market.prices(clock, world.shocks, price_rng, scenario(world.scenario))
    buyers = customer_count(world.enterprises)
    who = enterprises(world, clock, prices.spot[0], buyers, who_rng)
    named = names(world, who.region, who_rng)
    last = clock.midnight(clock.days)
    houses = world.supervision.warehouses
    n = world.enterprises
    return Port(
        world=world,
        clock=clock,
        names=named,
        who=who,
        prices=prices,
        books=Books(n),
        feeds=Feeds(
            named.lateness,
            world.dirt,
            last,
            feed_rng,
            outages(named, world.dirt, clock, feed_rng),
        ),
        codes=CargoCodes(),
        key=_key(world.seed),
        rng=rng,
        state=_state(world, who, rng),
        customers=partners.customers(world, who, rng),
        suppliers=partners.suppliers(world, rng),
        house_care=np.exp(0.6 * rng.standard_normal(houses)),
        house_honesty=rng.beta(9.0, 1.2, houses),
        cold_house_silent=rng.random((houses, world.months))
        < world.supervision.sensor_silent_share,
        schemes=schemes(
            world, who, np.random.default_rng(np.random.SeedSequence(world.seed, spawn_key=(4,)))
        ),
    )


def _state(world: World, who: Enterprises, rng: np.random.Generator) -> State:
    """Before anyone has begun."""
    n = world.enterprises
    return State(
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
        drain=np.zeros(n),
        drain_ends=np.full(n, NEVER),
        next_application=np.stack(
            (who.seeks_from, who.seeks_from + rng.integers(30, 300, n)), axis=1
        ),
        customer=np.zeros((n, 2), np.bool_),
    )


def live(port: Port, month: int | None) -> None:
    """One day, from morning to night; ``month`` is given on its first day."""
    if month is not None and month > 0:
        facilities.report_past_due(port)
    registry.found(port)
    economy.drift(port)
    economy.mishaps(port)
    partners.earn(port)
    pledges.release(port)
    cold_chain.spoil(port)
    cold_chain.expire(port)
    collusion.count(port)
    warehouses.watch(port)
    imports.declare(port)
    imports.receive(port)
    sales.collect(port)
    sales.fail_customers(port)
    payments.pay(port)
    position = port.position()
    if month is not None:
        registry.monthly(port, month)
        economy.monthly_costs(port, position)
        economy.withdraw(port, position)
        economy.divert(port)
        partners.owners_take(port)
        economy.reappraise(port)
        lending.grant(port)
        renewals.decide(port)
        renewals.restructure(port)
        facilities.cancel(port)
    facilities.close(port)
    margin_calls.watch(port)
    lending.draw(port, position)
    lending.prepay(port, position)
    sales.sell(port, position)
    imports.order(port, position)
    commit(port)
    failures.judge(port, position)
    _tell_prices(port)


def _tell_prices(port: Port) -> None:
    if port.feeds.muted:
        return
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
        "scenario": world.scenario,
        "first_midnight": port.clock.midnight(0),
        "last_midnight": port.clock.midnight(port.clock.days),
        "messages": rows,
        "regions": REGIONS,
        "parameters": asdict(world),
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False, default=str)
    (folder / "world.json").write_text(text + "\n", encoding="utf-8")
    (folder / "port.key").write_text(port.key.hex() + "\n", encoding="utf-8")
