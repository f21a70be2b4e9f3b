from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.limits.lines import LineTerms, lines

TERMS = LineTerms(alert=Decimal("0.1"), close_out=Decimal("0.2"))


@pytest.mark.parametrize(
    ("goods", "standing", "alert", "close_out"),
    [
        (1_000, "above", 0, 0),
        (900, "above", 0, 0),
        (899, "alert", 1, 0),
        (800, "alert", 100, 0),
        (799, "close_out", 101, 1),
        (0, "close_out", 900, 800),
    ],
)
def test_the_lines_lie_below_what_secures_the_exposure(
    goods: int, standing: str, alert: int, close_out: int
) -> None:
    found = lines(600, goods, 600_000, TERMS)
    assert found.secured_by == 1_000
    assert (found.alert.value, found.close_out.value) == (900, 800)
    assert (found.standing, found.alert.missing, found.close_out.missing) == (
        standing,
        alert,
        close_out,
    )
    assert found.alert.headroom == max(0, goods - 900)


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.integers(1, 10**6))
def test_a_line_is_either_missed_or_has_headroom(exposure: int, goods: int, ltv: int) -> None:
    found = lines(exposure, goods, ltv, LineTerms())
    for line in (found.alert, found.close_out):
        assert line.value == goods - line.headroom + line.missing
        assert 0 in (line.headroom, line.missing)
    assert found.close_out.value <= found.alert.value <= found.secured_by
    assert found.secured_by * ltv >= exposure * 1_000_000


@pytest.mark.parametrize(("alert", "close_out"), [("0.2", "0.1"), ("0.1", "0.1"), ("0.5", "1")])
def test_lines_out_of_order_are_refused(alert: str, close_out: str) -> None:
    with pytest.raises(ValidationError, match="alert stands below close_out"):
        LineTerms(alert=Decimal(alert), close_out=Decimal(close_out))
