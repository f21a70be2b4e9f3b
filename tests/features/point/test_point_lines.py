"""Instructions that make lines, each against plain Python."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine import kernels
from features.engine.sums import parts_per_million
from features.point.published import NOTHING
from features.prices import Prices
from supervision.arrays import MISSING, NEVER, Integers

lines = pytest.importorskip("features.point.lines", reason="numba is not installed")

NONE = np.empty(0, np.int64)
MARKET = NONE, NONE, NONE, NONE, np.empty(0, bool), NONE
DAY = 86_400_000_000

keys = st.sampled_from([MISSING, -1, 0, 1, 2, 2**31, 2**61, NEVER])
small = st.integers(-9, 9)


def made(
    name: str, *of: list[int], given: tuple[int, ...] = (), at: int = 0, market: Any = MARKET
) -> list[int] | None:
    """The line that one instruction makes of others; None where it is left to the sweep."""
    whole = np.array([value for line in of for value in line], np.int64)
    ends = np.cumsum([0, *(len(line) for line in of), 0]).astype(np.int64)
    step = [lines.NAMES.index(name), *range(len(of)), *[0] * (4 - len(of)), *given]
    instructions = np.array([step + [0] * (8 - len(step))], np.int64)
    found, bounds, fits = lines.follow(instructions, (whole, ends), (7, at, at), NOTHING, market)
    return found[bounds[-2] : bounds[-1]].tolist() if fits else None


@given(st.lists(keys, max_size=40), st.lists(keys, max_size=20))
def test_keys_are_told_apart_and_found_again(told: list[int], sought: list[int]) -> None:
    distinct = list(dict.fromkeys(told))
    group = made("group", told)
    assert group == [distinct.index(key) for key in told]
    assert made("keys", told, group) == distinct
    index = made("index", distinct)
    assert index is not None
    found = made("find", index, distinct, sought)
    assert found == [distinct.index(key) if key in distinct else -1 for key in sought]


@given(st.lists(st.integers(-(2**62), 2**62), unique=True, min_size=50, max_size=300))
def test_many_keys_are_found_again(told: list[int]) -> None:
    index = made("index", told)
    assert index is not None
    assert made("find", index, told, told[::-1]) == list(range(len(told)))[::-1]


@given(st.lists(st.tuples(st.integers(-1, 4), small)), st.integers(5, 6))
def test_values_fall_on_their_keys(told: list[tuple[int, int]], size: int) -> None:
    groups, values = [group for group, _ in told], [value for _, value in told]
    expected = [sum(v for g, v in told if g == group) for group in range(size)]
    assert made("sums", groups, values, [0] * size) == expected


@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(-2, 2))), st.sampled_from([1, -1]), st.data()
)
def test_what_is_last_of_each_key(
    told: list[tuple[int, int]], sign: int, data: st.DataObject
) -> None:
    positions = data.draw(st.permutations(range(len(told))))
    occurred, groups = [at for _, at in told], [group for group, _ in told]
    found = made("last", occurred, positions, groups, [0, 1, 2], given=(sign,))
    expected = []
    for group in range(3):
        own = [place for place in range(len(told)) if groups[place] == group]
        own.sort(key=lambda place: (sign * occurred[place], sign * positions[place]))
        expected.append(own[-1] if own else -1)
    assert found == expected


@given(st.lists(st.tuples(small | st.just(MISSING), small | st.just(MISSING))), small)
def test_places_are_changed_one_by_one(told: list[tuple[int, int]], d: int) -> None:
    one, two = [a for a, _ in told], [b for _, b in told]
    assert made("joined", one, two, given=(2,)) == one + two
    assert made("joined", one, two, [d], one, given=(4,)) == [*one, *two, d, *one]
    assert made("chosen", one, two) == [a for a, b in told if b > 0]
    assert made("fill", one, given=(d,)) == [d] * len(one)
    assert made("keep", one, two) == [a if b > 0 else 0 for a, b in told]
    assert made("keep_stated", one, two) == [a if b != MISSING else 0 for a, b in told]
    assert made("at_least", one, given=(d,)) == [int(a >= d) for a in one]
    assert made("floor", one, given=(d,)) == [max(a, d) for a in one]
    assert made("lesser", one, two) == [min(pair) for pair in told]
    assert made("greater", one, two) == [max(pair) for pair in told]
    assert made("later", one, two) == [int(a > b) for a, b in told]
    assert made("shifted", one, given=(2,)) == [a >> 2 for a in one]
    assert made("same", one, [d]) == [int(a == d) for a in one]
    assert made("same", one, []) == made("same", one, [MISSING]) == [0] * len(one)
    assert made("greatest", one) == [max(0, *one, 0)]
    there = [place for place in range(len(told)) if one[place] != MISSING]
    assert made("take", one, [*there, -1], given=(5,)) == [*(one[place] for place in there), 5]


@given(st.lists(st.tuples(small, small)))
def test_places_are_added_and_multiplied(told: list[tuple[int, int]]) -> None:
    one, two = [a for a, _ in told], [b for _, b in told]
    assert made("plus", one, two) == [a + b for a, b in told]
    assert made("less", one, two) == [a - b for a, b in told]
    assert made("times", one, two) == [a * b for a, b in told]
    assert made("sum", one) == [sum(one)]


@given(st.integers(0, 2**45), st.integers(0, 2**15))
def test_goods_are_worth_what_they_cost_by_the_thousand(quantity: int, price: int) -> None:
    assert made("worth", [quantity], [price]) == [quantity * price // 1_000]


@given(st.lists(st.integers(0, 2**37), min_size=1, max_size=8))
def test_shares_are_whole_parts_per_million(parts: list[int]) -> None:
    total = max(sum(parts), 1)
    expected = parts_per_million(np.array(parts), np.full(len(parts), total)).tolist()
    assert made("per_million", parts, [total]) == expected


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_days_are_whole_ones(at: int, since: int) -> None:
    hour = DAY // 24
    found = made("days", [since * hour, MISSING], given=(0, 2 * DAY), at=at * hour)
    assert found == [(at - since) // 24 - 2, 0]


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("sum", ([2**60, 2**60],)),
        ("sum", ([2**60, -(2**60)],)),
        ("sums", ([0, 0], [2**60, 2**60], [0])),
        ("times", ([2**31], [2**30])),
        ("times", ([-(2**31)], [2**30])),
        ("worth", ([2**61], [1_000])),
        ("per_million", ([2**42], [2**42])),
    ],
)
def test_what_may_be_too_much_is_left_to_the_sweep(name: str, of: tuple[list[int], ...]) -> None:
    assert made(name, *of) is None
    assert made(name, *([value // 2 for value in line] for line in of)) is not None


def market(data: st.DataObject) -> Prices:
    size = data.draw(st.integers(1, 12))
    goods = data.draw(st.lists(st.integers(1, 4), min_size=size, max_size=size))
    known = data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    lasting = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    rows: dict[str, Integers] = {
        "hs_code": np.array(goods),
        "unit_price": np.arange(size) + 1,
        "position": np.arange(size),
        "occurred_at": np.array(known) * DAY,
        "known_at": np.array(known) * DAY,
        "reversed_at": np.array(
            [(a + b) * DAY if b < 9 else NEVER for a, b in zip(known, lasting, strict=True)]
        ),
    }
    return Prices.of(rows)


@given(st.data())
def test_prices_are_those_of_the_sweep(data: st.DataObject) -> None:
    prices = market(data)
    goods, days = (data.draw(st.lists(st.integers(0, 30), min_size=9, max_size=9)) for _ in "ab")
    good, at = np.array(goods) % 6, np.array(days) * DAY - data.draw(st.integers(0, 1))
    steps = prices.times, prices.keys, prices.unit_price, prices.known
    price, known = kernels.prices(prices.goods, steps, good, at)
    found = made("prices", good.tolist(), at.tolist(), market=(prices.goods, *steps, NONE))
    assert found == np.where(known, price, MISSING).tolist()


@given(st.data())
def test_a_basket_counts_what_has_a_price_at_every_moment(data: st.DataObject) -> None:
    prices, at = market(data), 25 * DAY
    lots = data.draw(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 4)), max_size=8))
    held, of = [quantity for quantity, _ in lots], [good for _, good in lots]
    days = [*data.draw(st.lists(st.integers(0, 25), min_size=1, max_size=4)), 999]
    steps = prices.times, prices.keys, prices.unit_price, prices.known
    given_ = (0, len(days) - 1, DAY)
    found = made(
        "basket", held, of, [0, 1, 2, 3, 4], given=given_, at=at,
        market=(prices.goods, *steps, np.array(days)),
    )  # fmt: skip
    expected = [0] * (len(days) - 1)
    for quantity, good in lots:
        moments = np.array([at - DAY - day * DAY for day in days[:-1]])
        price, known = kernels.prices(prices.goods, steps, np.full(len(moments), good), moments)
        if known.all():
            worth = (quantity * price // 1_000).tolist()
            expected = [a + b for a, b in zip(expected, worth, strict=True)]
    assert found == expected
