"""Plain data, as JSON can hold it."""

from typing import Any

import numpy as np


def finite(said: Any) -> Any:
    """The same data with None for every number that is not finite, and lists for tuples."""
    if isinstance(said, dict):
        return {name: finite(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [finite(value) for value in said]
    if isinstance(said, float) and not np.isfinite(said):
        return None
    return said
