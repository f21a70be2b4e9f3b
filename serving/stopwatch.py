"""Where the time of one answer goes."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType

SPAN: ContextVar[Callable[[str], AbstractContextManager[object]] | None] = ContextVar(
    "span", default=None
)
"""What opens a span of a trace around a stage; None where nothing is traced."""
_MOST_SPANS = 64
"""Of one answer; a batch has some thousands of stages."""


class Stopwatch:
    """Seconds taken by each stage of one answer; where the call is traced, a span for each."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._span = SPAN.get()
        self._spans = 0

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Time what happens inside."""
        self._spans += 1
        if self._span is None or self._spans > _MOST_SPANS:
            return _Stage(name, self.seconds)
        return _Stage(name, self.seconds, self._span(name))


class _Stage(AbstractContextManager[None]):
    """One stage: a class and no generator, which takes three times as long to go in and out of."""

    def __init__(
        self,
        name: str,
        seconds: dict[str, float],
        span: AbstractContextManager[object] | None = None,
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._span = span

    def __enter__(self) -> None:
        self._begun = time.perf_counter()
        if self._span is not None:
            self._span.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._span is not None:
                self._span.__exit__(kind, error, trace)
        finally:
            taken = time.perf_counter() - self._begun
            self._seconds[self._name] = self._seconds.get(self._name, 0.0) + taken
