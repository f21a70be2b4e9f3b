"""Draining: a service that is told to end says first that it is not ready, and answers on.

So whoever spreads the calls over several services has time to notice, and no call is lost.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Draining:
    """The time between SIGTERM and the end of listening.

    Parameters
    ----------
    seconds : float
        How long calls are still taken; those in flight then are finished in any case.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = False

    def missing(self) -> tuple[str, ...]:
        """The reason for which no new calls should come; none is good."""
        return ("the service is told to end; another one must answer",) if self._begun else ()

    @contextmanager
    def watching(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """Take SIGTERM before the server does, and hand it on when the time is over.

        A second one is handed on at once, and so is Ctrl-C always.

        Parameters
        ----------
        loop : asyncio.AbstractEventLoop
            In which the server runs.
        """
        if threading.current_thread() is not threading.main_thread():
            yield  # a server in another thread is not ended by signals
            return
        server = signal.getsignal(signal.SIGTERM)
        if not callable(server):
            yield
            return

        def take(number: int, frame: FrameType | None) -> None:
            if self._begun:
                server(number, frame)
                return
            self._begun = True
            loop.call_soon_threadsafe(loop.call_later, self._seconds, server, number, None)

        signal.signal(signal.SIGTERM, take)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, server)
