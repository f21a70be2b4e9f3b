"""Who holds which part, on a real cluster of this machine."""

import os
from collections.abc import Iterator

import pytest
from dask.delayed import delayed
from distributed import Client, LocalCluster

from training.errors import TrainingError
from training.placement import Dealer


@pytest.fixture
def client() -> Iterator[Client]:
    with (
        LocalCluster(
            processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as running,
        Client(running, set_as_default=False) as client,
    ):
        yield client


def test_parts_are_dealt_in_order_to_the_workers(client: Client) -> None:
    dealer = Dealer(client)
    parts = dealer.compute([delayed(os.getpid, pure=False)() for _ in range(7)])
    held = [worker for (worker,) in dealer.who_has(parts).values()]
    one, other = sorted(client.nthreads())
    assert held == [one, other] * 3 + [one]
    processes = client.run(os.getpid)
    assert client.gather(parts) == [processes[worker] for worker in held]
    assert dict(client.who_has(parts)) == {
        part.key: (worker,) for part, worker in zip(parts, held, strict=True)
    }


@pytest.mark.slow
def test_a_lost_worker_ends_the_wait(client: Client) -> None:
    with pytest.raises(TrainingError, match=r"all 2 workers .* lost; give the command again"):
        Dealer(client).compute([delayed(os.getpid, pure=False)(), delayed(os._exit)(1)])


def test_what_fails_on_a_worker_is_told(client: Client) -> None:
    with pytest.raises(TrainingError, match=r"expected tcp://.* to read .* ValueError.*no number"):
        Dealer(client).compute([delayed(int)("no number")])
