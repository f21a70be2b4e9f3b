"""Threads in which calls are answered while the event loop takes others.

To a thread of the framework's and back, each call takes a limiter, two locks and a condition; here
a queue there and a callback of the loop back, in half the time.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

MOST = 40
"""Threads at most, as many as the framework has; more calls wait for one."""

T = TypeVar("T")
_Call: TypeAlias = "tuple[Context, Callable[[], Any], asyncio.Future[Any]]"
_Calls: TypeAlias = "SimpleQueue[_Call | None]"


class Threads:
    """As many threads as there were calls at one time; asked in one event loop alone.

    Parameters
    ----------
    most : int
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._begun: list[tuple[_Calls, threading.Thread]] = []
        self._free: list[_Calls] = []
        """Where free threads listen; the last one to become free is the first to be asked, so
        that few are kept warm."""
        self._waiting: deque[_Call] = deque()

    async def run(self, work: Callable[[], T]) -> T:
        """Do a work in a thread, in the context of whoever asks.

        Once begun it is finished, whether or not anybody still waits for it.
        """
        outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        call = copy_context(), work, outcome
        if self._free:
            self._free.pop().put(call)
        elif len(self._begun) < self._most:
            self._begin().put(call)
        else:
            self._waiting.append(call)
        return await outcome

    def close(self) -> None:
        """End the threads; each finishes what it does."""
        for calls, _ in self._begun:
            calls.put(None)
        for _, thread in self._begun:
            thread.join()
        self._begun.clear()
        self._free.clear()

    def _begin(self) -> _Calls:
        calls: _Calls = SimpleQueue()
        named = f"answering-{len(self._begun)}"
        thread = threading.Thread(target=self._answer, args=(calls,), name=named, daemon=True)
        thread.start()
        self._begun.append((calls, thread))
        return calls

    def _answer(self, calls: _Calls) -> None:
        while (call := calls.get()) is not None:
            context, work, outcome = call
            found, fault = _done(context, work)
            outcome.get_loop().call_soon_threadsafe(self._tell, calls, outcome, found, fault)
            del call, context, work, outcome, found, fault  # nothing of it is kept meanwhile

    def _tell(
        self,
        calls: _Calls,
        outcome: "asyncio.Future[Any]",
        found: object,
        fault: BaseException | None,
    ) -> None:
        """Give the outcome, and the thread its next call; in the event loop."""
        if self._waiting:
            calls.put(self._waiting.popleft())
        else:
            self._free.append(calls)
        if outcome.done():  # nobody waits any more
            return
        if fault is None:
            outcome.set_result(found)
        else:
            outcome.set_exception(fault)


def _done(context: Context, work: Callable[[], object]) -> tuple[object, BaseException | None]:
    """What a work returned, or raised."""
    try:
        return context.run(work), None
    except StopIteration as error:  # no future can hold it
        return None, RuntimeError(f"a work ended by {error!r}")
    except BaseException as error:
        return None, error
