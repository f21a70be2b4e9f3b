"""Which of two modules of the same loops runs: compiled where numba is installed, else numpy's."""

from importlib import import_module
from types import ModuleType


def loops_of(package: str) -> ModuleType:
    """The module ``loops`` of a package where numba is installed, else its ``arrays``.

    Imported when it is asked for: numba takes longer to import than most commands to run.
    """
    try:
        return import_module(f"{package}.loops")
    except ModuleNotFoundError as missing:
        if missing.name != "numba":
            raise
        return import_module(f"{package}.arrays")
