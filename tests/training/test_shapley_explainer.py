"""The explainer, judged by LightGBM's own TreeSHAP and by its predictions."""

import itertools
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.model.errors import ModelError
from training.model.scale import Floats
from training.model.shapley import arrays
from training.model.shapley.explainer import Explainer
from training.model.shapley.forest import read
from training.model.shapley.quadrature import gauss_legendre

ROWS = 400


@dataclass(frozen=True)
class Case:
    """A model and rows that it may meet."""

    booster: lgb.Booster
    values: Floats

    @property
    def explainer(self) -> Explainer:
        return Explainer.of(self.booster.model_to_string(), self.values.shape[1])


def learnt(
    seed: int = 0, columns: int = 5, categorical: int = 0, trees: int = 8, **settings: Any
) -> Case:
    """A model on rows with ties, zeros, missing values and categories."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((ROWS, columns)).round(1)
    values[:, :categorical] = rng.integers(0, 70, (ROWS, categorical))
    values[rng.random(values.shape) < 0.1] = np.nan
    values[rng.random(values.shape) < 0.1] = 0.0
    noise = rng.standard_normal(ROWS)
    target = (np.nan_to_num(values[:, -1]) * np.nan_to_num(values[:, 0] % 3) + noise > 0.5) * 1
    told = {
        "objective": "binary",
        "min_data_in_leaf": 2,
        "min_data_per_group": 2,
        "cat_smooth": 1.0,
        "max_cat_to_onehot": 2,
        "verbosity": -1,
        "num_threads": 1,
        "seed": seed,
        **settings,
    }
    data = lgb.Dataset(
        values,
        target,
        categorical_feature=list(range(categorical)),
        params={"verbosity": -1},
    )
    asked = values.copy()
    asked[:, :categorical] += rng.integers(-1, 40, (ROWS, categorical))
    return Case(lgb.train(told, data, trees), asked)


_CASE = learnt(trees=3, categorical=1, columns=3)
_SMALL = (_CASE.booster.model_to_string(), _CASE.values[:9])

cases = st.builds(
    learnt,
    seed=st.integers(0, 10_000),
    columns=st.integers(1, 24),
    categorical=st.integers(0, 1),
    trees=st.integers(1, 12),
    num_leaves=st.sampled_from([2, 3, 8, 31, 90]),
    max_depth=st.integers(1, 20),
    use_missing=st.booleans(),
    zero_as_missing=st.booleans(),
    min_data_in_leaf=st.sampled_from([1, 5, 60, 300]),
)


@given(cases)
@settings(max_examples=40, deadline=None)
def test_shares_are_those_of_lightgbm(case: Case) -> None:
    theirs = case.booster.predict(case.values, pred_contrib=True, num_threads=1)
    explainer = case.explainer
    found = explainer.shares(case.values)
    assert np.abs(found - theirs[:, :-1]).max() < 1e-12
    assert explainer.expected == pytest.approx(theirs[0, -1], abs=1e-12)


@given(cases)
@settings(max_examples=20, deadline=None)
def test_base_and_shares_are_the_margin(case: Case) -> None:
    explainer = case.explainer
    margin = case.booster.predict(case.values, raw_score=True, num_threads=1)
    found = explainer.expected + explainer.shares(case.values).sum(axis=1)
    assert np.abs(found - margin).max() < 1e-12


@given(cases, st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_a_row_has_the_same_bits_alone_in_a_batch_and_without_numba(case: Case, rows: int) -> None:
    explainer, values = case.explainer, case.values[:rows]
    together = explainer.shares(values)
    alone = np.concatenate([explainer.shares(row[None]) for row in values])
    plain = np.zeros_like(together)
    for tables in explainer.tables:
        plain = plain + arrays.shares(tables, values, values.shape[1])
    assert (together == alone).all()
    assert (together == plain).all()


def test_shares_are_shapley_values() -> None:
    """By their definition, over all orders of the features that a small tree asks for."""
    case = learnt(columns=4, trees=1, num_leaves=12)
    (tree,) = read(case.booster.model_to_string())
    explainer = case.explainer
    for row in case.values[:5]:
        worth = {
            known: _worth(tree, row, frozenset(known), 0)
            for size in range(5)
            for known in itertools.combinations(range(4), size)
        }
        for feature, found in enumerate(explainer.shares(row[None])[0]):
            gains = []
            for order in itertools.permutations(range(4)):
                place = order.index(feature)
                without = tuple(sorted(order[:place]))
                gains.append(worth[tuple(sorted((*without, feature)))] - worth[without])
            assert found == pytest.approx(float(np.mean(gains)), abs=1e-12)


def _worth(tree: Any, row: Floats, known: frozenset[int], node: int) -> float:
    """What a tree says of a row of which only some features are known."""
    children = np.flatnonzero(tree.parent == node)
    if not len(children):
        return float(tree.value[node])
    said = [_worth(tree, row, known, int(child)) for child in children]
    feature = int(tree.feature[node])
    if feature not in known:
        weights = tree.count[children] / tree.count[node]
        return float((weights * said).sum())
    value = row[feature]
    left = tree.decision[node] & 2 if np.isnan(value) else value <= tree.threshold[node]
    return said[list(tree.side[children]).index(0 if left else 1)]


def test_trees_of_one_leaf_share_nothing() -> None:
    case = learnt(min_data_in_leaf=ROWS)
    explainer = case.explainer
    assert (explainer.shares(case.values) == 0.0).all()
    margin = case.booster.predict(case.values[:1], raw_score=True)
    assert explainer.expected == pytest.approx(float(margin[0]))


def test_no_rows_are_no_shares() -> None:
    assert learnt().explainer.shares(np.empty((0, 5))).shape == (0, 5)


@pytest.mark.parametrize("points", [1, 2, 3, 4, 5, 8, 13, 20])
def test_quadrature_is_that_of_numpy(points: int) -> None:
    nodes, weights = gauss_legendre(points)
    at, weight = np.polynomial.legendre.leggauss(points)
    np.testing.assert_allclose(nodes, (at + 1.0) / 2.0, rtol=0, atol=2e-15)
    np.testing.assert_allclose(weights, weight / 2.0, rtol=0, atol=2e-15)


def test_a_text_without_trees_is_told() -> None:
    with pytest.raises(ModelError, match="holds no tree"):
        read("tree\nversion=v4\n")


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_damaged_text_is_told_or_explains_something(seed: int) -> None:
    """The loops look at no bounds: whatever is read must keep within them."""
    rng = np.random.default_rng(seed)
    text, values = _SMALL
    begin = text.index("Tree=0")
    damaged = list(text)
    for _ in range(int(rng.integers(1, 4))):
        place = int(rng.integers(begin, text.index("end of trees")))
        damaged[place] = str(rng.choice(list("0123456789-. e=\n")))
    try:
        explainer = Explainer.of("".join(damaged), values.shape[1])
    except ModelError:
        return
    with np.errstate(all="ignore"):
        found = explainer.shares(values)
    assert found.shape == values.shape


def test_a_feature_that_the_values_do_not_have_is_told() -> None:
    text = learnt().booster.model_to_string()
    with pytest.raises(ModelError, match="asks for feature 4"):
        Explainer.of(text, 4)


def test_linear_trees_are_told() -> None:
    case = learnt(linear_tree=True)
    with pytest.raises(ModelError, match="linear"):
        read(case.booster.model_to_string())


def test_a_node_without_training_rows_is_told() -> None:
    text = learnt(trees=1).booster.model_to_string()
    lines = [
        "leaf_count=0 " + line.split("=", 1)[1].split(" ", 1)[1]
        if line.startswith("leaf_count=")
        else line
        for line in text.splitlines()
    ]
    with pytest.raises(ModelError, match="no training rows"):
        Explainer.of("\n".join(lines), 5)
