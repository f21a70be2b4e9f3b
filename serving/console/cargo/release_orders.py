"""Release orders on a lender's own pledges: which wait for its word, who authorised which."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from serving.console.cargo.statements import Statement

State = Literal["waiting", "authorised", "released", "without_word"]
"""Waits for the lender's word; has it; carried out; carried out before the lender gave it."""


@dataclass(frozen=True)
class ReleaseOrder:
    """One order to let goods go.

    Attributes
    ----------
    number : str
    lot : int or None
        Number of its cargo code.
    requested : Statement
    own_word : Statement or None
        The lender's authorisation.
    other_words : tuple of Statement
        Those of other right holders, who are not named.
    released : Statement or None
    """

    number: str
    lot: int | None
    requested: Statement
    own_word: Statement | None
    other_words: tuple[Statement, ...]
    released: Statement | None

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.released is None:
            return "waiting" if self.own_word is None else "authorised"
        word = self.own_word
        in_time = word is not None and word.occurred_at <= self.released.occurred_at
        return "released" if in_time else "without_word"


def release_orders(own: Iterable[Statement], lender: str) -> tuple[ReleaseOrder, ...]:
    """Each order, those that wait first, then the last requested first.

    A release that states no order carries out the oldest one of its receipt that is still open.

    Parameters
    ----------
    own : iterable of Statement
        Of the lender's pledges, in the order in which they occurred.
    lender : str
    """
    requested: dict[tuple[str, str], Statement] = {}
    words: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    released: dict[tuple[str, str], Statement] = {}
    for each in own:
        receipt = each.get("receipt")
        order = (receipt, each.get("release_order") or "")
        if each.kind == "release_requested":
            requested.setdefault(order, each)
        elif each.kind == "authorised":
            words[order].append(each)
        elif each.kind == "released":
            still = [o for o in requested if o[0] == receipt and o not in released]
            done = order if order[1] else next(iter(still), None)
            if done is not None:
                released.setdefault(done, each)
    found = [
        _order(order, request, words[order], released.get(order), lender)
        for order, request in requested.items()
    ]
    found.sort(key=lambda order: (order.state != "waiting", -order.requested.occurred_at))
    return tuple(found)


def _order(
    order: tuple[str, str],
    requested: Statement,
    words: list[Statement],
    released: Statement | None,
    lender: str,
) -> ReleaseOrder:
    own = next((each for each in words if each.get("holder") == lender), None)
    others = tuple(each for each in words if each.get("holder") != lender)
    return ReleaseOrder(order[1], requested.lot, requested, own, others, released)
