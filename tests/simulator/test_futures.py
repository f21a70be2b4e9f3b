"""Futures: copies of a world's state that live on by themselves, and what is counted in them."""

import hashlib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from simulator.futures import Sample, branch, eligible, live_on, true_pd
from simulator.lending import grant_standard
from simulator.port import NEVER, Port
from simulator.prices import redrawn
from simulator.simulation import live, settled
from simulator.table import Table
from simulator.world import World
from supervision.errors import UsageError

MONTHS = 14


@pytest.fixture(scope="module")
def port() -> Port:
    port = settled(World(enterprises=60, months=MONTHS + 13, seed=4))
    port.feeds.muted = True
    live_on(port, live, MONTHS)
    port.day = port.clock.month_days[MONTHS]
    return port


def _parts(value: object, seen: set[int]) -> Iterator[bytes]:
    """Everything of which a value is made, but for what has a state of no consequence."""
    if isinstance(value, Table):
        yield from (part.tobytes() for part in (value.live, value.numbers))
        yield from (part.tobytes() for part in value.of(value.numbers, *value.names))
    elif isinstance(value, np.ndarray):
        yield value.tobytes()
    elif isinstance(value, np.random.Generator):
        yield repr(value.bit_generator.state).encode()
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part, seen)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield repr(name).encode()
            yield from _parts(part, seen)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        if id(value) not in seen:
            seen.add(id(value))
            yield from _parts(vars(value), seen)
    else:
        yield repr(value).encode()


def _state(port: Port) -> str:
    digest = hashlib.sha256()
    for part in _parts(port, set()):
        digest.update(part)
    return digest.hexdigest()


def _twin(port: Port) -> Port:
    return branch(port, deepcopy(port.rng), port.prices)


def test_a_future_leaves_the_present_as_it_was_and_the_present_the_future(port: Port) -> None:
    present, future, other = _state(port), _twin(port), _twin(port)
    before = _state(other)
    live_on(future, live, 2)
    assert _state(port) == present
    live_on(future, live, 1)
    assert _state(other) == before
    assert _state(future) != before


def test_a_future_with_the_same_chances_is_what_comes_to_pass(port: Port) -> None:
    one, other = _twin(port), _twin(port)
    live_on(one, live, 3)
    live_on(other, live, 3)
    assert (one.books.cash == other.books.cash).all()
    assert _state(one) == _state(other)


def test_dropping_closed_rows_changes_nothing_that_happens(port: Port) -> None:
    one, other = _twin(port), _twin(port)
    other.compact = lambda: None  # type: ignore[method-assign]
    live_on(one, live, 4)
    live_on(other, live, 4)
    assert (one.books.received == other.books.received).all()
    assert one.defaults == other.defaults
    assert one.parcels.live.tolist() == other.parcels.live.tolist()
    assert len(one.sales.numbers) < len(other.sales.numbers)


def test_whoever_is_in_default_or_ended_has_no_first_default_before_it(port: Port) -> None:
    rows = eligible(port)
    assert 0 < len(rows) < len(port.books.cash)
    assert (port.state.default_day[rows] == NEVER).all()
    assert port.state.trading[rows].all()


def test_prices_of_a_future_are_those_of_the_present_until_its_first_day(port: Port) -> None:
    drawn = redrawn(port.prices, port.clock, port.day, np.random.default_rng(1))
    assert (drawn.spot[: port.day + 1] == port.prices.spot[: port.day + 1]).all()
    assert (drawn.spot[port.day + 30 :] != port.prices.spot[port.day + 30 :]).mean() > 0.9


def test_counts_are_the_same_from_one_process_and_from_two_and_are_taken_up_again(
    port: Port, tmp_path: Path
) -> None:
    told: list[int] = []
    present = _state(port)
    one = true_pd(
        port, live, Sample(1, 3, 1), tmp_path / "one", grant=grant_standard, progress=told.append
    )
    two = true_pd(port, live, Sample(1, 3, 2), tmp_path / "two", grant=grant_standard)
    again = true_pd(port, _stopped, Sample(1, 3, 1), tmp_path / "two", grant=grant_standard)
    assert _state(port) == present
    for other in (two, again):
        for name in ("rows", "halves", "granted", "with_facility"):
            assert (getattr(one, name) == getattr(other, name)).all()
    assert sum(told) == 3
    assert one.rows.tolist() == eligible(port).tolist()
    assert one.halves.max() <= 2
    assert 0 < one.halves.sum() < one.halves.size
    assert one.granted.any()
    assert not one.with_facility[~one.granted].any()


def _stopped(_port: Port, _month: int | None) -> None:
    raise AssertionError("these futures were lived already")


@pytest.mark.parametrize("sample", [Sample(3, 10), Sample(-1, 10), Sample(1, 1)])
def test_more_month_ends_than_have_a_year_before_them_are_refused(sample: Sample) -> None:
    with pytest.raises(UsageError, match=r"expected 0 to 2 month ends.*found"):
        sample.months(36)


def test_month_ends_are_a_year_apart_and_have_a_full_year_after_them() -> None:
    assert Sample(3).months(96) == (60, 72, 84)
    assert Sample(0).months(5) == ()
