"""Where the time of one answer goes."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

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

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside."""
        begun = time.perf_counter()
        try:
            with self._opened(name):
                yield
        finally:
            taken = time.perf_counter() - begun
            self.seconds[name] = self.seconds.get(name, 0.0) + taken

    def _opened(self, name: str) -> AbstractContextManager[object]:
        self._spans += 1
        if self._span is None or self._spans > _MOST_SPANS:
            return nullcontext()
        return self._span(name)
