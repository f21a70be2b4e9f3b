import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from supervision.contract.columns import column
from supervision.holders import holders, purchases, under_holders

YES = column("title", "in_storage").code("yes")
NO = column("title", "in_storage").code("no")
SMALL = st.integers(0, 4)


def _columns(names: tuple[str, ...], rows: list[tuple[int, ...]]) -> dict[str, np.ndarray]:
    return {n: np.array([row[i] for row in rows], np.int64) for i, n in enumerate(names)}


@given(
    st.lists(st.tuples(SMALL, SMALL), max_size=8),
    st.lists(st.tuples(SMALL, SMALL, st.sampled_from([YES, NO])), max_size=8),
    st.lists(st.tuples(SMALL, st.integers(0, 99)), max_size=8),
)
def test_a_valuation_reaches_everyone_who_ever_held_the_lot(
    kept: list[tuple[int, int]],
    sold: list[tuple[int, int, int]],
    valued: list[tuple[int, int]],
) -> None:
    custody = _columns(("cargo_code", "enterprise_id"), kept)
    title = _columns(("cargo_code", "buyer", "in_storage"), sold)
    pairs = holders(custody, purchases({**title, "enterprise_id": title["buyer"] * 0 + 9}))
    expected = set(kept) | {(lot, buyer) for lot, buyer, stored in sold if stored == YES}
    assert {(int(lot), int(who)) for lot, who in pairs.T} == expected

    valuations = _columns(("cargo_code", "unit_price"), valued)
    found = under_holders(valuations, pairs)
    rows = sorted(
        zip(
            *(found[n].tolist() for n in ("cargo_code", "unit_price", "enterprise_id")), strict=True
        )
    )
    assert rows == sorted(
        (lot, price, who) for lot, price in valued for held, who in expected if held == lot
    )
