"""Names of a record that were asked for before: a name never changes its number."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", int, str)
_Value = TypeVar("_Value", int, str)

MOST = 20_000
"""Names that are remembered; when there are more, all are forgotten."""


class KnownNames(Generic[_Key, _Value]):
    """Remembers what a name's number is, or a number's name; shared by threads.

    Parameters
    ----------
    ask : callable
        Looks up in the record those of several that it knows.
    """

    def __init__(self, ask: Callable[[list[_Key]], dict[_Key, _Value]]) -> None:
        self._ask: Callable[[list[_Key]], dict[_Key, _Value]] = ask
        self._held: dict[_Key, _Value] = {}

    def of(self, wanted: Iterable[_Key]) -> dict[_Key, _Value]:
        """Look up names; those that the record does not know are left out."""
        held, found, unmet = self._held, {}, []
        for key in wanted:
            value = held.get(key)
            if value is None:
                unmet.append(key)
            else:
                found[key] = value
        if unmet:
            met = self._ask(unmet)
            if len(held) + len(met) > MOST:
                self._held = held = {}
            held.update(met)
            found |= met
        return found
