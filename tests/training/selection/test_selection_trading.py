import numpy as np

from training.sample import Sample
from training.selection.financed import TRADE, trading


def test_trading_is_who_declared_or_sold_within_a_year() -> None:
    days = np.array([[365.0, np.nan], [np.nan, 3.0], [366.0, 400.0], [np.nan, np.nan]])
    rows = Sample(TRADE, np.array(list("abcd")), np.zeros(4, np.int64), days, np.zeros(4, np.int8))
    assert trading(rows).tolist() == [True, True, False, False]
