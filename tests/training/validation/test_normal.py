import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.validation.normal import above, below, beyond, quantile, standardised


@settings(deadline=None)
@given(st.floats(-30, 30))
def test_tails_agree_with_scipy(z: float) -> None:
    assert below(z) == pytest.approx(stats.norm.cdf(z), rel=1e-9)
    assert above(z) == pytest.approx(stats.norm.sf(z), rel=1e-9)
    assert beyond(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)
    assert quantile(below(min(z, 5))) == pytest.approx(min(z, 5), abs=1e-6)


def test_a_difference_is_told_in_its_standard_errors() -> None:
    found = standardised([3.0, -3.0, 0.0, 2.0, -2.0], [4.0, 9.0, 0.0, 0.0, 0.0])
    assert found.tolist() == [1.5, -1.0, 0.0, np.inf, -np.inf]
    assert standardised(1.0, [1.0, 4.0]).tolist() == [1.0, 0.5]
