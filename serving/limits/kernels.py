"""What an enterprise's messages say lot by lot: compiled where numba is installed, else in numpy.

Like :mod:`features.engine.kernels`, both ways give the same numbers, and numba is imported when a
loop is first asked for.
"""

from typing import TYPE_CHECKING, Any

from features.engine.chosen import loops_of

if TYPE_CHECKING:
    from serving.limits.arrays import about, balance, latest

__all__ = ["about", "balance", "latest"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    chosen = loops_of("serving.limits")
    globals().update({loop: getattr(chosen, loop) for loop in __all__})
    return globals()[name]
