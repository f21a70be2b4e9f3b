from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import DAY
from features.peers.goods import main_sections
from supervision.arrays import MISSING, NEVER
from supervision.contract.columns import column

AS_OF = 1_000 * DAY
KINDS = column("declaration", "kind").choices
SECTIONS = {1: 1, 2: 1, 3: 15, 4: 5}
"""Of commodity codes by number; code 5 belongs to no section."""

near = st.sampled_from([-1, 0, 1])
row = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(range(len(KINDS))) | st.just(KINDS.index("declared")),
        "enterprise_id": st.integers(1, 3),
        "occurred_at": st.builds(lambda d, e: AS_OF - d * DAY + e, st.sampled_from([0, 365]), near),
        "known_at": st.builds(lambda e: AS_OF + e, near),
        "reversed_at": st.builds(lambda e: AS_OF + e, near) | st.just(NEVER),
        "hs_code": st.sampled_from([1, 2, 3, 4, 5, MISSING]),
        "declared_value": st.sampled_from([0, 1, 2, 10**15, MISSING]),
        "position": st.integers(1, 9),
    }
)


@given(st.lists(row, max_size=40), st.sampled_from([None, 5]))
def test_the_main_goods_are_those_of_most_declared_value(
    rows: list[dict[str, int]], up_to: int | None
) -> None:
    names = ("kind", "enterprise_id", "occurred_at", "known_at", "reversed_at")
    names += ("hs_code", "declared_value", "position")
    columns = {name: np.array([each[name] for each in rows], np.int64) for name in names}
    sums: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for each in rows:
        known = each["known_at"] <= AS_OF < each["reversed_at"]
        recent = each["occurred_at"] > AS_OF - 365 * DAY
        stated = each["hs_code"] != MISSING and each["declared_value"] not in (0, MISSING)
        seen = up_to is None or each["position"] <= up_to
        if KINDS[each["kind"]] == "declared" and known and recent and stated and seen:
            sums[each["enterprise_id"]][SECTIONS.get(each["hs_code"], 0)] += each["declared_value"]
    wanted = {}
    for enterprise, by_section in sums.items():
        most = max(by_section.values())
        best = min(section for section, total in by_section.items() if total == most)
        if best:
            wanted[enterprise] = best
    assert main_sections(columns, AS_OF, SECTIONS, up_to) == wanted
