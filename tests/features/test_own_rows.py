"""An enterprise's own rows, side by side, against looking at each message by itself."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY, parse_time
from features.catalogue import CATALOGUE
from features.evidence import Standing
from features.facts import Facts
from features.feature import Feature
from features.own_rows import OwnRows
from features.prices import NO_PRICES
from features.recipe import Leaf, Rows
from supervision.arrays import MISSING, NEVER, Columns
from supervision.contract.columns import column

AS_OF = parse_time("2023-01-01")
OWN, OTHER = 7, 8
NAMES = ("declaration", "custody", "purchase")
ROWS = st.lists(
    st.tuples(
        st.sampled_from([OWN, OWN, OTHER]),
        st.integers(-3, 3),  # days ago that it was known,
        st.sampled_from([None, -1, 0, 1]),  # and that it was reversed
    ),
    max_size=12,
)


Row = tuple[int, int, int | None]


def table(rows: list[Row]) -> Columns:
    stated = [
        (place, who, AS_OF - known * DAY, NEVER if taken is None else AS_OF - taken * DAY)
        for place, (who, known, taken) in enumerate(rows)
    ]
    names = ("position", "enterprise_id", "known_at", "reversed_at")
    return dict(zip(names, np.array(stated, np.int64).reshape(-1, 4).T, strict=True))


@given(st.tuples(*(ROWS for _ in NAMES)))
def test_what_is_known_and_what_stands(
    drawn: tuple[list[tuple[int, int, int | None]], ...],
) -> None:
    facts = Facts(
        {name: table(rows) for name, rows in zip(NAMES, drawn, strict=True)}, NO_PRICES, {}
    )
    own = OwnRows(facts, OWN, AS_OF)
    assert [*own.spans] == [name for name, rows in zip(NAMES, drawn, strict=True) if rows]
    known = [who == OWN and ago >= 0 for rows in drawn for who, ago, _ in rows]
    assert own.known.tolist() == known
    for name, rows in zip(NAMES, drawn, strict=True):
        stands = [
            who == OWN and ago >= 0 and (taken is None or taken < 0) for who, ago, taken in rows
        ]
        assert own.standing(name).tolist() == stands


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12
) | st.integers(0, 9).map(lambda seed: [(k * 7 % 150, (k + seed) % 10) for k in range(150)])


@given(AMOUNTS)
def test_the_newest_and_the_largest_take_turns(stated: list[tuple[int, int]]) -> None:
    """Whatever their number, and however many of them are equal."""
    found = [*behind(stated, CATALOGUE.by_name["declared_value_sum_365d"])]
    rows = [(days, value, place) for place, (days, value) in enumerate(stated)]
    newest = [place for _, _, place in sorted(rows, key=lambda row: (row[0], -row[2]))]
    largest = [place for _, _, place in sorted(rows, key=lambda row: (-row[1], -row[2]))]
    turns = [place for pair in zip(newest, largest, strict=True) for place in pair]
    assert found == [*dict.fromkeys(turns)][: min(5, len(stated))]


def behind(stated: list[tuple[int, int]], feature: Feature) -> dict[int, str]:
    """What stands behind a feature where declarations occurred so many days ago, of such values."""
    size = len(stated)
    days, values = np.array(stated, np.int64).T
    code = column("declaration", "kind").code
    rows = {
        "position": np.arange(size),
        "enterprise_id": np.full(size, OWN),
        "known_at": np.full(size, AS_OF),
        "reversed_at": np.full(size, NEVER),
        "occurred_at": AS_OF - days * DAY,
        "declared_value": values,
        "kind": np.full(size, code("declared")),
    }
    facts = Facts({"declaration": rows}, NO_PRICES, {})
    return Standing(OwnRows(facts, OWN, AS_OF)).behind(feature)


def test_others_are_counted_once_and_none_where_none_is_named() -> None:
    size = 5
    rows = table([(OWN, 1, None)] * size) | {
        "occurred_at": np.full(size, AS_OF - DAY),
        "party": np.array([3, 3, MISSING, 4, 5]),
    }
    standing = Standing(OwnRows(Facts({"enterprise": rows}, NO_PRICES, {}), OWN, AS_OF))
    assert standing.parties(Leaf(Rows("enterprise"), None, "party")) == 3
    assert standing.parties(Leaf(Rows("enterprise"), 1, "party")) == 0
    assert standing.parties(Leaf(Rows("enterprise"), None, None)) == 0
