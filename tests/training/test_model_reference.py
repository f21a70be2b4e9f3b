import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.profile.divergence import psi
from training.model.reference import FACT, Reference, Spread

NUMBERS = st.one_of(st.just(np.nan), st.floats(-1e9, 1e9))


@given(values=arrays(np.float64, st.integers(1, 200), elements=NUMBERS))
def test_every_row_lies_in_the_bin_that_says_so(values: np.ndarray) -> None:
    spread = Spread.of(values)
    edges = [-np.inf, *spread.edges, np.inf]
    assert list(spread.edges) == sorted(set(spread.edges))
    by_hand = [sum(low < value <= high for value in values) for low, high in pairwise(edges)]
    assert list(spread.counts) == [*by_hand, int(np.isnan(values).sum())]
    assert spread.count(values).tolist() == list(spread.counts)
    assert psi(spread.counts, spread.count(values)) == 0


def test_deciles_are_kept_to_three_digits_and_few_values_as_they_are() -> None:
    many = Spread.of(np.random.default_rng(1).uniform(1_000_000, 9_000_000, 5_000))
    assert len(many.edges) == 9
    assert all(float(f"{edge:.3g}") == edge for edge in many.edges)
    assert max(many.counts[:-1]) < 5_000 * 0.13
    few = Spread.of(np.array([20_221_231.0, 20_221_130.0, 20_221_231.0]))
    assert few.edges == (20_221_130.0,)
    assert few.counts == (1, 2, 0)


def test_a_reference_reads_what_it_stated() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(300, 2))
    values[:40, 1] = np.nan
    points = rng.integers(400_000_000, 800_000_000, 300)
    made = Reference.of(("a", "b"), values, points, 120)
    again = Reference.read({FACT: json.loads(json.dumps(made.stated()))})
    assert again == made
    assert (made.rows, made.enterprises) == (300, 120)
    assert made.features["b"].counts[-1] == 40
    assert 400 <= min(made.score.edges) <= max(made.score.edges) <= 800


def test_a_bundle_of_before_has_none_and_a_torn_one_is_refused() -> None:
    assert Reference.read({"rounds": 5}) is None
    torn = {"rows": 1, "enterprises": 1, "score": {"edges": [1.0], "counts": [1]}, "features": {}}
    with pytest.raises(ValueError, match="1 edges, but 1 counts"):
        Reference.read({FACT: torn})
