"""Who runs the tasks of a job: this process, a pool of processes, or a Dask cluster.

A task writes its own result and gives nothing back, so all three are one function: given work
and tasks, run the work on each task and yield the task once that is done, in whatever order.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Protocol, TypeVar

from supervision.errors import CargoworthyError, UsageError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 20
"""Seconds within which a cluster's scheduler must answer, and again its first worker."""

T = TypeVar("T")


class Executor(Protocol):
    """Runs work on tasks."""

    def __call__(self, work: Callable[[T], object], tasks: Sequence[T]) -> Iterator[T]:
        """Run all tasks; yield each once it is done.

        Parameters
        ----------
        work : callable
            A function that other processes can import.
        tasks : sequence
            What it is called with; anything that can be pickled.

        Raises
        ------
        CargoworthyError
            If what runs the tasks is lost.
        """
        ...


@contextmanager
def executor(workers: int = 1, cluster: str | None = None) -> Iterator[Executor]:
    """Open what runs tasks.

    Parameters
    ----------
    workers : int
        Processes; 1 runs all in this one.
    cluster : str or None
        Address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``; it goes before ``workers``.

    Raises
    ------
    CargoworthyError
        If the extra is missing, or the cluster cannot be reached or has no worker.
    UsageError
        If the address is malformed.
    """
    if cluster is None:
        if workers == 1:
            yield in_this_process
            return
        with in_processes(workers) as run:
            yield run
        return
    with connected(cluster) as client:
        yield on_cluster(client)


def in_this_process(work: Callable[[T], object], tasks: Sequence[T]) -> Iterator[T]:
    """Run the tasks here, one after the other."""
    for task in tasks:
        work(task)
        yield task


@contextmanager
def in_processes(workers: int) -> Iterator[Executor]:
    """Run tasks in processes of this machine, which end when this one does.

    They start with the first tasks, and stay for those of later stages: to start one takes
    seconds.
    """
    pools: list[ProcessPoolExecutor] = []

    def run(work: Callable[[T], object], tasks: Sequence[T]) -> Iterator[T]:
        if len(tasks) < 2:
            yield from in_this_process(work, tasks)
            return
        if not pools:
            pools.append(
                ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
            )
        running = {pools[0].submit(work, task): task for task in tasks}
        try:
            for done in as_completed(running):
                done.result()
                yield running[done]
        except BrokenProcessPool as error:
            raise CargoworthyError(
                "expected all worker processes to live, found one that was killed, perhaps for "
                "want of memory; run the same again (what is finished is kept), with fewer workers"
            ) from error
        finally:
            for waiting in running:
                waiting.cancel()

    try:
        yield run
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def on_cluster(client: "Client") -> Executor:
    """Run tasks on a cluster; those of a worker that is lost are run again on another."""

    def run(work: Callable[[T], object], tasks: Sequence[T]) -> Iterator[T]:
        from distributed import CancelledError
        from distributed import as_completed as completed
        from distributed.scheduler import KilledWorker

        running = {client.submit(work, task, pure=False): task for task in tasks}
        try:
            for done in completed(list(running), client.loop):
                done.result()
                # Forgotten at once: or it would run again when the worker that did it is lost.
                yield running.pop(done)
                done.release()
        except KilledWorker as error:
            raise CargoworthyError(
                "expected a task to end, found that every worker that tried it was killed "
                f"({error!s:.200}); give the workers more memory, then run the same again: what "
                "is finished is kept"
            ) from error
        except CancelledError as error:
            raise CargoworthyError(
                "expected the cluster to stay, found that its scheduler is gone; start it, then "
                "run the same again: what is finished is kept"
            ) from error
        finally:
            if client.status == "running":
                client.cancel(list(running))

    return run


@contextmanager
def connected(address: str) -> "Iterator[Client]":
    """Connect to a cluster that has a worker.

    Parameters
    ----------
    address : str
        Of its Dask scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    CargoworthyError
        If the extra is missing, or the cluster cannot be reached or has no worker.
    UsageError
        If the address is malformed.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError as error:
        raise CargoworthyError(
            "expected the package distributed for a cluster, found none; install the extra "
            "`cluster`: pip install '.[cluster]'"
        ) from error
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise UsageError(
            f"expected the address of a Dask scheduler, as tcp://HOST:PORT, found {error!s:.150}"
        ) from error
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError as error:
        raise CargoworthyError(
            f"expected a Dask scheduler at {address!r:.100}, found none within {PATIENCE} s; "
            "start one with `dask scheduler` and name it as tcp://HOST:PORT"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise CargoworthyError(
                f"expected workers at the scheduler {address!r:.100}, found none within "
                f"{PATIENCE} s; start some with `dask worker {address:.100}`"
            ) from error
        yield client


def _end_with_parent() -> None:
    """Let a worker process die with the one that started it, even if that one is killed.

    Otherwise it would wait for tasks for ever. An interrupt from the keyboard is the parent's.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=follow, daemon=True).start()
