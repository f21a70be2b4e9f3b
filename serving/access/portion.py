"""Calls that were counted ahead, so that not every call waits for the database that counts."""

import threading
from collections import OrderedDict

PARTS = 200
"""A portion is so small a part of what may be asked in a minute."""
MOST = 30
"""Calls that are counted ahead at most."""
_CLIENTS = 10_000


def portion_of(amount: int) -> int:
    """Calls that are counted at once where so many may be asked in a minute; 1: each by itself."""
    return max(1, min(MOST, amount // PARTS))


class Portions:
    """What is left of portions, by what they are of; shared by threads.

    A worker that ends, or a client that asks no more, lets the rest of a portion lapse: of what may
    be asked, so much less is.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def spend(self, of: tuple[str, str], now: int) -> bool:
        """Take one call of a portion, if its window still runs and any is left."""
        with self._lock:
            left, ends_at = self._left.get(of, (0, 0))
            if not left or now >= ends_at:
                return False
            self._left[of] = left - 1, ends_at
            return True

    def keep(self, of: tuple[str, str], left: int, ends_at: int) -> None:
        """Keep a portion that was counted, until its window ends (UTC microseconds)."""
        with self._lock:
            held, until = self._left.pop(of, (0, 0))
            self._left[of] = left + (held if until == ends_at else 0), ends_at
            while len(self._left) > _CLIENTS:
                self._left.popitem(last=False)
