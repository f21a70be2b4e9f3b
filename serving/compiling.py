"""Compiles what the service runs and leaves it on disk: ``python -m serving.compiling``.

For an image, so that no container compiles at its start. numba looks for what it kept in
``NUMBA_CACHE_DIR``, and keeps it by processor: on another kind of processor, or for a model with
longer paths than these, the service compiles at its own start, before it is ready.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from features.engine.evaluation import warm_up
from serving.limits import held
from training.model.points import Families, displayed_by_family
from training.model.shapley.explainer import Explainer

DISTINCT = (8, 10, 12)
"""Features on the longest path of a tree; from 8 on, each two more need a form of their own."""


def compile_all() -> None:
    """Compile the loops of features and limits, and the kernel for a row alone and for several."""
    warm_up()
    held.warm_up()
    for features in DISTINCT:
        explainer = Explainer.of(_model(features), features)
        for rows in (1, 8):
            explainer.shares(np.zeros((rows, features)))
    displayed_by_family(0, np.zeros((1, 2), np.int64), Families.one(2))


def _model(features: int) -> str:
    """LightGBM's text of one tree, in which each feature is asked in turn and left leads out."""
    return "\n".join([*_tree(features), "end of trees", ""])


def _tree(features: int) -> Iterator[str]:
    left = [~number for number in range(features)]
    right = [*range(1, features), ~features]
    told: dict[str, Iterable[float]] = {
        "Tree": [0],
        "num_leaves": [features + 1],
        "split_feature": range(features),
        "threshold": [0.5] * features,
        "decision_type": [2] * features,
        "left_child": left,
        "right_child": right,
        "leaf_value": [0.1] * (features + 1),
        "leaf_count": [1] * (features + 1),
        "internal_count": range(features + 1, 1, -1),
    }
    for key, value in told.items():
        yield f"{key}={' '.join(map(str, value))}"


if __name__ == "__main__":
    compile_all()
