"""Threads in which calls are answered while the event loop takes others."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

MOST = 40
"""Threads at most, as many as the framework has; more calls wait for one."""

T = TypeVar("T")


def answering_threads(most: int = MOST) -> ThreadPoolExecutor:
    """Threads that are begun when they are needed."""
    return ThreadPoolExecutor(most, thread_name_prefix="answering")


async def done_in(threads: Executor, work: Callable[[], T]) -> T:
    """Do a work in a thread, in the context of whoever asks.

    Once begun it is finished, whether or not anybody still waits for it. To a thread of the
    framework's and back takes longer: a limiter, two locks and a condition a call.
    """
    context = copy_context()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(threads, context.run, _done, work)


def _done(work: Callable[[], T]) -> T:
    try:
        return work()
    except StopIteration as error:  # no future can hold it: whoever waits would wait for ever
        raise RuntimeError(f"a work ended by {error!r}") from error
