import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model.calibration import Calibration

finite = st.floats(-5, 5)


@given(finite, finite, finite, st.floats(0.1, 3), st.floats(-3, 3))
def test_the_error_is_that_of_the_line(
    a: float, b: float, c: float, slope: float, at: float
) -> None:
    root = np.array([[a, 0.0], [b, c]])
    matrix = root @ root.T  # any covariance is such a product
    known = Calibration(slope, 0.7, (matrix[0, 0], matrix[0, 1], matrix[1, 1]))
    margin = np.array([at, 1.0])
    found = known.errors(np.array([slope * at + 0.7]))
    assert found is not None
    assert found[0] == pytest.approx(np.sqrt(margin @ matrix @ margin), rel=1e-6, abs=1e-6)


def test_without_a_covariance_no_error_is_told() -> None:
    assert Calibration(1.2, 0.1).errors(np.zeros(3)) is None


@pytest.mark.parametrize("covariance", [None, (0.1, -0.05, 0.2)])
def test_what_is_stated_is_read_again(covariance: tuple[float, float, float] | None) -> None:
    known = Calibration(1.1, -0.3, covariance)
    assert Calibration.of(json.loads(json.dumps(known.stated()))) == known
    assert ("covariance" in known.stated()) == (covariance is not None)


@pytest.mark.parametrize("covariance", [(-0.1, 0.0, 0.1), (0.1, 0.0, -0.1), (0.1, np.nan, 0.1)])
def test_what_is_no_covariance_is_refused(covariance: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="expected variances from 0"):
        Calibration(1.0, 0.0, covariance)
