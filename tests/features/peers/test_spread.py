import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.peers.spread import FEWEST, Spread

known = st.lists(
    st.one_of(st.sampled_from([0.0, 1.0, 2.5]), st.floats(-1e9, 1e9)), min_size=FEWEST, max_size=400
)


@given(known, st.data())
def test_a_percentile_is_the_mid_rank_to_half_a_percent(
    values: list[float], data: st.DataObject
) -> None:
    asked = data.draw(st.one_of(st.sampled_from(values), st.floats(-2e9, 2e9)))
    spread = Spread.of(np.array(values))
    assert spread is not None
    below = sum(value < asked for value in values)
    equal = sum(value == asked for value in values)
    exact = 100 * (below + equal / 2) / len(values)
    assert spread.percentile(asked) == pytest.approx(exact, abs=0.5 + 1e-9)


@given(known)
def test_every_quantile_is_a_value_that_occurs_and_they_rise(values: list[float]) -> None:
    spread = Spread.of(np.array(values))
    assert spread is not None
    assert spread.number == len(values)
    assert set(spread.quantiles.tolist()) <= set(values)
    assert (np.diff(spread.quantiles) >= 0).all()
    low, median, high = spread.quartiles
    assert low <= median <= high


def test_the_middle_of_a_hundred_values() -> None:
    spread = Spread.of(np.arange(100.0))
    assert spread is not None
    assert spread.quantiles.tolist() == list(range(100))
    assert spread.quartiles == (24.5, 49.5, 74.5)
    assert spread.percentile(0.0) == 0.5
    assert spread.percentile(-1.0) == 0
    assert spread.percentile(99.5) == 100


def test_missing_values_do_not_count_and_fewer_than_thirty_tell_nothing() -> None:
    values = np.concatenate([np.arange(29.0), np.full(50, np.nan)])
    assert Spread.of(values) is None
    values[29] = 29.0
    spread = Spread.of(values)
    assert spread is not None
    assert spread.number == 30
