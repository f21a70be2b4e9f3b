"""What lives as long as the application does."""

import time
from collections.abc import Callable
from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from serving.metrics import Metrics
from serving.rooms import Rooms


class State(TypedDict):
    """State that the application's lifespan yields and every request carries.

    Attributes
    ----------
    rooms : Rooms
    metrics : Metrics
    clock : callable
        UTC microseconds now.
    """

    rooms: Rooms
    metrics: Metrics
    clock: Callable[[], int]


def wall_clock() -> int:
    """UTC microseconds now: the one place where the service reads the clock."""
    return time.time_ns() // 1_000


def _rooms(request: Request) -> Rooms:
    return cast(Rooms, request.state.rooms)


def _metrics(request: Request) -> Metrics:
    return cast(Metrics, request.state.metrics)


def _now(request: Request) -> int:
    return cast(Callable[[], int], request.state.clock)()


RoomsHere = Annotated[Rooms, Depends(_rooms)]
MetricsHere = Annotated[Metrics, Depends(_metrics)]
Now = Annotated[int, Depends(_now)]
