"""The model as an ONNX graph, for tools that know neither MLflow nor LightGBM.

One tree ensemble in double precision, with the calibration behind it: from the values of the
features to the PD. A missing value goes where LightGBM sends it: to the side that a split states,
or, where no value was missing in training, to the side of 0.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.errors import TrainingError
from training.model.bundle import Bundle

INPUT = "values"
OUTPUT = "pd"
_OPSET = 17
_ML_OPSET = 3


@dataclass
class _Nodes:
    """Nodes of all trees, as the operator wants them: one list an attribute."""

    nodes_treeids: list[int] = field(default_factory=list)
    nodes_nodeids: list[int] = field(default_factory=list)
    nodes_featureids: list[int] = field(default_factory=list)
    nodes_modes: list[str] = field(default_factory=list)
    nodes_truenodeids: list[int] = field(default_factory=list)
    nodes_falsenodeids: list[int] = field(default_factory=list)
    nodes_missing_value_tracks_true: list[int] = field(default_factory=list)
    thresholds: list[float] = field(default_factory=list)
    target_treeids: list[int] = field(default_factory=list)
    target_nodeids: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, tree: int, root: dict[str, Any]) -> None:
        """Add one tree of LightGBM's dump."""
        for number, node, children in _numbered(root):
            split = children is not None
            if split:
                _require_threshold(node)
            self.nodes_treeids.append(tree)
            self.nodes_nodeids.append(number)
            self.nodes_modes.append("BRANCH_LEQ" if split else "LEAF")
            self.nodes_featureids.append(node["split_feature"] if split else 0)
            self.thresholds.append(float(node["threshold"]) if split else 0.0)
            self.nodes_truenodeids.append(children[0] if children is not None else 0)
            self.nodes_falsenodeids.append(children[1] if children is not None else 0)
            self.nodes_missing_value_tracks_true.append(int(split and _missing_goes_left(node)))
            if not split:
                self.target_treeids.append(tree)
                self.target_nodeids.append(number)
                self.weights.append(float(node["leaf_value"]))


def onnx_bytes(bundle: Bundle) -> bytes:
    """The model as a serialized ONNX graph.

    Its input ``values`` is float64 [n, f] in the order of the bundle's features, NaN missing; its
    output ``pd`` is float64 [n, 1]. The names of the features stand in the graph's metadata, as
    JSON.

    Raises
    ------
    TrainingError
        If the model splits on categories, which the graph does not hold.
    """
    if bundle.categories:
        raise TrainingError(
            f"expected numbers only for an ONNX graph, found categories of "
            f"{sorted(bundle.categories)[:3]}; drop these columns, or use the bundle"
        )
    nodes = _Nodes()
    for tree, dumped in enumerate(bundle.booster.dump_model()["tree_info"]):
        nodes.add(tree, dumped["tree_structure"])
    model = helper.make_model(
        _graph(bundle, nodes),
        opset_imports=[
            helper.make_opsetid("", _OPSET),
            helper.make_opsetid("ai.onnx.ml", _ML_OPSET),
        ],
        producer_name="cargoworthy",
    )
    model.ir_version = 8
    helper.set_model_props(
        model,
        {
            "features": json.dumps(bundle.features),
            "model": bundle.name,
            "model_hash": bundle.hash,
        },
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _graph(bundle: Bundle, nodes: _Nodes) -> onnx.GraphProto:
    stated = {
        name: value for name, value in vars(nodes).items() if name[:6] in ("nodes_", "target")
    }
    trees = helper.make_node(
        "TreeEnsembleRegressor",
        [INPUT],
        ["float_margin"],
        domain="ai.onnx.ml",
        n_targets=1,
        target_ids=[0] * len(nodes.weights),
        nodes_values_as_tensor=_doubles("nodes_values", nodes.thresholds),
        target_weights_as_tensor=_doubles("target_weights", nodes.weights),
        **stated,
    )
    after = [
        helper.make_node("Cast", ["float_margin"], ["margin"], to=TensorProto.DOUBLE),
        helper.make_node("Mul", ["margin", "slope"], ["scaled"]),
        helper.make_node("Add", ["scaled", "intercept"], ["log_odds"]),
        helper.make_node("Sigmoid", ["log_odds"], [OUTPUT]),
    ]
    line = bundle.calibration
    return helper.make_graph(
        [trees, *after],
        "pd",
        [helper.make_tensor_value_info(INPUT, TensorProto.DOUBLE, [None, len(bundle.features)])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.DOUBLE, [None, 1])],
        [_doubles("slope", [line.slope]), _doubles("intercept", [line.intercept])],
    )


def _doubles(name: str, values: list[float]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, dtype=np.float64), name)


def _numbered(
    root: dict[str, Any],
) -> Iterator[tuple[int, dict[str, Any], tuple[int, int] | None]]:
    """Nodes of a tree with their numbers and their children's, left before right."""
    waiting = [root]
    for number, node in enumerate(waiting):
        if "leaf_value" in node:
            yield number, node, None
            continue
        waiting += [node["left_child"], node["right_child"]]
        yield number, node, (len(waiting) - 2, len(waiting) - 1)


def _require_threshold(node: dict[str, Any]) -> None:
    if node["decision_type"] != "<=" or node["missing_type"] not in ("NaN", "None"):
        raise TrainingError(
            f"expected splits by a threshold, found {node['decision_type']!r} with missing values "
            f"as {node['missing_type']!r}; use the bundle instead of an ONNX graph"
        )


def _missing_goes_left(node: dict[str, Any]) -> bool:
    if node["missing_type"] == "None":  # taken for 0
        return float(node["threshold"]) >= 0.0
    return bool(node["default_left"])
