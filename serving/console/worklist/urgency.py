"""What makes a case urgent: a few signals, each with a weight; a case weighs as much as its own.

The weights only order the list. They are set so that what may cost money today (goods below the
close-out line, a default) stands before what wants a decision (a cut-off crossed or near, a large
move), and this before what can wait. ``docs/console.md`` has them as a table.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from serving.console.cases import Case
from serving.console.language import mark
from serving.policy import DEFAULTED, Policy

LARGE_MOVE = 20
"""Points since the last score of an earlier month: half a doubling of the odds."""
NEAR = 8
"""Points from the cut-off within which a score may fall to the other side."""
SOON = 30
"""Days before a maturity from which it counts."""
_DOUBLING = 40.0


@dataclass(frozen=True)
class Grounds:
    """What urgency is judged by besides the case itself.

    Attributes
    ----------
    cut_off : float
        Largest PD at which the lender takes on new exposure.
    lends : mapping of str to bool
        By grade.
    days_to_maturity : mapping of str to int
        Of the lender's own facilities, the nearest of each enterprise.
    objections : frozenset of str
        Enterprises with an objection that is open.
    waiting : frozenset of str
        Enterprises with an override that waits for a second officer.
    """

    cut_off: float
    lends: Mapping[str, bool]
    days_to_maturity: Mapping[str, int]
    objections: frozenset[str]
    waiting: frozenset[str] = frozenset()

    def distance(self, case: Case) -> float | None:
        """Points from the cut-off, positive on the side that is lent to."""
        if case.pd is None or not 0 < case.pd < 1:
            return None
        return _DOUBLING * (_log_odds(case.pd) - self._cut_off_log_odds)

    @cached_property
    def _cut_off_log_odds(self) -> float:
        return _log_odds(self.cut_off)


@dataclass(frozen=True)
class Signal:
    """One thing that makes a case urgent.

    Attributes
    ----------
    code, title : str
    weight : int
    tone : str
        How the page marks it: ``bad``, ``warn`` or ``calm``.
    holds : callable
        Whether a case has it.
    """

    code: str
    title: str
    weight: int
    tone: str
    holds: Callable[[Case, Grounds], bool]


class Weighed(NamedTuple):
    """A case with its signals, the heaviest first."""

    case: Case
    signals: tuple[Signal, ...]
    urgency: int


def grounds(
    policy: Policy,
    days_to_maturity: Mapping[str, int],
    objections: frozenset[str],
    waiting: frozenset[str] = frozenset(),
) -> Grounds:
    """What urgency is judged by under a lender's policy."""
    lends = {grade.name: grade.lend for grade in policy.grades} | {DEFAULTED: False}
    cut_off = max((float(g.pd_up_to) for g in policy.grades if g.lend), default=1.0)
    return Grounds(min(cut_off, 0.999), lends, days_to_maturity, objections, waiting)


def weighed(case: Case, grounds: Grounds) -> Weighed:
    """Tell what makes a case urgent."""
    found = [signal for signal in SIGNALS if signal.holds(case, grounds)]
    return Weighed(case, tuple(found), sum([signal.weight for signal in found]))


def _log_odds(pd: float) -> float:
    return math.log2((1 - pd) / pd)


def _crossed(case: Case, grounds: Grounds) -> bool:
    before, now = case.former_grade, case.grade
    return (
        before is not None
        and now is not None
        and grounds.lends.get(before) != grounds.lends.get(now)
    )


def _near(case: Case, grounds: Grounds) -> bool:
    distance = grounds.distance(case)
    return distance is not None and abs(distance) <= NEAR


def _matures(case: Case, grounds: Grounds) -> bool:
    return grounds.days_to_maturity.get(case.enterprise_id, SOON + 1) <= SOON


SIGNALS = (
    Signal(
        "close_out", mark("Below close-out line"), 100, "bad", lambda c, _: c.goods == "close_out"
    ),
    Signal("default", mark("Default in force"), 90, "bad", lambda c, _: c.grade == DEFAULTED),
    Signal(
        "second_officer", mark("Waits for a second officer"), 70, "warn",
        lambda c, g: c.enterprise_id in g.waiting,
    ),
    Signal("alert", mark("Below alert line"), 60, "warn", lambda c, _: c.goods == "alert"),
    Signal("crossed", mark("Crossed the cut-off"), 50, "warn", _crossed),
    Signal("fell", mark("Fell sharply"), 40, "warn", lambda c, _: (c.moved or 0) <= -LARGE_MOVE),
    Signal(
        "objection", mark("Objection open"), 35, "warn",
        lambda c, g: c.enterprise_id in g.objections,
    ),
    Signal("near", mark("Near the cut-off"), 30, "calm", _near),
    Signal("maturity", mark("Matures soon"), 25, "calm", _matures),
    Signal(
        "insufficient", mark("Insufficient data"), 20, "calm", lambda c, _: c.status != "scored"
    ),
    Signal("rose", mark("Rose sharply"), 10, "calm", lambda c, _: (c.moved or 0) >= LARGE_MOVE),
)  # fmt: skip
"""All signals, the heaviest first."""
