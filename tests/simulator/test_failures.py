"""Default, cure, insolvency, and what lenders lose."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator import failures
from simulator.books import Account
from simulator.feeds import Feeds
from simulator.goods import GOODS
from simulator.lending import grant_standard, lend, pledge
from simulator.losses import Resolution, loss_given_default
from simulator.payments import settle
from simulator.port import NEVER, Debt, Port
from simulator.renewals import roll
from simulator.simulation import settled, simulate
from simulator.table import Ints
from simulator.world import Lending, World
from supervision.contract.columns import column
from supervision.contract.fields import LATEST

COPPER = [good.title for good in GOODS].index("copper cathode")


@pytest.fixture
def port() -> Port:
    """Four enterprises without anything; the first two have drawn on a facility."""
    port = settled(World(enterprises=4, months=24, seed=3))
    port.feeds = Feeds(port.names.lateness, port.world.dirt, LATEST, np.random.default_rng(0))
    port.state.trading[:] = True
    port.state.patience[:] = 60
    grant_standard(port, np.array([0, 1]))
    facilities, none = port.facilities.live, np.array([-1, -1])
    lend(port, facilities, np.array([10**8, 10**8]), np.array([2, 2]), none)
    port.books.pay(Account.OWNERS, np.arange(4), port.books.cash.copy())
    return port


def _judge(port: Port, days: int) -> None:
    for _ in range(days):
        port.day += 1
        failures.judge(port, port.position())


def _owe(port: Port, owner: int, amount: int, kind: Debt) -> None:
    due = port.day
    port.debts.add(1, owner=owner, amount=amount, due=due, kind=kind, **{"from": due})


def test_every_kind_of_obligation_unpaid_for_more_than_90_days_is_a_default(port: Port) -> None:
    kinds = (Debt.COSTS, Debt.SUPPLIER, Debt.CLAIM, Debt.GUARANTEE)
    for owner, kind in zip((0, 1, 2, 3), kinds, strict=True):
        _owe(port, owner, 10**7, kind)
    _judge(port, 90)
    assert port.defaults == []
    _judge(port, 1)
    assert port.defaults == [
        (owner, 91, int(kind), owner < 2) for owner, kind in zip((0, 1, 2, 3), kinds, strict=True)
    ]


def test_what_is_not_material_is_no_default(port: Port) -> None:
    least = int(failures.material(port)[2])
    assert least >= 100_000
    _owe(port, 2, least // 2, Debt.CLAIM)
    _judge(port, 95)
    assert port.defaults == []
    _owe(port, 2, least, Debt.CLAIM)
    _judge(port, 90)
    assert 2 not in [row[0] for row in port.defaults]
    _judge(port, 1)
    assert port.defaults[-1] == (2, 186, int(Debt.CLAIM), False)


def test_only_lenders_tell_of_defaults(port: Port) -> None:
    for owner in range(4):
        _owe(port, owner, 10**9, Debt.CLAIM)
    _judge(port, 300)
    assert (port.state.insolvent_day != NEVER).all()
    outcome = port.feeds.drain(LATEST)["outcome"]
    assert set(outcome["enterprise_id"].tolist()) == {0, 1}
    kinds = column("outcome", "default_kind")
    told = {kinds.choices[code] for code in outcome["default_kind"].tolist() if code >= 0}
    assert told == {"write_off", "bankruptcy"}


def test_in_a_future_the_same_fail_and_nobody_is_told(port: Port) -> None:
    port.feeds.drain(LATEST)
    port.feeds.muted = True
    for owner in range(4):
        _owe(port, owner, 10**9, Debt.CLAIM)
    _judge(port, 300)
    assert (port.state.insolvent_day != NEVER).all()
    assert not any(len(block["kind"]) for block in port.feeds.drain(LATEST).values())


def test_creditors_share_what_is_left_pro_rata_and_the_books_close(port: Port) -> None:
    _owe(port, 0, 3 * 10**8, Debt.SUPPLIER)
    port.books.receive(Account.OWNERS, np.array([0]), np.array([2 * 10**8]))
    start = port.books.received.copy()
    _judge(port, 151)
    assert port.state.insolvent_day[0] != NEVER
    paid = start[:, 0] - port.books.received[:, 0]
    estate = 2 * 10**8 * (1.0 - port.world.recovery.liquidation_cost)
    assert paid[Account.LENDERS] == pytest.approx(estate / 4, abs=10)
    assert paid[Account.SUPPLIERS] == pytest.approx(3 * estate / 4, abs=10)
    assert port.books.cash[0] == 0
    assert port.books.difference() == 0
    rows = port.losses.live
    exposure, recovered, how = port.losses.of(rows, "exposure", "recovered", "resolution")
    lgd = loss_given_default(exposure, recovered, how)
    assert how.tolist() == [Resolution.WRITTEN_OFF]
    assert lgd[0] == pytest.approx(1.0 - estate / 4 / 10**8, abs=1e-6)


def _closed(port: Port, first: int, last: int) -> None:
    closed = port.prices.closed.copy()
    closed[first : last + 1] = True
    port.prices = replace(port.prices, closed=closed)


def _pledged(port: Port) -> Ints:
    """Goods of the first enterprise under the receipt of its loan."""
    lot = port.lots.add(1, good=COPPER, owner=0, quantity=500)
    parcel = port.parcels.add(1, lot=lot, good=COPPER, owner=0, quantity=500, order=-1)
    receipt = pledge(port, port.facilities.live[:1], parcel, np.array([400]), np.array([10**8]))
    port.receipts["parts"][receipt] = 1
    port.receipts["loan"][receipt] = port.loans.live[:1]
    return parcel


def test_lenders_realise_pledges_some_weeks_after_a_default(port: Port) -> None:
    parcel = _pledged(port)
    failures.declare(port, port.facilities.live[:1], "distressed_restructuring")
    port.facilities["defaulted"][port.facilities.live[:1]] = 1
    _judge(port, port.world.lending.enforcement_days)
    assert port.parcels["quantity"][parcel][0] == 500
    _judge(port, 1)
    assert port.parcels["quantity"][parcel][0] == 100


def test_nothing_is_realised_or_wound_up_while_the_port_is_closed(port: Port) -> None:
    parcel = _pledged(port)
    port.facilities["defaulted"][port.facilities.live[:1]] = 1
    ripe = 1 + port.world.lending.enforcement_days
    _closed(port, ripe - 2, ripe + 20)
    _judge(port, ripe + 20)
    assert port.parcels["quantity"][parcel][0] == 500
    _judge(port, 1)
    assert port.parcels["quantity"][parcel][0] == 100
    _owe(port, 2, 10**9, Debt.CLAIM)
    due = port.day
    _closed(port, due + 100, due + 200)
    _judge(port, 200)
    assert port.state.default_day[2] == due + 91
    assert port.state.insolvent_day[2] == NEVER
    _judge(port, 1)
    assert port.state.insolvent_day[2] == due + 201


def test_what_customers_still_pay_to_the_ended_goes_to_liquidators(port: Port) -> None:
    _owe(port, 2, 10**9, Debt.CLAIM)
    _judge(port, 200)
    port.books.receive(Account.CUSTOMERS, np.array([2]), np.array([5_000]))
    _judge(port, 1)
    assert port.books.cash[2] == 0
    assert port.books.received[Account.LIQUIDATORS, 2] == -5_000


def test_a_cured_default_costs_nothing(port: Port) -> None:
    port.state.patience[:] = 200
    _judge(port, 215)
    rows = port.losses.live
    assert port.losses["owner"][rows].tolist() == [0, 1]
    debts = port.debts.live
    port.debts["due"][debts] = port.day + 300
    _judge(port, 92)
    assert port.losses["resolution"][rows].tolist() == [Resolution.CURED] * 2
    assert (port.state.default_day == NEVER).all()
    lgd = loss_given_default(*port.losses.of(rows, "exposure", "recovered", "resolution"))
    assert lgd.tolist() == [0.0, 0.0]


def test_rolling_a_loan_over_moves_no_money_and_leaves_as_much_drawn(port: Port) -> None:
    loans, cash = port.loans.live, port.books.cash.copy()
    facilities = port.loans["facility"][loans]
    roll(port, loans, facilities)
    assert (port.books.cash == cash).all()
    assert port.facilities["drawn"][facilities].tolist() == [10**8, 10**8]
    assert not set(loans.tolist()) & set(port.loans.live.tolist())
    owner, amount, kind = port.debts.of(port.debts.live, "owner", "amount", "kind")
    owed = amount[(owner == 0) & (kind == Debt.INSTALMENT)]
    assert owed.sum() == 10**8
    assert port.books.difference() == 0


def test_a_declared_restructuring_is_a_default_of_the_truth_too(port: Port) -> None:
    failures.declare(port, port.facilities.live[:1], "distressed_restructuring")
    assert port.defaults == [(0, 0, int(Debt.INSTALMENT), True)]
    failures.declare(port, port.facilities.live[:1], "distressed_restructuring")
    assert len(port.defaults) == 1


def test_guarantors_who_pay_relieve_those_whom_they_guaranteed(port: Port) -> None:
    port.guarantees.add(1, guarantor=3, debtor=0, amount=3 * 10**7, ends=NEVER)
    failures.declare(port, port.facilities.live[:1], "distressed_restructuring")
    called = port.debts.live[port.debts["owner"][port.debts.live] == 3]
    assert port.debts["amount"][called].tolist() == [3 * 10**7]
    port.books.receive(Account.OWNERS, np.array([3]), np.array([3 * 10**7]))
    settle(port, called)
    assert port.facilities["drawn"][np.array([0])][0] == 7 * 10**7
    assert port.losses["recovered"][port.losses.live].tolist() == [3 * 10**7]
    assert port.books.difference() == 0


def test_the_losses_stand_in_the_truth(tmp_path: Path) -> None:
    misfortune = Lending(mishaps_yearly=0.6)
    simulate(World(enterprises=100, months=24, seed=4, lending=misfortune), tmp_path / "w")
    table = pq.read_table(tmp_path / "w" / "truth" / "losses.parquet").to_pylist()
    assert table
    for row in table:
        assert row["exposure"] > 0
        assert row["recovered"] >= 0
        assert (row["ended_at"] is None) == (row["resolution"] == "open")
        assert row["pledged"] or not (row["static"] or row["controlled"])
        if row["resolution"] == "written_off":
            assert 0.0 <= row["lgd"] <= 1.0
