"""What the worklist shows: weighed cases, filtered and in order, a page at a time."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serving.console.cases import Case
from serving.console.worklist.urgency import SIGNALS, Grounds, Weighed, weighed

AT_ONCE = 50
"""Cases on a page."""
_LAST = float("inf")

ORDERS: Mapping[str, Callable[[Weighed], Any]] = {
    "urgency": lambda one: (-one.urgency, one.case.score or 0, one.case.enterprise_id),
    "enterprise": lambda one: one.case.enterprise_id,
    "score": lambda one: _LAST if one.case.score is None else one.case.score,
    "moved": lambda one: _LAST if one.case.moved is None else one.case.moved,
    "pd": lambda one: 1.0 - (-1.0 if one.case.pd is None else one.case.pd),
    "limit": lambda one: -(one.case.limit_fen or -1),
    "newest": lambda one: -one.case.as_of,
}
"""Orders in which the list can stand, by name."""


@dataclass(frozen=True)
class Wanted:
    """What of the worklist is asked for.

    Attributes
    ----------
    text : str
        Part of a credit code or of the lender's own reference.
    grade, signal : str
        Empty for all.
    order : str
    page : int
        From 1.
    """

    text: str = ""
    grade: str = ""
    signal: str = ""
    order: str = "urgency"
    page: int = 1

    def fits(self, one: Weighed) -> bool:
        """Whether a case is wanted."""
        case = one.case
        if self.grade and case.grade != self.grade:
            return False
        if self.signal and all(signal.code != self.signal for signal in one.signals):
            return False
        text = self.text.upper()
        return text in case.enterprise_id or text in (case.reference or "").upper()


@dataclass(frozen=True)
class Worklist:
    """One page of the list, and what all of it holds.

    Attributes
    ----------
    lines : tuple of Weighed
    found, total : int
        Cases that fit, and all.
    page, pages : int
    by_signal, by_grade : mapping of str to int
        Over all cases.
    """

    lines: tuple[Weighed, ...]
    found: int
    total: int
    page: int
    pages: int
    by_signal: Mapping[str, int]
    by_grade: Mapping[str, int]


def worklist(cases: Sequence[Case], grounds: Grounds, wanted: Wanted) -> Worklist:
    """Weigh, filter and order cases, and cut the page out."""
    all_ = [weighed(case, grounds) for case in cases]
    found = [one for one in all_ if wanted.fits(one)]
    found.sort(key=ORDERS["urgency"])
    if wanted.order in ORDERS and wanted.order != "urgency":
        found.sort(key=ORDERS[wanted.order])
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(max(1, wanted.page), pages)
    counted = Counter(signal.code for one in all_ for signal in one.signals)
    return Worklist(
        lines=tuple(found[(page - 1) * AT_ONCE : page * AT_ONCE]),
        found=len(found),
        total=len(all_),
        page=page,
        pages=pages,
        by_signal={signal.code: counted[signal.code] for signal in SIGNALS},
        by_grade=Counter(case.grade for case in cases if case.grade is not None),
    )
