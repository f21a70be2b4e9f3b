"""Exceptions in custody over time: which a later count settled, and which still stand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from serving.console.cargo.statements import Statement

State = Literal["stands", "settled", "gone"]
"""No later count; counted since; the lot is no longer in custody."""


@dataclass(frozen=True)
class Fault:
    """One exception that a warehouse reported.

    Attributes
    ----------
    told : Statement
    state : str
    """

    told: Statement
    state: State

    @property
    def kind(self) -> str:
        """Kind of the exception."""
        return str(self.told.get("exception"))


def faults(custody: Iterable[Statement], held: Collection[int]) -> tuple[Fault, ...]:
    """All exceptions, the last first.

    Parameters
    ----------
    custody : iterable of Statement
        Of any lots.
    held : collection of int
        Numbers of the lots in custody now.
    """
    told = tuple(custody)
    counted: dict[int | None, int] = {}
    for each in told:
        if each.kind == "counted":
            counted[each.lot] = max(each.occurred_at, counted.get(each.lot, each.occurred_at))
    found = [
        Fault(each, _state(each, counted.get(each.lot), held))
        for each in told
        if each.kind == "exception"
    ]
    return tuple(sorted(found, key=lambda fault: -fault.told.occurred_at))


def _state(told: Statement, counted: int | None, held: Collection[int]) -> State:
    if counted is not None and counted > told.occurred_at:
        return "settled"
    return "stands" if told.lot in held else "gone"
