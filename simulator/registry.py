"""The registry: who enterprises are, their links to core enterprises, the guarantees they give."""

import numpy as np

from simulator.books import Account
from simulator.clock import DAY
from simulator.goods import GOODS
from simulator.names import INDUSTRIES, INDUSTRY_OF
from simulator.port import Port
from simulator.table import Ints
from supervision.contract.columns import column

_SIZES = [column("enterprise", "size_class").code(s) for s in ("micro", "small", "medium", "large")]
_SIZE_BOUNDS = np.array([10, 50, 400], np.int64) * 10**8
"""Yearly turnover in fen from which a wholesaler is small, medium, large (10, 50, 400 million
yuan: 统计上大中小微型企业划分办法 (2017))."""
_INDUSTRY = np.array([INDUSTRIES.index(INDUSTRY_OF[good.family]) for good in GOODS], np.int64)
_ADVANCED, _REGISTERED, _DISHONEST = (
    column("enterprise", "customs_credit_grade").code(grade)
    for grade in ("advanced", "registered", "dishonest")
)


def found(port: Port) -> None:
    """Enterprises that begin today are registered and receive their owners' capital."""
    new = np.flatnonzero(port.who.start == port.day)
    if not len(new):
        return
    who, rng, names, count = port.who, port.rng, port.names, len(new)
    port.state.trading[new] = True
    port.state.pace[new] = who.turnover[new] / 30.4
    port.books.receive(Account.OWNERS, new, who.equity[new])
    _register(port, new)
    port.feeds.emit(
        "enterprise",
        "actual_controller",
        port.at(count, 9, 10),
        provider=names.registry,
        enterprise=new,
        party=names.persons_at + np.where(rng.random(count) < 0.93, new, new // 2),
    )
    related = new[rng.random(count) < 0.2]
    port.feeds.emit(
        "enterprise",
        "related_party",
        port.at(len(related), 10, 11),
        provider=names.registry,
        enterprise=related,
        party=who.peers[related, 0],
    )
    linked = new[who.core[new] >= 0]
    port.feeds.emit(
        "enterprise",
        "core_link",
        port.at(len(linked), 11, 12),
        provider=names.registry,
        enterprise=linked,
        party=names.cores_at + who.core[linked],
        core_rating=who.core_rating[linked],
    )


def monthly(port: Port, month: int) -> None:
    """Guarantees given and ended, customs grades changed in this month."""
    _guarantee(port, month)
    who, rng = port.who, port.rng
    slack = 1.0 - who.honesty
    changed = port.state.trading & (
        rng.random(len(slack)) < 0.004 + 0.02 * slack * port.state.distress
    )
    _register(port, np.flatnonzero(changed))


def _register(port: Port, rows: Ints) -> None:
    who, rng, count = port.who, port.rng, len(rows)
    slack = (1.0 - who.honesty[rows]) * (1.0 + port.state.distress[rows])
    drawn = rng.random(count)
    grade = np.where(drawn < 0.30 * who.care[rows], _ADVANCED, _REGISTERED)
    grade = np.where(drawn > 1.0 - 0.10 * slack, _DISHONEST, grade)
    size = np.searchsorted(_SIZE_BOUNDS, who.turnover[rows] * 12, side="right")
    port.feeds.emit(
        "enterprise",
        "registration",
        port.at(count, 8, 9),
        provider=port.names.registry,
        enterprise=rows,
        region=who.region[rows],
        industry=_INDUSTRY[who.goods[rows, 0]],
        size_class=np.array(_SIZES)[size],
        registered_capital=who.equity[rows] // 10**7 * 10**7 + 10**7,
        established_on=port.clock.calendar(who.established[rows]),
        customs_credit_grade=grade,
    )


def _guarantee(port: Port, month: int) -> None:
    """A twelfth of the guarantees to come begin each month; they last one to two years."""
    who, rng, state = port.who, port.rng, port.state
    ended = port.guarantees.live
    ended = ended[port.guarantees["ends"][ended] <= port.day]
    _tell(port, "guarantee_ended", ended)
    port.guarantees.close(ended)
    debtor = who.guarantees
    given = np.zeros(len(debtor), np.bool_)
    given[port.guarantees["guarantor"][port.guarantees.live]] = True
    begins = (debtor >= 0) & ~given & state.trading & state.trading[debtor]
    begins &= rng.random(len(debtor)) < (0.08 if month else 0.5)
    rows = np.flatnonzero(begins)
    new = port.guarantees.add(
        len(rows),
        guarantor=rows,
        debtor=debtor[rows],
        amount=np.asarray(who.equity[rows] * rng.uniform(0.05, 0.3, len(rows)), np.int64),
        ends=port.day + rng.integers(360, 740, len(rows)),
    )
    _tell(port, "guarantee_given", new)


def _tell(port: Port, kind: str, rows: Ints) -> None:
    guarantor, debtor, amount = port.guarantees.of(rows, "guarantor", "debtor", "amount")
    port.feeds.emit(
        "enterprise",
        kind,
        port.at(len(rows), 10, 16) + port.rng.integers(0, 3, len(rows)) * DAY,
        provider=port.names.registry,
        enterprise=guarantor,
        party=debtor,
        reference=rows,
        amount=amount,
    )
