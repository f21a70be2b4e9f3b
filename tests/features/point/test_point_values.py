"""One enterprise at one point: a program followed has the bits of the sweep, or leaves it be."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.calendar import DAY, midnight
from features.catalogue import CATALOGUE
from features.engine.evaluation import evaluate, swept, warm_up
from features.engine.silence import nothing_known
from features.engine.sums import Overflow
from features.engine.sweep import Spine
from features.facts import Facts
from features.nodes.arithmetic import (
    Ago,
    AtLeast,
    CappedRatio,
    Change,
    Difference,
    Given,
    Plus,
    Ratio,
)
from features.nodes.balances import Balance, Flow, Outstanding
from features.nodes.windows import Count, Latest, Total
from features.point.evaluation import MOST, values_at
from features.recipe import Recipe, Rows
from supervision.arrays import NEVER
from supervision.contract.columns import column
from supervision.errors import CargoworthyError
from tests.features.engine.test_silence import with_published, without

lines = pytest.importorskip("features.point.lines", reason="numba is not installed")

World = Any
Floats = npt.NDArray[np.float64]

RECIPES = tuple(feature.recipe for feature in CATALOGUE.features)
TABLES = tuple(nothing_known().tables)


SALES = Rows("title", (("kind", ("transferred",)),))
STORED = Rows("title", (("kind", ("transferred",)), ("in_storage", ("yes", "no"))))
INSURED = Rows("document", (("kind", ("insurance_policy", "vat_invoice")),), "valid_until")
SHARE = Ratio(Total(SALES, "price", 90), Total(SALES, "price", 365), 365, 90)
FLOWS = tuple(Flow(Rows(table), "each") for table in ("custody", "title", "purchase"))

OTHERWISE: tuple[Recipe, ...] = (
    Outstanding(Balance((*FLOWS, Flow(STORED, "quantity")), FLOWS[:2], "cargo_code")),
    Outstanding(Balance(FLOWS[:1], (), "cargo_code")),
    Ago(Ago(SHARE, 30), 60),
    Ago(Count(INSURED), 45),
    Ago(Difference(SHARE, Ago(SHARE, 90)), 7),
    Plus(SHARE, Count(INSURED, 90)),
    Given(Plus(Count(SALES), Latest(SALES, "price", 365)), Rows("outcome")),
    AtLeast(SHARE, 1),
    AtLeast(Given(SHARE, INSURED), 1),
    CappedRatio(SHARE, Change(SHARE), 3, 2),
    Total(STORED, "paid_late", 365),
    Count(Rows("custody", (("kind", ("received", "counted")), ("kind", ("counted",))))),
    Count(Rows("custody", (("kind", ()),))),
)
"""Recipes that the catalogue does not have, of nodes that it has."""


def point(enterprise: int, as_of: int) -> Spine:
    return Spine(np.array([enterprise]), np.array([as_of]))


def assert_same_bits(one: Floats | None, other: Floats) -> None:
    assert one is not None
    differing = [
        feature.name
        for feature, mine, theirs in zip(CATALOGUE.features, one, other, strict=True)
        if mine.tobytes() != theirs.tobytes() and not (np.isnan(mine) and np.isnan(theirs))
    ]
    assert differing == []


@pytest.fixture(scope="module")
def published(
    make_world: Callable[[int], World], facts_of: Callable[[World], Facts]
) -> Callable[[int], tuple[World, Facts]]:
    """Make a world whose facts have all that is known of others."""
    made: dict[int, tuple[World, Facts]] = {}

    def make(seed: int) -> tuple[World, Facts]:
        if seed not in made:
            world = make_world(seed)
            made[seed] = world, with_published(facts_of(world), world.spine.as_of)
        return made[seed]

    return make


@pytest.mark.parametrize("seed", range(100, 108))
def test_every_point_has_the_bits_of_the_sweep(
    seed: int, published: Callable[[int], tuple[World, Facts]]
) -> None:
    world, facts = published(seed)
    swept_ = swept(facts, world.spine, RECIPES)
    points = zip(world.spine.enterprise.tolist(), world.spine.as_of.tolist(), strict=True)
    for row, (enterprise, as_of) in enumerate(points):
        assert_same_bits(values_at(facts, enterprise, as_of, RECIPES), swept_[row])


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_rows_in_any_order_have_the_bits_of_the_sweep(
    published: Callable[[int], tuple[World, Facts]], data: st.DataObject
) -> None:
    """Some tables silent, the rest with rows left out and shuffled, at any hour of a midnight."""
    world, facts = published(data.draw(st.integers(100, 103)))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    tables = {}
    for name, rows in facts.tables.items():
        order = rng.permutation(len(rows["position"]))
        kept = order[: int(len(order) * data.draw(st.sampled_from([0.0, 0.05, 0.5, 1.0])))]
        tables[name] = {column: values[kept] for column, values in rows.items()}
    some = replace(facts, tables=tables)
    enterprise = int(rng.choice(world.enterprises))
    as_of = midnight(int(rng.choice(world.spine.as_of))) + int(rng.integers(0, DAY))
    alone = values_at(some, enterprise, as_of, RECIPES)
    assert_same_bits(alone, swept(some, point(enterprise, as_of), RECIPES)[0])


@pytest.mark.parametrize("feature", CATALOGUE.features, ids=lambda feature: feature.name)
def test_a_feature_alone_has_the_bits_of_the_whole(
    feature: Any, published: Callable[[int], tuple[World, Facts]]
) -> None:
    world, facts = published(100)
    for row in range(0, len(world.spine), 9):
        one = point(int(world.spine.enterprise[row]), int(world.spine.as_of[row]))
        alone = evaluate(facts, one, (feature,)).values[0, 0]
        theirs = swept(facts, one, (feature.recipe,))[0, 0]
        assert alone.tobytes() == theirs.tobytes() or (np.isnan(alone) and np.isnan(theirs))


@pytest.mark.parametrize("recipe", OTHERWISE, ids=lambda recipe: type(recipe).__name__)
def test_recipes_of_no_catalogue_have_the_bits_of_the_sweep(
    recipe: Recipe, published: Callable[[int], tuple[World, Facts]]
) -> None:
    world, facts = published(104)
    for row in range(0, len(world.spine), 3):
        enterprise, as_of = int(world.spine.enterprise[row]), int(world.spine.as_of[row])
        alone = values_at(facts, enterprise, as_of, (recipe,))
        theirs = swept(facts, point(enterprise, as_of), (recipe,))
        assert alone is not None
        np.testing.assert_array_equal(alone, theirs[0])


def test_a_circle_of_guarantees_is_one_however_many_give_them_back(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    world, facts = published(100)
    as_of = int(world.spine.as_of.max())
    rows = {name: np.resize(of, 4) for name, of in facts.tables["enterprise"].items()}
    given_by, to = np.array([1, 1, 2, 3]), np.array([2, 3, 1, 1])
    rows |= {"enterprise_id": given_by, "party": to, "amount": np.full(4, 7)}
    rows |= {"reference": np.arange(4), "position": np.arange(4)}
    rows |= dict.fromkeys(("occurred_at", "known_at"), np.full(4, as_of - 9 * DAY))
    rows["reversed_at"] = np.full(4, NEVER)
    rows["kind"] = np.full(4, column("enterprise", "kind").code("guarantee_given"))
    circle = replace(facts, tables={**facts.tables, "enterprise": rows}, others=None)
    recipe = (CATALOGUE.by_name["guarantee_circle_now"].recipe,)
    alone = values_at(with_published(circle, np.array([as_of])), 1, as_of, recipe)
    assert alone is not None
    assert alone.tolist() == swept(circle, point(1, as_of), recipe)[0].tolist() == [1.0]


def test_nobody_has_the_bits_of_the_sweep(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    _, facts = published(100)
    nobody = without(facts, frozenset(TABLES))
    at = int(facts.others.midnights[0])  # type: ignore[union-attr]
    assert_same_bits(
        values_at(nobody, 10**6, at, RECIPES), swept(nobody, point(10**6, at), RECIPES)[0]
    )
    assert evaluate(nobody, point(1, at), ()).values.shape == (1, 0)


def test_other_enterprises_rows_count_for_nothing(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    world, facts = published(101)
    enterprise, as_of = int(world.enterprises[1]), int(world.spine.as_of.max())
    own = {
        name: {
            column: values[rows["enterprise_id"] == enterprise] for column, values in rows.items()
        }
        for name, rows in facts.tables.items()
    }
    alone = values_at(replace(facts, tables=own), enterprise, as_of, RECIPES)
    assert_same_bits(values_at(facts, enterprise, as_of, RECIPES), alone)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "amount", [2**53 + 1, 2**60, 2**61 - 2**10, 2**61, 2**62 - 2**10, 2**62, NEVER]
)
def test_what_comes_near_to_the_end_of_64_bits_is_left_to_the_sweep(
    amount: int, published: Callable[[int], tuple[World, Facts]]
) -> None:
    _, facts = published(100)
    rows = {name: values[:1] for name, values in facts.tables["declaration"].items()}
    at = int(rows["known_at"][0])
    rows |= {"declared_value": np.array([amount]), "reversed_at": np.array([NEVER])}
    enterprise = int(rows["enterprise_id"][0])
    large = replace(facts, tables={**facts.tables, "declaration": rows})
    total = (Total(Rows("declaration"), "declared_value"),)
    alone = values_at(large, enterprise, at, total)
    assert (alone is None) == (amount >= 2**61)
    if amount < 2**62:
        assert swept(large, point(enterprise, at), total)[0, 0] == float(amount)
        assert alone is None or alone[0] == float(amount)
    else:
        with pytest.raises(Overflow):
            swept(large, point(enterprise, at), total)


def test_without_a_snapshot_of_the_midnight_it_is_left_to_the_sweep(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    world, facts = published(100)
    enterprise, as_of = int(world.spine.enterprise[0]), int(world.spine.as_of[0])
    unpublished = replace(facts, others=None)
    assert values_at(unpublished, enterprise, as_of, RECIPES) is None
    later = int(facts.others.midnights[-1]) + DAY  # type: ignore[union-attr]
    assert values_at(facts, enterprise, later, RECIPES) is None
    with pytest.raises(CargoworthyError, match="publish that"):
        evaluate(facts, point(enterprise, later))
    own = tuple(r for r in RECIPES if isinstance(r, Total))
    assert values_at(unpublished, enterprise, as_of, own) is not None


def test_without_a_table_or_with_too_many_rows_it_is_left_to_the_sweep(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    _, facts = published(100)
    total = (Total(Rows("declaration"), "declared_value"),)
    assert values_at(replace(facts, tables={}), 1, 0, total) is None
    rows = {name: np.resize(of, MOST) for name, of in facts.tables["declaration"].items()}
    most = replace(facts, tables={"declaration": rows})
    assert values_at(most, 1, 0, total) is not None
    one_more = {name: np.append(of, of[:1]) for name, of in rows.items()}
    assert values_at(replace(facts, tables={"declaration": one_more}), 1, 0, total) is None


def test_after_the_warm_up_nothing_is_left_to_compile(
    published: Callable[[int], tuple[World, Facts]],
) -> None:
    from features.point.numbers import conclude
    from features.point.reading import read

    loops: tuple[Any, ...] = read, lines.follow, conclude
    warm_up()
    compiled = [len(loop.signatures) for loop in loops]
    world, facts = published(102)
    for row in range(5):
        evaluate(facts, point(int(world.spine.enterprise[row]), int(world.spine.as_of[row])))
    assert [len(loop.signatures) for loop in loops] == compiled == [1, 1, 1]
