"""What lives as long as the application does."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from serving.access.door import Door
from serving.health.draining import Draining
from serving.metrics import Metrics
from serving.rooms import Rooms


class State(TypedDict):
    """State that the application's lifespan yields and every request carries.

    Attributes
    ----------
    rooms : Rooms
    door : Door
    metrics : Metrics
    draining : Draining
    threads : Executor
    clock : callable
        UTC microseconds now.
    """

    rooms: Rooms
    door: Door
    metrics: Metrics
    draining: Draining
    threads: Executor
    clock: Callable[[], int]


def wall_clock() -> int:
    """UTC microseconds now: the one place where the service reads the clock."""
    return time.time_ns() // 1_000


# These wait for nothing and are async all the same: any other is sent to a thread of its own.
async def _rooms(request: Request) -> Rooms:
    return cast(Rooms, request.state.rooms)


async def _door(request: Request) -> Door:
    return cast(Door, request.state.door)


async def _metrics(request: Request) -> Metrics:
    return cast(Metrics, request.state.metrics)


async def _draining(request: Request) -> Draining:
    return cast(Draining, request.state.draining)


async def _now(request: Request) -> int:
    return cast(Callable[[], int], request.state.clock)()


RoomsHere = Annotated[Rooms, Depends(_rooms)]
DoorHere = Annotated[Door, Depends(_door)]
MetricsHere = Annotated[Metrics, Depends(_metrics)]
DrainingHere = Annotated[Draining, Depends(_draining)]
Now = Annotated[int, Depends(_now)]
