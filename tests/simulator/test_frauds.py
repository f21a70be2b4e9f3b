"""Each fraud happens, is listed in the truth and leaves its trace in the messages."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.clock import DAY
from simulator.feeds import Block, Feeds
from simulator.frauds import deeds, pledge_carousel
from simulator.frauds.day import commit
from simulator.frauds.dials import Frauds
from simulator.futures import branch
from simulator.port import NEVER, Port
from simulator.simulation import live, settled
from simulator.world import Dirt, Trade, World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

MONTHS = 36
MANY = Frauds(
    double_pledge_share=0.30,
    phantom_share=0.15,
    threefold_share=0.60,
    substitution_share=0.15,
    overvaluation_share=0.10,
    yearly=30.0,
    hidden_yearly=30.0,
    calm=0.5,
    rings_per_thousand=40.0,
    ring_yearly=10.0,
    ring_told_share=1.0,
    colluding_houses=0.4,
    colluding_clients=0.8,
    noticed_a_count=0.5,
    carousels_per_thousand=60.0,
    carousel_yearly=20.0,
)
NONE = Frauds(
    double_pledge_share=0.0,
    phantom_share=0.0,
    threefold_share=0.0,
    substitution_share=0.0,
    overvaluation_share=0.0,
    rings_per_thousand=0.0,
    colluding_houses=0.0,
    carousels_per_thousand=0.0,
)
NO_DIRT = Dirt(0.0, 0.0, 0.0, 0.0, 0.0, outages_yearly=0.0)
PATTERNS = {
    "double_pledge",
    "phantom_receipt",
    "threefold_receipts",
    "circular_sales",
    "overvaluation",
    "release_without_authority",
    "substitution",
    "collusion",
    "pledge_carousel",
}
Told = tuple[Port, dict[str, Block]]


def _lived(world: World, months: int) -> Port:
    port = settled(world)
    port.feeds = Feeds(port.names.lateness, NO_DIRT, LATEST, np.random.default_rng(0))
    starts = port.clock.month_days
    for month in range(months):
        for day in range(starts[month], starts[month + 1]):
            port.day = day
            live(port, month if day == starts[month] else None)
            assert (port.parcels["quantity"][port.parcels.live] >= 0).all()
            assert (port.books.cash >= 0).all()
        assert port.books.difference() == 0
    return port


@pytest.fixture(scope="module")
def told() -> Told:
    """A port full of frauds, and everything that was said in it."""
    world = World(
        enterprises=200,
        months=MONTHS,
        seed=1,
        scenario="new-fraud",
        frauds=MANY,
        trade=replace(Trade(), violation_daily=1.0),
    )
    port = _lived(world, MONTHS)
    return port, dict(port.feeds.drain(LATEST))


def _of(port: Port, pattern: str) -> list[deeds.Deed]:
    return [deed for deed in port.deeds if deed[0] == pattern]


def _kind(block: Block, stream: str, kind: str) -> Block:
    rows = block["kind"] == column(stream, "kind").code(kind)
    return {name: values[rows] for name, values in block.items()}


def _told_of(block: Block, lot: int, until: int) -> Block:
    """What was said of a lot until a moment."""
    rows = np.flatnonzero(block["cargo_code"] == lot)
    rows = rows[block["occurred_at"][rows] <= until]
    return {name: values[rows] for name, values in block.items()}


def _balance(blocks: dict[str, Block], enterprise: int, lot: int, until: int) -> int:
    """Kilograms of a lot that an enterprise has by what warehouses and titles say."""
    total, custody = 0, _told_of(blocks["custody"], lot, until)
    for kind, sign in (("received", 1), ("released", -1)):
        rows = _kind(custody, "custody", kind)
        total += sign * int(rows["quantity"][rows["enterprise_id"] == enterprise].sum())
    title = _kind(_told_of(blocks["title"], lot, until), "title", "transferred")
    inside = title["in_storage"] == column("title", "in_storage").code("yes")
    total -= int(title["quantity"][inside & (title["enterprise_id"] == enterprise)].sum())
    total += int(title["quantity"][inside & (title["buyer"] == enterprise)].sum())
    return total


def _in_one_parcel(blocks: dict[str, Block], enterprise: int, lot: int, until: int) -> bool:
    """Whether an enterprise came by a lot once: receipts name lots, the deeds are of parcels."""
    came = 0
    for stream, kind, who in (
        ("custody", "received", "enterprise_id"),
        ("title", "transferred", "buyer"),
    ):
        rows = _kind(_told_of(blocks[stream], lot, until), stream, kind)
        came += int((rows[who] == enterprise).sum())
    return came == 1


def _promised(blocks: dict[str, Block], enterprise: int, lot: int, until: int) -> tuple[int, int]:
    """Kilograms under an enterprise's open receipts over a lot, and how many lenders hold them."""
    pledge, total = blocks["pledge"], 0
    mine = (pledge["enterprise_id"] == enterprise) & (pledge["cargo_code"] == lot)
    mine &= pledge["occurred_at"] <= until
    lenders: Counter[int] = Counter()
    for kind, sign in (("registered", 1), ("released", -1), ("enforced", -1)):
        rows = mine & (pledge["kind"] == column("pledge", "kind").code(kind))
        total += sign * int(pledge["quantity"][rows].sum())
        for lender, quantity in zip(
            pledge["lender"][rows].tolist(), pledge["quantity"][rows].tolist(), strict=True
        ):
            lenders[lender] += sign * quantity
    return total, sum(quantity > 0 for quantity in lenders.values())


def _night(port: Port, day: int) -> int:
    return port.clock.midnight(day + 1)


def test_every_pattern_occurs_and_names_its_members_and_days(told: Told) -> None:
    port, _ = told
    assert {deed[0] for deed in port.deeds} == PATTERNS
    assert all(0 <= deed[6] <= deed[7] for deed in port.deeds)
    assert all(deed[7] == NEVER or deed[7] <= port.day for deed in port.deeds)
    assert any(deed[7] == NEVER for deed in port.deeds)
    assert any(deed[6] < deed[7] < NEVER for deed in port.deeds)


def test_of_a_doubly_pledged_lot_two_lenders_hold_more_than_there_is(told: Told) -> None:
    port, blocks = told
    found = _of(port, "double_pledge")
    alone = 0
    for _, _, enterprise, _, _, lot, first, _, _ in found:
        night = _night(port, first)
        promised, lenders = _promised(blocks, enterprise, lot, night)
        assert lenders >= 2
        if _in_one_parcel(blocks, enterprise, lot, night):
            assert promised > _balance(blocks, enterprise, lot, night)
            alone += 1
    assert alone > 0.8 * len(found) > 20


def test_a_phantom_receipt_promises_more_than_was_left(told: Told) -> None:
    port, blocks = told
    found = _of(port, "phantom_receipt")
    alone = 0
    for _, _, enterprise, _, _, lot, first, _, _ in found:
        night = _night(port, first)
        if _in_one_parcel(blocks, enterprise, lot, night):
            promised, _ = _promised(blocks, enterprise, lot, night)
            # Less than half of what the parcel once held is left, the rest of it was sold.
            assert promised > 2 * _balance(blocks, enterprise, lot, night)
            alone += 1
    assert alone > 0.8 * len(found) > 20


def test_three_receipts_are_made_out_for_the_same_metal(told: Told) -> None:
    port, blocks = told
    for _, _, enterprise, _, _, lot, first, _, _ in _of(port, "threefold_receipts"):
        night = _night(port, first)
        promised, _ = _promised(blocks, enterprise, lot, night)
        assert promised > 2.5 * _balance(blocks, enterprise, lot, night)


def test_the_lot_of_a_ring_comes_back_at_a_higher_price_and_is_paid_round(told: Told) -> None:
    port, blocks = told
    schemes: dict[int, list[deeds.Deed]] = {}
    for deed in _of(port, "circular_sales"):
        schemes.setdefault(deed[1], []).append(deed)
    came_back = [s for s in schemes.values() if s[0][2] in [deed[3] for deed in s]]
    assert came_back
    title = _kind(blocks["title"], "title", "transferred")
    sold = set(
        zip(*(title[n].tolist() for n in ("enterprise_id", "buyer", "cargo_code", "price")),
            strict=True)
    )  # fmt: skip
    paid = set(_kind(blocks["title"], "title", "paid")["number"].tolist())
    for scheme in came_back:
        assert all((d[2], d[3], d[5], d[8]) in sold for d in scheme)
        # The next seller is always the last buyer.
        assert all(a[3] == b[2] for a, b in pairwise(scheme))
    # Where nobody sold of it on the way, every price is above the one before.
    assert any(all(a[8] < b[8] for a, b in pairwise(s)) for s in came_back)
    first = came_back[0]
    numbers = title["number"][(title["cargo_code"] == first[0][5]) & (title["in_storage"] == 1)]
    assert paid.intersection(numbers.tolist())
    known = _kind(blocks["enterprise"], "enterprise", "related_party")
    ties = set(zip(known["enterprise_id"].tolist(), known["party"].tolist(), strict=True))
    assert all((d[2], d[3]) in ties for scheme in schemes.values() for d in scheme)


def test_over_valued_lots_are_declared_above_what_they_cost_and_no_others(told: Told) -> None:
    port, blocks = told
    over = {deed[5]: deed[8] for deed in _of(port, "overvaluation")}
    declared = _kind(blocks["declaration"], "declaration", "declared")
    # A lot may be declared in several parts.
    lots, place = np.unique(declared["cargo_code"], return_inverse=True)
    value = np.zeros(len(lots), np.int64)
    np.add.at(value, place, declared["declared_value"])
    percent = value * 100 // port.lots["cost"][lots]
    listed = np.isin(lots, np.array(sorted(over)))
    assert listed.sum() > 10
    # A lot in one part is declared only near its cost.
    assert np.median(percent[listed]) > 119 > np.quantile(percent[~listed], 0.75)


def test_goods_released_without_authority_left_on_that_day(told: Told) -> None:
    port, blocks = told
    title = _kind(blocks["title"], "title", "transferred")
    gone = set(zip(title["enterprise_id"].tolist(), title["cargo_code"].tolist(), strict=True))
    found = _of(port, "release_without_authority")
    assert {(deed[2], deed[5]) for deed in found} <= gone
    assert {(deed[2], deed[6], deed[5]) for deed in found} <= set(port.violations)


def test_swapped_goods_weigh_the_same_and_are_sometimes_noticed(told: Told) -> None:
    port, blocks = told
    swapped = _of(port, "substitution")
    lots = np.array([deed[5] for deed in swapped])
    exceptions = _kind(blocks["custody"], "custody", "exception")
    kinds = [column("custody", "exception").code(k) for k in ("document_mismatch", "seal_broken")]
    told_of = np.isin(exceptions["cargo_code"], lots) & np.isin(exceptions["exception"], kinds)
    assert told_of.any()
    counted = _kind(blocks["custody"], "custody", "counted")
    exact = 0
    for _, _, enterprise, _, _, lot, first, last, _ in swapped:
        rows = (counted["enterprise_id"] == enterprise) & (counted["cargo_code"] == lot)
        rows &= counted["occurred_at"] > _night(port, first)
        rows &= counted["occurred_at"] < _night(port, min(last, port.day) - 1)
        for at, quantity in zip(
            counted["occurred_at"][rows].tolist(), counted["quantity"][rows].tolist(), strict=True
        ):
            exact += _balance(blocks, enterprise, lot, at) == quantity
    assert exact > 10


def test_a_warehouse_in_collusion_counts_what_is_not_there(told: Told) -> None:
    port, blocks = told
    counted = _kind(blocks["custody"], "custody", "counted")
    above = 0
    for _, _, enterprise, _, house, lot, first, last, _ in _of(port, "phantom_receipt"):
        rows = (counted["enterprise_id"] == enterprise) & (counted["cargo_code"] == lot)
        rows &= counted["occurred_at"] > _night(port, first)
        rows &= counted["occurred_at"] < _night(port, min(last, port.day) - 1)
        for at, quantity in zip(
            counted["occurred_at"][rows].tolist(), counted["quantity"][rows].tolist(), strict=True
        ):
            more = quantity > _balance(blocks, enterprise, lot, at)
            assert house >= 0 or not more
            above += more
    assert above > 0


def test_the_new_pattern_pledges_one_lot_for_several_owners_from_its_day_on(told: Told) -> None:
    port, blocks = told
    found = _of(port, "pledge_carousel")
    title = _kind(blocks["title"], "title", "transferred")
    assert min(deed[6] for deed in found) >= pledge_carousel.first_day(port.world)
    schemes: dict[int, set[int]] = {}
    for deed in found:
        schemes.setdefault(deed[1], set()).add(deed[2])
        night = _night(port, deed[6])
        promised, _ = _promised(blocks, deed[2], deed[5], night)
        # The title has gone on by the night, with the pledge upon it.
        assert promised > 0
        moved = (title["cargo_code"] == deed[5]) & (title["enterprise_id"] == deed[2])
        assert ((night - title["occurred_at"])[moved] <= DAY).any()
    assert max(len(members) for members in schemes.values()) > 1


def test_of_every_lot_received_is_released_and_in_stock_and_lost(told: Told) -> None:
    port, blocks = told
    stock: Counter[int] = Counter()
    rows = port.parcels.live
    for lot, held in zip(*(v.tolist() for v in port.parcels.of(rows, "lot", "quantity")),
                         strict=True):  # fmt: skip
        stock[lot] += held
    gone: Counter[int] = Counter()
    released = _kind(blocks["custody"], "custody", "released")
    for lot, quantity in zip(
        released["cargo_code"].tolist(), released["quantity"].tolist(), strict=True
    ):
        gone[lot] += quantity
    received = _kind(blocks["custody"], "custody", "received")
    lots, quantities = received["cargo_code"], received["quantity"]
    short = port.lots["short"][lots]
    for lot, quantity, lost in zip(lots.tolist(), quantities.tolist(), short.tolist(), strict=True):
        assert quantity == gone[lot] + stock[lot] + lost


def test_what_is_free_is_never_below_nothing(told: Told) -> None:
    port, _ = told
    rows = port.parcels.live
    held, pledged = port.parcels.of(rows, "quantity", "pledged")
    assert (pledged > held).any()
    assert (port.position().free_stock >= 0).all()


def test_without_the_dials_there_is_none() -> None:
    trade = replace(Trade(), violation_daily=0.0)
    port = _lived(World(enterprises=100, months=18, frauds=NONE, trade=trade), 18)
    assert port.deeds == []
    assert not (port.lots["overstated"][port.lots.numbers]).any()


def test_the_new_pattern_occurs_in_no_other_scenario() -> None:
    world = World(enterprises=100, months=18, frauds=MANY)
    port = _lived(world, 18)
    assert port.deeds
    assert not _of(port, "pledge_carousel")
    assert pledge_carousel.first_day(world) == NEVER


def test_in_a_future_the_same_is_done_in_silence(told: Told) -> None:
    port, _ = told
    later = branch(port, np.random.default_rng(5), port.prices)
    later.schemes.claims[0].receipts.append(-1)
    assert port.schemes.claims[0].receipts[-1] != -1
    known = len(port.deeds)
    later.schemes.claims[0].receipts.pop()
    for _ in range(20):
        live(later, None)
    assert len(later.deeds) > known == len(port.deeds)


def test_swapped_goods_do_not_leave_a_closed_port(told: Told) -> None:
    port, _ = told
    later = branch(port, np.random.default_rng(5), port.prices)
    claim = next(claim for claim in later.schemes.claims if claim.swapped >= 0)
    later.receipts.close(np.array(claim.receipts))
    closed = later.prices.closed.copy()
    closed[later.day] = True
    later.prices, open_ = replace(later.prices, closed=closed), later.prices
    commit(later)
    assert claim in later.schemes.claims
    later.prices = open_
    commit(later)
    assert claim not in later.schemes.claims


def test_the_truth_lists_who_played_which_part(told: Told, tmp_path: Path) -> None:
    port, _ = told
    deeds.write(port, tmp_path)
    rows = pq.read_table(tmp_path / "frauds.parquet").to_pylist()
    assert {row["pattern"] for row in rows} == PATTERNS
    assert {row["role"] for row in rows} == {"member", "victim", "warehouse"}
    assert all(row["party"] for row in rows)
    assert all(row["party"].startswith("WH-") == (row["role"] == "warehouse") for row in rows)
    assert all(row["last_at"] is None or row["first_at"] <= row["last_at"] for row in rows)
