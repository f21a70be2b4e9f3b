"""Placement: which worker of a cluster holds which of a table's rows.

LightGBM fits on the rows where they happen to lie, and Dask lets whoever is free read next. The
trees depend on it: each worker draws its rows and finds the bounds of its features' bins by
itself. Dealt out in order, the same data and the same number of workers give the same trees.
"""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from training.errors import TrainingError

if TYPE_CHECKING:
    from distributed import Client, Future

_LOOK = 5
"""Seconds between looks for lost workers."""


class Dealer:
    """A cluster's client that deals parts out to the workers in order; all else it passes on.

    Parameters
    ----------
    client : distributed.Client
    """

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._workers = sorted(client.nthreads())
        self._places: dict[Hashable, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def compute(self, parts: Sequence[Any]) -> "list[Future[Any]]":
        """Have every worker compute its parts, and wait for them.

        Raises
        ------
        TrainingError
            If a part fails, or a worker is lost meanwhile.
        """
        futures = []
        for number, part in enumerate(parts):
            worker = self._workers[number % len(self._workers)]
            future = self._client.compute(part, workers=[worker], allow_other_workers=False)
            self._places[future.key] = worker
            futures.append(future)
        self._wait(futures)
        for future in futures:
            if future.status == "error":
                # LightGBM would fail on it later, with another word.
                raise TrainingError(
                    f"expected {self._places[future.key]} to read its rows, found "
                    f"{future.exception()!r:.200}; see that every worker can read the table"
                )
        return futures

    def who_has(self, futures: "Sequence[Future[Any]]") -> dict[Hashable, tuple[str]]:
        """The worker of each part, in the order of the parts: LightGBM ranks its machines by it."""
        return {future.key: (self._places[future.key],) for future in futures}

    def _wait(self, futures: "Sequence[Future[Any]]") -> None:
        from distributed import wait

        while True:
            try:
                with self._client.as_current():
                    wait(futures, timeout=_LOOK)
            except TimeoutError:
                lost = set(self._places.values()) - set(self._client.nthreads())
                if lost:
                    raise TrainingError(
                        f"expected all {len(self._workers)} workers to read their rows, found "
                        f"{', '.join(sorted(lost))[:200]} lost; give the command again"
                    ) from None
            else:
                return
