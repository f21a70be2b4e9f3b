import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from serving.access.errors import TooManyCalls
from serving.access.rates import LedgerStorage, Rates, a_minute
from serving.access.store import Store
from tests.serving.conftest import NOW

ROOT = Path(__file__).parents[3]
SECOND = 1_000_000


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
def shared(url: str) -> Iterator[Store]:
    found = Store(url)
    LedgerStorage(found, lambda: NOW).reset()
    yield found
    found.close()


def test_the_call_beyond_the_rate_is_told_when_to_come_again(shared: Store) -> None:
    now = [NOW]
    rates, rate = Rates(shared, lambda: now[0]), a_minute(3, "calls")
    for _ in range(3):
        rates.take(rate, "bank-a")
    now[0] += 20 * SECOND + 1
    with pytest.raises(TooManyCalls) as found:
        rates.take(rate, "bank-a")
    assert found.value.headers == {
        "Retry-After": "40",
        "RateLimit-Policy": '"calls";q=3;w=60',
        "RateLimit": '"calls";r=0;t=40',
    }
    rates.take(rate, "bank-b")
    now[0] += 40 * SECOND
    rates.take(rate, "bank-a")


def test_a_batch_counts_as_its_rows(shared: Store) -> None:
    rates, rate = Rates(shared, lambda: NOW), a_minute(100, "rows")
    rates.take(rate, "bank-a", 60)
    with pytest.raises(TooManyCalls):
        rates.take(rate, "bank-a", 60)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3)), max_size=30))
def test_windows_are_those_of_a_plain_count(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, int]]
) -> None:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('rates')}/l.db")
    now, begun, count = [NOW], -(10**18), 0
    storage = LedgerStorage(store, lambda: now[0])
    limiter, item = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(5)
    for seconds, cost in calls:
        now[0] += seconds * SECOND
        if now[0] >= begun + 60 * SECOND:
            begun, count = now[0], 0
        count += cost
        assert limiter.hit(item, "x", cost=cost) is (count <= 5)
        assert limiter.get_window_stats(item, "x").remaining == max(0, 5 - count)
        assert storage.get_expiry(item.key_for("x")) == (begun + 60 * SECOND) / SECOND
    assert storage.check()
    storage.clear(item.key_for("x"))
    assert storage.get(item.key_for("x")) == 0
    store.close()


PROGRAM = """
import sys
from serving.access.errors import TooManyCalls
from serving.access.rates import Rates, a_minute
from serving.access.store import Store
rates, rate = Rates(Store(sys.argv[1]), lambda: 1_672_617_600_000_000), a_minute(50, "calls")
passed = 0
for _ in range(40):
    try:
        rates.take(rate, "bank-a")
        passed += 1
    except TooManyCalls:
        pass
print(passed)
"""


def test_workers_share_one_rate(shared: Store, url: str) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    passed = [int(worker.communicate(timeout=120)[0]) for worker in workers]
    assert sum(passed) == 50


def test_threads_share_one_rate(shared: Store) -> None:
    rates, rate, refused = Rates(shared, lambda: NOW), a_minute(30, "calls"), []

    def call() -> None:
        for _ in range(20):
            try:
                rates.take(rate, "bank-t")
            except TooManyCalls:
                refused.append(1)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4 * 20 - 30
