from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.access.errors import TooManyCalls
from serving.access.portion import MOST, PARTS, Portions, portion_of
from serving.access.rates import Rates, a_minute
from serving.access.store import Store

SECOND = 1_000_000
NOW = 1_672_617_600_000_000


def passed(rates: Rates, amount: int, calls: int, who: str = "bank-a") -> int:
    rate, found = a_minute(amount, "calls"), 0
    for _ in range(calls):
        try:
            rates.take(rate, who)
            found += 1
        except TooManyCalls:
            pass
    return found


def test_a_portion_is_at_most_half_a_percent() -> None:
    assert [portion_of(amount) for amount in (1, 399, 400, 6_000, 10**9)] == [1, 1, 2, 30, MOST]
    assert all(portion_of(amount) <= max(1, amount / PARTS) for amount in range(1, 10_000))


@settings(max_examples=8)
@given(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=30), st.integers(400, 900))
def test_workers_together_let_pass_what_is_allowed_but_for_their_portions(
    tmp_path_factory: pytest.TempPathFactory, turns: list[int], amount: int
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('rates')}/l.db")
    workers = [Rates(store, lambda: NOW) for _ in range(3)]
    each = 2 * amount // len(turns) + 1
    found = sum(passed(workers[turn], amount, each) for turn in turns)
    store.close()
    assert amount - 3 * portion_of(amount) < found <= amount


def test_a_portion_ends_with_its_window(tmp_path: Path) -> None:
    store, now = Store(f"sqlite:///{tmp_path}/l.db"), [NOW]
    rates = Rates(store, lambda: now[0])
    assert passed(rates, 400, 401) == 400
    now[0] += 60 * SECOND
    assert passed(rates, 400, 1) == 1
    assert rates.take_counted(a_minute(400, "calls"), "bank-a")
    assert not rates.take_counted(a_minute(400, "calls"), "bank-b")
    rates.take(a_minute(400, "calls"), "bank-a")
    now[0] += 60 * SECOND
    assert not rates.take_counted(a_minute(400, "calls"), "bank-a")
    store.close()


def test_what_two_calls_counted_at_once_is_kept_together() -> None:
    portions = Portions()
    portions.keep(("calls", "a"), 2, NOW + 9)
    portions.keep(("calls", "a"), 1, NOW + 9)
    assert [portions.spend(("calls", "a"), NOW) for _ in range(4)] == [True, True, True, False]
    portions.keep(("calls", "a"), 5, NOW + 9)
    portions.keep(("calls", "a"), 1, NOW + 99)
    assert [portions.spend(("calls", "a"), NOW + 10) for _ in range(2)] == [True, False]
