"""Margin calls: topping up, and closing out, when prices fall."""

from dataclasses import replace

import numpy as np
import pytest

from simulator import margin_calls
from simulator.books import Account
from simulator.goods import GOODS
from simulator.lending import grant_standard, lend, pledge
from simulator.payments import settle
from simulator.pledges import release
from simulator.port import Debt, Port
from simulator.simulation import settled
from simulator.table import Ints
from simulator.world import World

_COPPER = [good.title for good in GOODS].index("copper cathode")
_LTV = GOODS[_COPPER].ltv
_HELD = 1_000_000


@pytest.fixture
def port() -> Port:
    """Three enterprises, each with a loan at the full loan to value of its copper."""
    port = settled(World(enterprises=3, months=12, seed=3))
    port.state.trading[:] = True
    port.day = 30
    port.prices.spot[30:] = port.prices.spot[30]
    owners = np.arange(3)
    grant_standard(port, owners)
    lots = port.lots.add(3, good=_COPPER, owner=owners, quantity=2 * _HELD)
    parcels = port.parcels.add(
        3,
        lot=lots,
        good=_COPPER,
        owner=owners,
        quantity=2 * _HELD,
        lot_quantity=2 * _HELD,
        order=-1,
    )
    worth = int(_HELD * port.spot[_COPPER] // 1000 * _LTV)
    amount, parts = np.full(3, worth), np.full(3, 4)
    receipts = pledge(port, port.facilities.live, parcels, np.full(3, _HELD), amount)
    port.receipts["parts"][receipts] = parts
    lend(port, port.facilities.live, amount, parts, receipts)
    # One may pay, one has more goods, one has nothing.
    port.parcels["quantity"][parcels[[0, 2]]] = _HELD
    cash = port.books.cash.copy()
    cash[0] = 0
    _take(port, cash)
    return port


def _take(port: Port, cash: Ints) -> None:
    port.books.pay(Account.OWNERS, np.arange(3), cash)


def _live(port: Port, days: int) -> None:
    for _ in range(days):
        port.day += 1
        margin_calls.watch(port)


def _fall(port: Port, share: float) -> None:
    port.prices.spot[port.day + 1 :, _COPPER] = int(port.spot[_COPPER] * (1.0 - share))


def test_nobody_is_called_while_the_price_stands(port: Port) -> None:
    _live(port, 20)
    assert not port.loans["top_up"][port.loans.live].any()
    assert len(port.receipts.live) == 3


def test_a_fall_beyond_the_alert_line_is_answered_with_cash_or_goods(port: Port) -> None:
    _fall(port, 0.10)
    _live(port, 20)
    left = port.loans["left"][port.loans.live]
    amount = port.loans["amount"][port.loans.live]
    assert (left < amount).tolist() == [True, False, False]
    owner = port.receipts["owner"][port.receipts.live]
    assert owner.tolist() == [0, 1, 2, 1]
    # Who could not answer keeps its loan while the close-out line is not crossed.
    assert port.loans["top_up"][port.loans.live].tolist()[:2] == [0, 0]
    assert port.loans["top_up"][port.loans.live][2] > 0
    carried = margin_calls.carried(port, port.loans.live)
    assert (carried[:2] >= left[:2]).all()


def test_who_does_not_answer_beyond_the_close_out_line_loses_the_goods(port: Port) -> None:
    _fall(port, 0.19)
    _live(port, 20)
    assert 2 not in port.receipts["owner"][port.receipts.live]
    assert port.parcels["quantity"][np.array([2])][0] == 0
    owner, kind = port.debts.of(port.debts.live, "owner", "kind")
    shortfall = (owner == 2) & (kind == Debt.INSTALMENT)
    left = port.loans["left"][np.array([2])][0]
    assert left == port.debts["amount"][port.debts.live[shortfall]].sum()
    assert left == port.facilities["drawn"][np.array([2])][0]
    assert port.books.difference() == 0
    assert (port.books.cash >= 0).all()


def test_nothing_is_closed_out_while_the_port_is_closed(port: Port) -> None:
    _fall(port, 0.19)
    closed = port.prices.closed.copy()
    closed[port.day : port.day + 30] = True
    port.prices = replace(port.prices, closed=closed)
    _live(port, 29)
    assert 2 in port.receipts["owner"][port.receipts.live]
    _live(port, 9)
    assert 2 not in port.receipts["owner"][port.receipts.live]


def test_a_loss_on_closing_out_is_a_default(port: Port) -> None:
    _fall(port, 0.40)
    _live(port, 20)
    assert [row[0] for row in port.defaults if row[0] == 2] == [2]
    assert port.facilities["defaulted"][np.array([2])][0] > 0
    row = port.losses.live[port.losses["owner"][port.losses.live] == 2]
    assert port.losses["exposure"][row][0] == port.facilities["drawn"][np.array([2])][0]


def test_a_top_up_is_freed_when_the_loan_is_repaid(port: Port) -> None:
    _fall(port, 0.10)
    _live(port, 20)
    debts = port.debts.live
    debts = debts[port.debts["owner"][debts] == 1]
    port.books.receive(Account.OWNERS, np.array([1]), np.array([port.debts["amount"][debts].sum()]))
    settle(port, debts)
    port.day += 1
    release(port)
    assert 1 not in port.receipts["owner"][port.receipts.live]
    assert port.parcels["pledged"][np.array([1])][0] == 0
