from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine.plan import values_of
from features.engine.silence import nothing_known
from features.engine.sums import Overflow
from features.engine.sweep import Spine, Sweep
from features.facts import Facts, stream_of
from features.families.balances import PLEDGED_QUANTITY, PLEDGES_BY_RECEIPT, STOCK
from features.families.cargo_value import STOCK_VALUE
from features.nodes.balances import Outstanding
from serving.limits import arrays, kernels
from serving.limits.about import About, Asked
from serving.limits.held import held_by, warm_up
from supervision.arrays import MISSING, NEVER, Columns, Integers
from supervision.contract.columns import column

ENTERPRISE, OTHER, AS_OF = 7, 8, 100
LOTS = (3, 4, 2**40)
TABLES = {
    "custody": ("received", "released", "counted"),
    "title": ("transferred", "paid"),
    "purchase": ("transferred",),
    "appraisal": ("appraisal", "market_price"),
    "pledge": ("registered", "registered", "released", "enforced", "authorised"),
}
RECIPES = (
    STOCK_VALUE,
    Outstanding(STOCK),
    Outstanding(PLEDGES_BY_RECEIPT),
    Outstanding(PLEDGED_QUANTITY),
)
ENVELOPE = {
    "enterprise_id": st.sampled_from([*[ENTERPRISE] * 6, OTHER]),
    "cargo_code": st.sampled_from(LOTS),
    "occurred_at": st.integers(95, 97),
    "known_at": st.sampled_from([*[0] * 6, AS_OF, AS_OF + 1]),
    "reversed_at": st.sampled_from([*[NEVER] * 6, AS_OF, AS_OF + 1]),
}
AMOUNTS = st.integers(0, 5_000)
OTHERS = {
    "quantity": AMOUNTS | st.just(MISSING),
    "amount": AMOUNTS,
    "unit_price": AMOUNTS,
    "receipt": st.sampled_from([11, 11 + 2**20]),  # of one last bits
    "in_storage": st.sampled_from([MISSING, 0, 1]),
}


@pytest.fixture(params=["numpy", "compiled"], scope="module")
def loops(request: pytest.FixtureRequest) -> ModuleType:
    if request.param == "numpy":
        return arrays
    return pytest.importorskip("serving.limits.loops", reason="numba is not installed")


@pytest.fixture(autouse=True, scope="module")
def _by(loops: ModuleType) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name in kernels.__all__:
            patch.setitem(vars(kernels), name, getattr(loops, name))
        yield


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Columns]:
    """Messages about a few lots, most of them of the enterprise's own."""
    nothing = nothing_known().tables
    found: dict[str, Columns] = dict(nothing)
    position = 0
    for table, kinds in TABLES.items():
        code = column(stream_of(table), "kind").code
        kind = st.sampled_from([code(kind) for kind in kinds])
        said = ENVELOPE | {"kind": kind} | {n: OTHERS[n] for n in OTHERS if n in nothing[table]}
        rows = draw(st.lists(st.fixed_dictionaries(said), max_size=15))
        values = {name: np.array([row[name] for row in rows], np.int64) for name in said}
        positions = np.arange(position, position + len(rows))
        absent = np.full(len(rows), MISSING, np.int64)
        found[table] = {**dict.fromkeys(nothing[table], absent), **values, "position": positions}
        position += len(rows)
    return found


def known(of: dict[str, Columns]) -> Facts:
    nothing = nothing_known()
    return Facts(of, nothing.prices, nothing.lots)


def swept(of: dict[str, Columns]) -> Integers:
    """The features' own recipes, run along lots as if each were an enterprise of its own."""
    lots = np.unique(np.concatenate([of[table]["cargo_code"] for table in TABLES]))
    relabelled = dict(of)
    for table in TABLES:
        own = of[table]["enterprise_id"] == ENTERPRISE
        columns = {name: values[own] for name, values in of[table].items()}
        relabelled[table] = columns | {"enterprise_id": columns["cargo_code"]}
    sweep = Sweep(known(relabelled), Spine(lots, np.full(len(lots), AS_OF, np.int64)))
    found = np.stack([lots, *(values.numbers for values in values_of(sweep, RECIPES))])
    return found[:, (found[1:] > 0).any(axis=0)].astype(np.int64)


@given(tables())
def test_each_lot_holds_what_the_features_recipes_say(of: dict[str, Columns]) -> None:
    held = held_by(known(of), ENTERPRISE, AS_OF)
    np.testing.assert_array_equal(np.stack(held.columns), swept(of))


@given(tables())
def test_messages_about_lots_are_those_that_stand(of: dict[str, Columns]) -> None:
    lots = np.array(LOTS[:2])
    about = About(known(of), ENTERPRISE, AS_OF, lots)
    custody = of["custody"]
    rows = [
        row
        for row, lot in enumerate(custody["cargo_code"].tolist())
        if lot in lots
        and custody["enterprise_id"][row] == ENTERPRISE
        and custody["known_at"][row] <= AS_OF < custody["reversed_at"][row]
        and custody["kind"][row] == column("custody", "kind").code("counted")
    ]
    asked = Asked.of("custody", ("counted",), "position")
    told = sorted(position for _, position in about.messages(asked))
    assert told == custody["position"][rows].tolist()
    for place, last in enumerate(about.latest(asked).tolist()):
        of_lot = [
            (custody["occurred_at"][row], custody["position"][row])
            for row in rows
            if custody["cargo_code"][row] == lots[place]
        ]
        assert last == (max(of_lot)[1] if of_lot else MISSING)


def test_of_no_lots_nothing_is_known() -> None:
    of = {name: {**columns} for name, columns in nothing_known().tables.items()}
    of["custody"] = {name: np.zeros(3, np.int64) for name in of["custody"]}
    about = About(known(of), 0, 0, np.empty(0, np.int64))
    asked = Asked.of("custody", ("received",), "position")
    assert not [*about.messages(asked)]
    assert not len(about.latest(asked))


def test_amounts_that_int64_does_not_hold_are_refused() -> None:
    of = dict(nothing_known().tables)
    absent = dict.fromkeys(of["custody"], np.full(3, MISSING, np.int64))
    of["custody"] = absent | {
        "enterprise_id": np.full(3, ENTERPRISE),
        "cargo_code": np.full(3, LOTS[0]),
        "known_at": np.zeros(3, np.int64),
        "reversed_at": np.full(3, NEVER),
        "kind": np.full(3, column("custody", "kind").code("received")),
        "quantity": np.full(3, 2**61),
    }
    with pytest.raises(Overflow, match="look for a unit mistake"):
        held_by(known(of), ENTERPRISE, AS_OF)


def test_nobody_warms_up() -> None:
    warm_up()
