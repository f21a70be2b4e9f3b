"""How a loop is compiled; importing this asks for numba, which is an extra."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Compile a loop when it is first called, and keep it on disk for other processes.

    Other threads of Python go on while it runs.
    """
    try:
        made: Any = njit(cache=True, nogil=True)(loop)
    except RuntimeError:  # there is nowhere to keep it
        made = njit(nogil=True)(loop)
    return cast("Loop", made)
