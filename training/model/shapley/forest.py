"""The forest: trees of LightGBM's text form as arrays, without LightGBM.

A tree's inner nodes come first, each after its parent, then its leaves.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.model.errors import ModelError
from training.model.scale import Floats, Integers

Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]

NONE = -1
"""No node, no feature."""


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees whose leaves add up to a margin.

    Attributes
    ----------
    roots : int64 [trees + 1]
        First node of each tree, and the number of all nodes.
    leaves : int64 [trees]
        First leaf of each tree.
    parent : int32 [nodes]
        Node above, or -1.
    side : int8 [nodes]
        1 if the node is its parent's right child, else 0.
    feature : int32 [nodes]
        Column by which the node divides; -1 in a leaf.
    threshold : float64 [nodes]
        Up to it, left.
    decision : int8 [nodes]
        LightGBM's bits: 1 categorical, 2 missing goes left, 4 and 8 the kind of missing (1: zero,
        2: NaN).
    first_word, last_word : int32 [nodes]
        Of a categorical node: its bits in ``words``.
    words : uint32
        Bit c says whether category c goes left.
    value : float64 [nodes]
        Of a leaf.
    count : float64 [nodes]
        Training rows that came by.
    """

    roots: Integers
    leaves: Integers
    parent: Places
    side: Bytes
    feature: Places
    threshold: Floats
    decision: Bytes
    first_word: Places
    last_word: Places
    words: npt.NDArray[np.uint32]
    value: Floats
    count: Floats


def read(text: str) -> list[Forest]:
    """Read LightGBM's text form (version 4), each tree a forest.

    Raises
    ------
    ModelError
        If the text holds no trees, or linear ones, or is damaged.
    """
    trees = []
    for number, told in enumerate(_told(text)):
        try:
            tree = _tree(told)
        except (KeyError, ValueError, IndexError, OverflowError) as error:
            raise _damaged(number, f"{error!r:.100}") from error
        if fault := _fault(tree):
            raise _damaged(number, fault)
        trees.append(tree)
    if not trees:
        raise ModelError("the model's text holds no tree; train it again")
    return trees


def _damaged(tree: int, fault: str) -> ModelError:
    return ModelError(
        f"expected LightGBM's text form (version 4), found in tree {tree}: {fault}; take the "
        "model from the registry again"
    )


def _fault(tree: Forest) -> str:
    """What would lead the loops astray, which look at no bounds."""
    nodes, inner = len(tree.parent), int(tree.leaves[0])
    categorical = (tree.decision & 1) == 1
    if any(len(getattr(tree, name)) != nodes for name in _OF_NODES):
        return "as many numbers of one kind as nodes are missing or too many"
    if (tree.parent[1:] >= np.minimum(np.arange(1, nodes), inner)).any() or (
        tree.parent[1:] < 0
    ).any():
        return "a node that is not below an earlier one"
    if (np.bincount(tree.parent[1:], minlength=inner) != 2).any():
        return "an inner node without two children"
    if (tree.feature[:inner] < 0).any():
        return "a feature below 0"
    if (tree.first_word[categorical] < 0).any() or (
        tree.last_word[categorical] > len(tree.words)
    ).any():
        return "a set of categories that is not there"
    if not np.isfinite(tree.value).all():
        return "a leaf without a finite value"
    return ""


def join(forests: list[Forest]) -> Forest:
    """Several forests as one."""
    parts = {name: [getattr(one, name) for one in forests] for name in _KINDS}
    nodes = np.cumsum([0, *(len(one.parent) for one in forests)])
    words = np.cumsum([0, *(len(one.words) for one in forests)])
    for k, one in enumerate(forests):
        parts["parent"][k] = np.where(one.parent == NONE, NONE, one.parent + nodes[k])
        parts["roots"][k] = one.roots[:-1] + nodes[k]
        parts["leaves"][k] = one.leaves + nodes[k]
        parts["first_word"][k] = one.first_word + words[k]
        parts["last_word"][k] = one.last_word + words[k]
    parts["roots"].append(nodes[-1:])
    return Forest(**{name: np.concatenate(parts[name]).astype(_KINDS[name]) for name in _KINDS})


_OF_NODES = (
    "side",
    "feature",
    "threshold",
    "decision",
    "first_word",
    "last_word",
    "value",
    "count",
)
_KINDS: Mapping[str, Any] = {
    "roots": np.int64,
    "leaves": np.int64,
    "parent": np.int32,
    "side": np.int8,
    "feature": np.int32,
    "threshold": np.float64,
    "decision": np.int8,
    "first_word": np.int32,
    "last_word": np.int32,
    "words": np.uint32,
    "value": np.float64,
    "count": np.float64,
}


def _told(text: str) -> Iterator[dict[str, str]]:
    """Keys and values of each tree."""
    tree: dict[str, str] | None = None
    for line in text.splitlines():
        key, found, value = line.partition("=")
        if key == "Tree" or line == "end of trees":
            if tree is not None:
                yield tree
            tree = {}
            if line == "end of trees":
                return
        elif tree is not None and found:
            tree[key] = value


def _tree(told: Mapping[str, str]) -> Forest:
    """One tree; LightGBM numbers inner nodes from 0, each after its parent, and leaf k as ~k."""
    if told.get("is_linear", "0") != "0":
        raise ModelError(
            "expected trees with constant leaves, found linear ones; train without linear_tree"
        )

    def numbers(key: str, kind: Any) -> Any:
        return np.array(told.get(key, "").split(), kind)

    leaves = int(told["num_leaves"])
    inner = leaves - 1
    parent = np.full(inner + leaves, NONE, np.int32)
    side = np.zeros(inner + leaves, np.int8)
    for turn, key in enumerate(("left_child", "right_child")):
        child = numbers(key, np.int32)
        place = np.where(child < 0, inner + ~child, child)
        parent[place] = np.arange(inner)
        side[place] = turn
    decision = numbers("decision_type", np.int8)
    threshold = numbers("threshold", np.float64)
    categorical = (decision & 1) == 1
    bounds = numbers("cat_boundaries", np.int32) if categorical.any() else np.zeros(2, np.int32)
    place = np.where(categorical, threshold, 0).astype(np.int64)
    blank = np.zeros(leaves)
    # the count of a tree's only leaf is not told, and does not matter
    counts = numbers("leaf_count", np.float64) if inner else np.ones(1)
    parts = {
        "roots": np.array([0, inner + leaves]),
        "leaves": np.array([inner]),
        "parent": parent,
        "side": side,
        "feature": np.concatenate([numbers("split_feature", np.int32), np.full(leaves, NONE)]),
        "threshold": np.concatenate([np.where(categorical, 0.0, threshold), blank]),
        "decision": np.concatenate([decision, blank]),
        "first_word": np.concatenate([np.where(categorical, bounds[place], 0), blank]),
        "last_word": np.concatenate([np.where(categorical, bounds[place + categorical], 0), blank]),
        "words": numbers("cat_threshold", np.uint32),
        "value": np.concatenate([np.zeros(inner), numbers("leaf_value", np.float64)]),
        "count": np.concatenate([numbers("internal_count", np.float64), counts]),
    }
    return Forest(**{name: parts[name].astype(kind) for name, kind in _KINDS.items()})
