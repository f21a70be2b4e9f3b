"""The lots of an enterprise, with all that lending asks of them, out of the facts."""

from collections import defaultdict
from collections.abc import Collection
from operator import itemgetter

import numpy as np

from features.calendar import DAY
from features.facts import Facts, standing
from features.prices import commodities
from serving.limits.about import About, Asked
from serving.limits.amounts import UNKNOWN
from serving.limits.held import held_by
from serving.limits.lot import Customs, Lot
from supervision.arrays import MISSING
from supervision.contract.columns import column
from supervision.record import Record

_CONFIRMED = Asked.of("custody", ("received", "counted"), "occurred_at")
_COUNTED = Asked.of("custody", ("counted",), "occurred_at")
_EXCEPTIONS = Asked.of("custody", ("exception",), "occurred_at", "position", "exception")
_PAPERS = Asked.of("document", ("insurance_policy", "tax_receipt"), "kind", "valid_until")
_DECLARED = Asked.of("declaration", ("declared",), "supervision_mode", "first_quantity")
_INSPECTED = Asked.of("declaration", ("inspected",), "occurred_at", "position", "inspection")
_BOUGHT = Asked.of("purchase", column("title", "kind").choices, "in_storage")

_IN_ORDER = itemgetter(1, 2)
"""When a message occurred and its position, where they are asked for first."""
_FAULTS = column("custody", "exception").choices
_POLICY = column("document", "kind").code("insurance_policy")
_DETAINED = column("declaration", "inspection").code("detained")
_IN_STORAGE = column("title", "in_storage").code("yes")


def lots_of(
    record: Record,
    facts: Facts,
    enterprise: int,
    as_of: int,
    disputed: frozenset[int] = frozenset(),
) -> tuple[Lot, ...]:
    """All lots that lie in custody or are pledged.

    Parameters
    ----------
    record : Record
        Knows the names of goods and of supervision modes.
    facts : Facts
    enterprise : int
        Number of its name in the record.
    as_of : int
        UTC microseconds.
    disputed : frozenset of int
        Positions of messages to which the enterprise objects.
    """
    held = held_by(facts, enterprise, as_of)
    if not len(held.lots):
        return ()
    about = About(facts, enterprise, as_of, held.lots)
    confirmed, faults = about.latest(_CONFIRMED).tolist(), _faults(about)
    insured, taxed = _papers(about)
    declared = _declared(about)
    customs = _customs(about, declared)
    doubts = _doubts(about, disputed) if disputed else ()
    goods = commodities(facts.lots, held.lots).tolist()
    modes = {mode for parts in declared.values() for mode, _ in parts}
    texts = record.text_of([number for number in modes.union(goods) if number >= 0])
    rows = zip(confirmed, *(each.tolist() for each in held.columns), strict=True)
    return tuple(
        [
            Lot(
                goods=texts.get(goods[place], UNKNOWN),
                value=value,
                pledged=pledged,
                encumbered=pledged > 0 or pledged_quantity > 0,
                customs=customs.get(place, "not_declared"),
                modes=tuple(
                    [
                        (texts.get(mode, ""), value * part // quantity if quantity else 0)
                        for mode, part in declared.get(place, ())
                    ]
                ),
                confirmed_days=None if at == MISSING else (as_of - at) // DAY,
                insured=place in insured,
                faults=tuple(faults.get(place, ())),
                taxed=place in taxed,
                disputed=lot in doubts,
            )
            for place, (at, lot, value, quantity, pledged, pledged_quantity) in enumerate(rows)
        ]
    )


def _faults(about: About) -> dict[int, list[str]]:
    """Exceptions of each lot that no later count has settled."""
    exceptions = [*about.messages(_EXCEPTIONS)]
    found: dict[int, list[str]] = defaultdict(list)
    if exceptions:
        counted = about.latest(_COUNTED).tolist()
        for place, at, _, exception in sorted(exceptions, key=_IN_ORDER):
            if at >= counted[place]:
                found[place].append(_FAULTS[exception])
    return found


def _papers(about: About) -> tuple[set[int], set[int]]:
    """Lots with an insurance policy that runs, and lots with a receipt for duty and VAT."""
    insured, taxed = set(), set()
    for place, kind, until in about.messages(_PAPERS):
        if kind != _POLICY:
            taxed.add(place)
        elif until == MISSING or until > about.as_of:
            insured.add(place)
    return insured, taxed


def _declared(about: About) -> dict[int, list[tuple[int, int]]]:
    """Lots that were declared: the supervision modes of each, and how much under each."""
    total: dict[int, dict[int, int]] = {}
    for place, mode, quantity in about.messages(_DECLARED):
        of = total.setdefault(place, {})
        of[mode] = of.get(mode, 0) + quantity
    return {
        place: [(mode, quantity) for mode, quantity in sorted(of.items()) if quantity]
        for place, of in total.items()
    }


def _customs(about: About, declared: Collection[int]) -> dict[int, Customs]:
    """Where each lot stands with customs, but for those that are not declared.

    Which declaration an inspection is of, the columns do not tell: so a release ends one detention
    before it.
    """
    detained: dict[int, int] = defaultdict(int)
    for place, _, _, outcome in sorted(about.messages(_INSPECTED), key=_IN_ORDER):
        detained[place] = max(0, detained[place] + (1 if outcome == _DETAINED else -1))
    found: dict[int, Customs] = {}
    for place in declared:
        found[place] = "detained" if detained.get(place) else "cleared"
    if len(found) < len(about.lots):
        for place, in_storage in about.messages(_BOUGHT):
            if in_storage == _IN_STORAGE:
                found.setdefault(place, "bought")
    return found


def _doubts(about: About, disputed: Collection[int]) -> set[int]:
    """Numbers of the lots of which a message of custody or title is disputed."""
    found: set[int] = set()
    for name in ("custody", "title"):
        table = about.facts.tables[name]
        chosen = standing(table, about.enterprise, about.as_of)
        chosen &= np.isin(table["position"], list(disputed))
        found.update(table["cargo_code"][chosen].tolist())
    return found
