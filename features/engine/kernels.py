"""The engine's loops: compiled where numba is installed, else made of calls of numpy.

What a call costs decides how fast one enterprise is scored, and some loops take numpy many
calls. Both ways give the same numbers: ``tests/features/test_kernels.py`` compares them. numba is
imported when a loop is first asked for, for it takes longer than most commands.
"""

from typing import TYPE_CHECKING, Any

from features.engine.chosen import loops_of

if TYPE_CHECKING:
    from features.engine.arrays import (
        cell_latest,
        cell_steps,
        groups,
        latest,
        moves,
        number,
        prices,
        read_off,
        slots,
        steps,
        sums,
        worth,
        worths,
    )

__all__ = [
    "cell_latest",
    "cell_steps",
    "groups",
    "latest",
    "moves",
    "number",
    "prices",
    "read_off",
    "slots",
    "steps",
    "sums",
    "worth",
    "worths",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    chosen = loops_of("features.engine")
    globals().update({loop: getattr(chosen, loop) for loop in __all__})
    return globals()[name]
