import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.engine.sweep import Spine, Sweep
from features.facts import Facts
from features.prices import NO_PRICES

EMPTY = Facts({}, NO_PRICES, {})


@given(st.data())
def test_a_slot_is_the_first_point_not_before(data: st.DataObject) -> None:
    """Ragged spines, repeats and grids must all find the same."""
    points = data.draw(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=20)
    )
    sweep = Sweep(EMPTY, Spine(np.array([p for p, _ in points]), np.array([t for _, t in points])))
    for place, party in enumerate(sweep.parties):
        own = sorted(t for p, t in points if p == party)
        for at in range(-1, 11):
            expected = sweep.offsets[place] + sum(t < at for t in own)
            assert sweep.slot(np.array([place]), np.array([at]))[0] == expected
