"""Equal nodes are one node, and a plan puts each after what it rests on."""

import copy
import pickle

import pytest

from features.catalogue import CATALOGUE
from features.engine.plan import plan
from features.families.balances import DECLARED, SALES
from features.nodes.arithmetic import Ago, Ratio
from features.nodes.windows import Count, Total
from features.recipe import Rows


def test_equal_nodes_are_one() -> None:
    assert Rows("custody") is Rows("custody", (), until=None)
    assert Count(DECLARED, 90) is Count(rows=Rows("declaration", DECLARED.where), days=90)
    assert Count(DECLARED, 90) is not Count(DECLARED, 365)
    assert Count(DECLARED) is not Total(DECLARED, "declared_value")


def test_a_node_is_the_same_when_it_comes_back() -> None:
    recipe = Ratio(Count(DECLARED, 90), Ago(Count(SALES, 90), 365))
    assert pickle.loads(pickle.dumps(recipe)) is recipe  # noqa: S301
    assert copy.deepcopy(recipe) is recipe


@pytest.mark.parametrize("silent", [(), ("pledge", "financing")])
def test_a_plan_names_each_node_once_and_after_its_parts(silent: tuple[str, ...]) -> None:
    recipes = tuple(feature.recipe for feature in CATALOGUE.features)
    found = plan(recipes, frozenset(silent))
    seen: set[object] = set(found.given)
    assert bool(seen) == bool(silent)
    for step in found.steps:
        assert all(part in seen for node in step for part in node.parts())
        assert not seen & set(step)
        seen |= set(step)
    assert set(recipes) <= seen
