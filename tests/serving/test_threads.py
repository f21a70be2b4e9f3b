"""Works in threads: their outcomes, their context, and that none waits without need."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextvars import ContextVar

import pytest

from serving.threads import answering_threads, done_in

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")


@pytest.fixture
def threads() -> Iterator[Executor]:
    with answering_threads(most=3) as found:
        yield found


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        await asyncio.wait_for(test(), 30)

    asyncio.run(within())


def test_a_work_gives_what_it_returns_and_raises_what_it_raises(threads: Executor) -> None:
    def fail() -> None:
        raise KeyError("x")

    async def test() -> None:
        assert await done_in(threads, lambda: 7) == 7
        with pytest.raises(KeyError, match="x"):
            await done_in(threads, fail)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await done_in(threads, lambda: next(iter(())))
        assert await done_in(threads, threading.get_ident) != threading.get_ident()

    run(test)


def test_a_work_sees_the_context_of_who_asks_and_leaves_it_as_it_was(threads: Executor) -> None:
    def told() -> str:
        before = NAME.get()
        NAME.set("somebody else")
        return before

    async def as_one(name: str) -> str:
        NAME.set(name)
        found = await done_in(threads, told)
        assert NAME.get() == name
        return found

    async def test() -> None:
        names = [f"name-{n}" for n in range(20)]
        assert await asyncio.gather(*map(as_one, names)) == names
        assert await done_in(threads, told) == "nobody"

    run(test)


def test_calls_one_after_the_other_take_one_thread(threads: Executor) -> None:
    async def test() -> None:
        found = set()
        for _ in range(20):
            found.add(await done_in(threads, threading.get_ident))
            await asyncio.sleep(0.002)  # until the thread listens again
        assert len(found) == 1

    run(test)


def test_a_work_that_was_not_begun_when_nobody_waits_any_more_is_not_done() -> None:
    threads, go, done = answering_threads(most=1), threading.Event(), []

    async def test() -> None:
        first = asyncio.create_task(done_in(threads, lambda: go.wait(20)))
        waiting = asyncio.create_task(done_in(threads, lambda: done.append(1)))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go.set()
        await first
        assert await done_in(threads, lambda: len(done)) == 0

    run(test)
    threads.shutdown()


def test_as_many_works_go_on_at_once_as_may_and_the_others_follow(threads: Executor) -> None:
    together, counted = threading.Barrier(3), []

    def work(number: int) -> int:
        if number < 3:
            together.wait(20)  # all three, or it breaks
        counted.append(number)
        return threading.get_ident()

    async def test() -> None:
        found = await asyncio.gather(*(done_in(threads, lambda n=n: work(n)) for n in range(50)))
        assert len(set(found)) == 3
        assert sorted(counted) == list(range(50))

    run(test)


def test_a_work_that_nobody_waits_for_is_finished_and_its_thread_works_on() -> None:
    threads, go, done = answering_threads(most=1), threading.Event(), []

    def slow() -> None:
        go.wait(20)
        done.append(1)

    async def test() -> None:
        task = asyncio.create_task(done_in(threads, slow))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not done
        waiting = asyncio.create_task(done_in(threads, lambda: len(done)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        go.set()
        assert await waiting == 1

    run(test)
    threads.shutdown()


def test_closing_waits_for_what_is_done_and_leaves_no_thread() -> None:
    threads, before = answering_threads(), threading.active_count()

    async def test() -> None:
        works = [asyncio.create_task(done_in(threads, lambda: time.sleep(0.1))) for _ in range(5)]
        await asyncio.sleep(0.02)
        assert threading.active_count() == before + 5
        await asyncio.to_thread(threads.shutdown)
        await asyncio.gather(*works)

    run(test)
    assert threading.active_count() == before
