"""The compiled loops against those of numpy, and the whole catalogue with the one or the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine import arrays, kernels
from features.engine.evaluation import evaluate, warm_up
from features.engine.selection import Asked, Selections
from features.facts import Facts
from features.prices import Prices
from features.recipe import Rows
from supervision.arrays import MISSING, NEVER, Integers

loops = pytest.importorskip("features.engine.loops", reason="numba is not installed")

World = Any
LARGE = 2**40
numbers = st.integers(-9, 9) | st.integers(-LARGE, LARGE)


def line(draw: st.DataObject, size: int, values: st.SearchStrategy[int]) -> Integers:
    return np.array(draw.draw(st.lists(values, min_size=size, max_size=size)), np.int64)


def spans(draw: st.DataObject, size: int, rows: int) -> tuple[Integers, Integers]:
    first = line(draw, rows, st.integers(0, size - 1))
    return first, first + 1 + line(draw, rows, st.integers(0, size - 1)) % (size - first)


def assert_same(name: str, *arguments: Any) -> None:
    one, other = getattr(loops, name)(*arguments), getattr(arrays, name)(*arguments)
    one, other = (found if isinstance(found, tuple) else (found,) for found in (one, other))
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@given(st.data())
def test_both_number_pairs_as_they_come(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 30))
    party = line(data, size, st.integers(0, 3))
    value = line(data, size, st.sampled_from([MISSING, -1, 0, 1, 2**31, 2**61, NEVER]))
    assert_same("number", party, value)
    found, pairs = arrays.number(party, value)
    told = list(zip(party.tolist(), value.tolist(), strict=True))
    known = list(dict.fromkeys(told))
    assert [told[place] for place in pairs] == known
    assert found.tolist() == [known.index(pair) for pair in told]


@given(st.data())
def test_both_add_up_alike(data: st.DataObject) -> None:
    size, rows = data.draw(st.integers(1, 9)), data.draw(st.integers(0, 20))
    values = line(data, rows, numbers)
    assert_same("steps", size, *spans(data, size, rows), values)
    assert_same("sums", size, line(data, rows, st.integers(0, size - 1)), values)


@given(st.data())
def test_both_find_what_occurred_last(data: st.DataObject) -> None:
    """Each stretch alone, by brute force."""
    bounds = np.cumsum([0, *data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))])
    size, told = int(bounds[-1]), []
    for stretch in range(len(bounds) - 1):
        low, high = int(bounds[stretch]), int(bounds[stretch + 1])
        for _ in range(data.draw(st.integers(0, 6))):
            first = data.draw(st.integers(low, high - 1))
            told.append((first, data.draw(st.integers(first + 1, high)), high))
    first, end, line_end = np.array(told, np.int64).reshape(-1, 3).T.copy()
    occurred = line(data, len(told), st.integers(-2, 2))
    position = np.array(data.draw(st.permutations(range(len(told)))), np.int64)
    arguments = size, first, end, line_end, occurred, position
    assert_same("latest", *arguments)
    for place, found in enumerate(arrays.latest(*arguments)):
        covering = [row for row in range(len(told)) if first[row] <= place < end[row]]
        best = max(covering, key=lambda row: (occurred[row], position[row]), default=-1)
        assert found == best


@given(st.data())
def test_both_find_the_groups_of_rows(data: st.DataObject) -> None:
    value = st.sampled_from([MISSING, -1, 0, 1, 2**31, 2**61, NEVER])
    pair = st.tuples(st.integers(0, 2), value)
    own = data.draw(st.lists(pair, unique=True, max_size=12))
    told = data.draw(st.lists(pair, min_size=1, max_size=20))
    rows = line(data, data.draw(st.integers(0, 20)), st.integers(0, len(told) - 1))
    pairs = [np.array(of, np.int64).reshape(-1, 2).T.copy() for of in (own, told)]
    assert_same("groups", *pairs[0], *pairs[1], rows)
    found = loops.groups(*pairs[0], *pairs[1], rows).tolist()
    assert found == [own.index(told[row]) if told[row] in own else -1 for row in rows]


@given(st.data())
def test_both_lay_spans_along_the_cells_of_groups(data: st.DataObject) -> None:
    """Two groups of a stretch of three places, one of one of two, one after the other."""
    shift, starts, ends = (np.array(of) for of in ([0, 3, 3], [0, 0, 3], [3, 3, 5]))
    told = data.draw(st.lists(st.integers(-1, 2), max_size=15))
    first, end = (line(data, len(told), st.integers(0, 99)) for _ in range(2))
    group = np.array(told, np.int64)
    first = starts[group] + first % (ends - starts)[group]
    end = first + 1 + end % (ends[group] - first)
    values = line(data, len(told), numbers)
    assert_same("cell_steps", 8, shift, group, first, end, values)
    found = loops.cell_steps(8, shift, group, first, end, values)[0]
    kept = group >= 0
    expected, _ = arrays.steps(
        8, (first + shift[group])[kept], (end + shift[group])[kept], values[kept]
    )
    np.testing.assert_array_equal(found, expected)
    occurred = line(data, 20, st.integers(-2, 2))
    position = np.array(data.draw(st.permutations(range(20))), np.int64)
    rows = np.array(data.draw(st.permutations(range(20))), np.int64)[: len(told)].copy()
    order = occurred, position, data.draw(st.sampled_from([-1, 1]))
    cells = shift, ends + shift
    assert_same("cell_latest", 8, cells, group, (rows, first, end), order)


@given(st.data())
def test_both_write_down_what_moves_alike(data: st.DataObject) -> None:
    columns = tuple(line(data, 9, numbers | st.just(MISSING)) for _ in range(3))
    count = data.draw(st.integers(0, 9))
    spans = tuple(line(data, count, st.integers(0, 8)) for _ in range(3))
    sign = data.draw(st.sampled_from([-1, 1]))
    out = [np.zeros((5, 12), np.int64) for _ in range(2)]
    stops = [
        of.moves(columns, spans, sign, o, 2) for of, o in zip((loops, arrays), out, strict=True)
    ]
    assert stops == [2 + count, 2 + count]
    np.testing.assert_array_equal(*out)
    expected = [0 if at == MISSING else sign * at for at in columns[2][spans[0]].tolist()]
    assert out[0][4].tolist() == [0, 0, *expected, *[0] * (10 - count)]


@given(st.data())
def test_both_find_prices_alike(data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 12))
    goods, known_at, lasts = (line(data, rows, st.integers(0, n)) for n in (3, 20, 20))
    market = {
        "hs_code": goods,
        "unit_price": line(data, rows, st.integers(1, 99)),
        "position": np.arange(rows),
        "occurred_at": line(data, rows, st.integers(0, 20)),
        "known_at": known_at,
        "reversed_at": np.where(lasts > 15, NEVER, known_at + lasts),
    }
    of = Prices.of(market)
    asked, at = line(data, 9, st.integers(-1, 4)), line(data, 9, st.integers(-1, 45))
    assert_same("prices", of.goods, (of.times, of.keys, of.unit_price, of.known), asked, at)


@given(st.data())
def test_both_value_goods_alike(data: st.DataObject) -> None:
    size, rows = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 12))
    quantity = line(data, rows, st.integers(0, 10**7))
    prices = line(data, 6, st.integers(0, 10**7)).reshape(2, 3)
    good, places = line(data, rows, st.integers(0, 2)), line(data, rows, st.integers(0, size - 1))
    lines, total = loops.worths(size, places, quantity, good, prices)
    assert_same("worth", quantity, prices[0][good])
    np.testing.assert_array_equal(lines, arrays.worths(size, places, quantity, good, prices)[0])
    assert total == pytest.approx(arrays.worths(size, places, quantity, good, prices)[1])


EXCEPTIONS = (("kind", ("exception",)), ("exception", ("count_mismatch",)))
RECEIVED = (("kind", ("received",)),)
ASKED = (
    Asked(Rows("custody"), None, is_sum=True, adds="quantity"),
    Asked(Rows("custody", RECEIVED), 30, is_sum=True, adds="quantity"),
    Asked(Rows("custody", (("kind", ("counted", "released")),)), 2, is_sum=True),
    Asked(Rows("custody", until="reading"), 9, is_sum=True, adds="quantity"),
    Asked(Rows("custody"), None),
    Asked(Rows("custody", RECEIVED), 30),
    Asked(Rows("custody", EXCEPTIONS), None),
    Asked(Rows("custody", until="reading"), 9, "due", 3),
)


@given(st.data())
def test_both_read_the_same_off_a_table(data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(ASKED), min_size=1, unique=True))
    selections = Selections.by_table(asked)[0]
    points = sorted(
        data.draw(
            st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), min_size=1, max_size=9)
        )
    )
    parties = sorted({party for party, _ in points})
    as_of = np.array([at for _, at in points]) * 86_400_000_000
    offsets = np.array([[p for p, _ in points].index(party) for party in parties] + [len(points)])
    rows = data.draw(st.integers(0, 15))
    party = line(data, rows, st.integers(0, len(parties) - 1))
    days = st.integers(0, 50).map(lambda day: day * 86_400_000_000)
    times = np.stack([line(data, rows, days), line(data, rows, days | st.just(NEVER))] * 2)[:3]
    times[2] = line(data, rows, days)
    columns = [
        line(data, rows, st.integers(0, 6) | st.just(MISSING))
        if name in ("kind", "exception")
        else line(data, rows, days | st.just(MISSING))
        for name in selections.columns[len(times) :]
    ]
    read = np.stack([*times, *columns]), selections.admits, selections.sets, len(selections.sums)
    assert_same("slots", as_of, offsets, party, times[0])
    (lines, totals), listed = loops.read_off(as_of, offsets, party, *read)
    (expected, theirs), also = arrays.read_off(as_of, offsets, party, *read)
    np.testing.assert_array_equal(lines, expected)
    assert totals == pytest.approx(theirs)
    for mine, other in zip(listed, also, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("seed", [3, 104])
def test_the_catalogue_gives_the_same_bits_without_numba(
    seed: int,
    make_world: Callable[[int], World],
    facts_of: Callable[[World], Facts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make_world(seed)
    compiled = evaluate(facts_of(world), world.spine).values
    for name in kernels.__all__:
        monkeypatch.setattr(kernels, name, getattr(arrays, name))
    plain: npt.NDArray[np.float64] = evaluate(facts_of(world), world.spine).values
    np.testing.assert_array_equal(compiled.view(np.int64), plain.view(np.int64))


def test_after_the_warm_up_nothing_is_left_to_compile(
    make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> None:
    warm_up()
    compiled = {name: len(getattr(loops, name).signatures) for name in kernels.__all__}
    world = make_world(1)
    evaluate(facts_of(world), world.spine)
    assert {name: len(getattr(loops, name).signatures) for name in compiled} == compiled
