"""Market prices against what a reader of all messages would say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.prices import NO_PRICES, Prices, commodities
from supervision.arrays import NEVER, Columns

LATEST = NEVER - 2
moments = st.integers(0, 6) | st.sampled_from([-(10**17), 10**17, LATEST])
PROBES = [(good, back) for good in (1, 2) for back in (0, 1)]
goods = st.integers(1, 3)


@st.composite
def markets(draw: st.DrawFn) -> Columns:
    """Prices of which many occur together, are known late, or are reversed, some at once."""
    told = draw(st.lists(st.tuples(goods, st.integers(1, 9), moments, moments, moments)))
    reverses = draw(st.lists(st.booleans(), min_size=len(told), max_size=len(told)))
    rows = [
        (
            good,
            price,
            occurred,
            max(occurred, known),
            max(occurred, known, gone) if gone_ else NEVER,
        )
        for (good, price, occurred, known, gone), gone_ in zip(told, reverses, strict=True)
    ]
    names = ("hs_code", "unit_price", "occurred_at", "known_at", "reversed_at")
    columns = dict(zip(names, np.array(rows, np.int64).reshape(-1, 5).T.copy(), strict=True))
    order = draw(st.permutations(range(len(rows))))
    return {**columns, "position": np.array(order, np.int64)}


def _expected(market: Columns, good: int, as_of: int) -> tuple[int, bool]:
    """Last by occurrence, then by position, of those that stand."""
    stands = (market["hs_code"] == good) & (market["known_at"] <= as_of)
    rows = np.flatnonzero(stands & (market["reversed_at"] > as_of)).tolist()
    if not rows:
        return 0, False
    last = max(rows, key=lambda row: (market["occurred_at"][row], market["position"][row]))
    return int(market["unit_price"][last]), True


@given(markets(), st.lists(st.tuples(st.integers(-1, 5), moments), max_size=20))
def test_the_price_as_of_a_time_is_the_last_that_stands(
    market: Columns, asked: list[tuple[int, int]]
) -> None:
    # Each change of a price, and the moment before it.
    changes = [*market["known_at"].tolist(), *market["reversed_at"].tolist()]
    asked += [(good, at - back) for at in changes if at < NEVER for good, back in PROBES]
    commodity, as_of = np.array(asked, np.int64).reshape(-1, 2).T.copy()
    prices, known = Prices.of(market).at(commodity, as_of)
    found = list(zip(prices.tolist(), known.tolist(), strict=True))
    assert found == [_expected(market, good, at) for good, at in asked]


@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_messages_changes_no_step(market: Columns, random: object) -> None:
    order = np.arange(len(market["position"]))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = Prices.of(market), Prices.of({name: v[order] for name, v in market.items()})
    for name in ("goods", "times", "keys", "unit_price", "known"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_where_nothing_was_priced_there_is_no_price() -> None:
    prices, known = NO_PRICES.at(np.array([1, 2]), np.array([0, LATEST]))
    assert (prices.tolist(), known.tolist()) == ([0, 0], [False, False])


@given(st.dictionaries(st.integers(0, 9), goods), st.lists(st.integers(-1, 11)), st.booleans())
def test_the_commodity_of_a_lot(lots: dict[int, int], asked: list[int], rising: bool) -> None:
    names = sorted(lots, reverse=not rising)
    table = {
        "lot": np.array(names, np.int64),
        "commodity": np.array([lots[name] for name in names], np.int64),
    }
    found = commodities(table, np.array(asked, np.int64))
    assert found.tolist() == [lots.get(lot, -1) for lot in asked]
