"""What a plan does to the goods in custody and to what is drawn, as the limit counts them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from serving.console.what_if.plan import WHOLE, Plan
from serving.limit import Circumstances
from serving.limits.lot import Lot
from serving.scores.improvement import Change

PLEDGED, UTILISATION = "pledged_share_of_stock_now", "utilisation_now"


def _counted(lot: Lot) -> Lot:
    return replace(lot, confirmed_days=0, faults=())  # a count settles what was found before


def _cured(lot: Lot) -> Lot:
    return replace(lot, faults=())


def _insured(lot: Lot) -> Lot:
    return replace(lot, insured=True)


CURES: Mapping[str, Callable[[Lot], Lot]] = {
    "have_stock_counted": _counted,
    "keep_custody_clean": _cured,
    "insure_stock": _insured,
}
"""What an action does to a lot, by its code."""


def after(known: Circumstances, plan: Plan, changes: Sequence[Change]) -> Circumstances:
    """What the limit rests on after a plan.

    Parameters
    ----------
    known : Circumstances
    plan : Plan
    changes : sequence of Change
        What the plan changes among the features.
    """
    moved = {change.feature.name: change for change in changes}
    lots = _cured_lots(known.lots, plan)
    if PLEDGED in moved:
        lots = _freed(lots, 1.0 - moved[PLEDGED].target / moved[PLEDGED].value)
    drawn = known.drawn
    if UTILISATION in moved:
        drawn = int(drawn * (moved[UTILISATION].target / moved[UTILISATION].value))
    return replace(known, lots=lots, drawn=drawn)


def _cured_lots(lots: Sequence[Lot], plan: Plan) -> tuple[Lot, ...]:
    """Lots after the actions that mend single ones: part of the way reaches the largest first."""
    found = list(lots)
    order = sorted(range(len(lots)), key=lambda place: (-lots[place].value, place))
    for code, cure in CURES.items():
        reached = -(-len(lots) * plan.share(code) // WHOLE)
        for place in order[:reached]:
            found[place] = cure(found[place])
    return tuple(found)


def _freed(lots: Sequence[Lot], share: float) -> tuple[Lot, ...]:
    """Lots after so much of the pledges was released, whole lots only, the smallest first."""
    left = share * sum(lot.pledged for lot in lots)
    found = list(lots)
    pledged = [place for place, lot in enumerate(lots) if lot.pledged]
    for place in sorted(pledged, key=lambda place: (lots[place].pledged, place)):
        left -= lots[place].pledged
        if left < 0:
            break
        found[place] = replace(lots[place], pledged=0, encumbered=False)
    return tuple(found)
