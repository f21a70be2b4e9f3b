"""The watch list (关注名单): cases that the worklist marks, or of which a warning is open."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from serving.console.portfolio.holding import Holding
from serving.console.worklist.urgency import Grounds, Weighed, weighed
from serving.warnings.handling import OpenWarning

_NONE: list[OpenWarning] = []
MARKED = ("bad", "warn")
"""Tones of the worklist's signals that put a case on the list."""


class Watched(NamedTuple):
    """One case of the list; a tuple, because there may be as many as cases.

    Attributes
    ----------
    holding : Holding
    weighed : Weighed
        With the worklist's signals.
    warnings : list of OpenWarning
        The oldest first.
    """

    holding: Holding
    weighed: Weighed
    warnings: list[OpenWarning]


def watch_list(
    holdings: Sequence[Holding], grounds: Grounds, open_warnings: Iterable[OpenWarning]
) -> tuple[Watched, ...]:
    """The cases to watch, those first that the worklist would show first.

    Parameters
    ----------
    holdings : sequence of Holding
    grounds : Grounds
        By which the worklist judges.
    open_warnings : iterable of OpenWarning
        Of these cases, the oldest first.
    """
    by_case: dict[str, list[OpenWarning]] = {}
    for warning in open_warnings:
        by_case.setdefault(warning.enterprise_id, []).append(warning)
    found = []
    for holding in holdings:
        one = weighed(holding.case, grounds)
        own = by_case.get(holding.case.enterprise_id, _NONE)
        if own or any(signal.tone in MARKED for signal in one.signals):
            found.append(Watched(holding, one, own))
    found.sort(key=_order)
    return tuple(found)


def by_signal(watched: Iterable[Watched]) -> Mapping[str, int]:
    """How many cases have each of the marked signals, by its code."""
    return Counter(
        signal.code for one in watched for signal in one.weighed.signals if signal.tone in MARKED
    )


def _order(one: Watched) -> tuple[int, int, str]:
    return -one.weighed.urgency, -one.holding.exposure_fen, one.holding.case.enterprise_id
