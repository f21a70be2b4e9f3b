"""How much a client may ask in a minute, counted over all workers in the ledger's database."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from serving.access.errors import TooManyCalls
from serving.access.portion import Portions, portion_of
from serving.access.store import METADATA, Store

RATE = sa.Table(
    "access_rate",
    METADATA,
    sa.Column("key", sa.String(160), primary_key=True),
    sa.Column("hits", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
)
"""One row for each window: what was asked in it so far, and when it ends (UTC microseconds)."""

_SECOND = 1_000_000
_FORGOTTEN = 3_600 * _SECOND
_RUNS = RATE.c.ends_at > sa.bindparam("now")
_COUNT = sa.text(
    "INSERT INTO access_rate (key, hits, ends_at) VALUES (:key, :amount, :ends) "
    "ON CONFLICT (key) DO UPDATE SET "
    "hits = CASE WHEN access_rate.ends_at > :now THEN access_rate.hits ELSE 0 END + :amount, "
    "ends_at = CASE WHEN access_rate.ends_at > :now THEN access_rate.ends_at "
    "ELSE excluded.ends_at END RETURNING hits"
)


class LedgerStorage(Storage):
    """Windows of the library ``limits``, kept in the ledger's database.

    Parameters
    ----------
    store : Store
    clock : callable
        UTC microseconds now.
    """

    STORAGE_SCHEME = None

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        super().__init__()
        self._store = store
        self._clock = clock

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in one statement, and begin a new window where the last one is over."""
        now = self._clock()
        bound = {"key": key, "amount": amount, "now": now, "ends": now + expiry * _SECOND}

        def count(connection: Connection) -> int:
            hits = int(connection.execute(_COUNT, bound).scalar_one())
            if hits == amount:  # a new window: seldom enough to tidy up by the way
                old = RATE.c.ends_at < now - _FORGOTTEN
                connection.execute(sa.delete(RATE).where(old))
            return hits

        return self._store.ask(count, writes=True)

    def get(self, key: str) -> int:
        """Tell what was asked in the window that runs."""
        return self._read(RATE.c.hits, key) or 0

    def get_expiry(self, key: str) -> float:
        """Tell when the window ends, UTC seconds; now where none runs."""
        return (self._read(RATE.c.ends_at, key) or self._clock()) / _SECOND

    def _read(self, column: sa.ColumnElement[int], key: str) -> int | None:
        query = sa.select(column).where(RATE.c.key == sa.bindparam("key"), _RUNS)
        bound = {"key": key, "now": self._clock()}
        return self._store.ask(lambda connection: connection.execute(query, bound).scalar())

    def check(self) -> bool:
        """Whether the database answers."""
        with self._store.reading() as connection:
            connection.execute(sa.select(1))
        return True

    def reset(self) -> int | None:
        """Forget all windows."""
        with self._store.counting() as connection:
            return int(connection.execute(sa.delete(RATE)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self._store.counting() as connection:
            connection.execute(sa.delete(RATE).where(RATE.c.key == key))


@dataclass(frozen=True)
class Rate:
    """A number that may be asked in a minute, of one thing."""

    of: str
    item: RateLimitItem


class Rates:
    """The limits in force.

    Parameters
    ----------
    store : Store
    clock : callable
        UTC microseconds now.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._limiter = FixedWindowRateLimiter(LedgerStorage(store, clock))
        self._portions = Portions()

    def take_counted(self, rate: Rate, who: str) -> bool:
        """Take a call of those that were counted ahead; whether there was one."""
        return self._portions.spend((rate.of, who), self._clock())

    def take(self, rate: Rate, who: str, cost: int = 1) -> None:
        """Count a call, or several.

        Single calls are counted in small portions where much may be asked.

        Raises
        ------
        TooManyCalls
            If that is more than the rate allows; it says when to come again.
        """
        portion = portion_of(rate.item.amount) if cost == 1 else 1
        if portion > 1 and self.take_counted(rate, who):
            return
        if self._limiter.hit(rate.item, rate.of, who, cost=max(cost, portion)):
            if portion > 1:
                ends_at = self._limiter.get_window_stats(rate.item, rate.of, who).reset_time
                self._portions.keep((rate.of, who), portion - 1, int(ends_at * _SECOND))
            return
        stats = self._limiter.get_window_stats(rate.item, rate.of, who)
        wait = max(1, -(-(int(stats.reset_time * _SECOND) - self._clock()) // _SECOND))
        raise TooManyCalls(
            f"at most {rate.item.amount} {rate.of} a minute",
            "more",
            f"try again in {wait} s",
            {
                "Retry-After": str(wait),
                "RateLimit-Policy": f'"{rate.of}";q={rate.item.amount};w=60',
                "RateLimit": f'"{rate.of}";r={stats.remaining};t={wait}',
            },
        )


def a_minute(amount: int, of: str) -> Rate:
    """A rate of so many a minute."""
    return Rate(of, RateLimitItemPerMinute(amount))
