"""Concentrations: which names, goods, places or keepers make up how much of an amount."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

SHOWN = 10
"""Portions that a table shows; the others are told together."""


class Portion(NamedTuple):
    """One part of an amount; a tuple, because there may be as many as cases.

    Attributes
    ----------
    key : str or None
        None for what has none on record.
    cases : int
        Enterprises that have a part in it.
    amount : int
        Fen.
    share : float
    is_over : bool
        Whether it exceeds the policy's cap.
    """

    key: str | None
    cases: int
    amount: int
    share: float
    is_over: bool


@dataclass(frozen=True)
class Concentration:
    """An amount by its parts, the largest first.

    Attributes
    ----------
    portions : tuple of Portion
    total : int
        Fen.
    cap : Decimal or None
        Largest share by the policy.
    """

    portions: tuple[Portion, ...]
    total: int
    cap: Decimal | None

    @property
    def shown(self) -> tuple[Portion, ...]:
        """The largest ones, and those further ones that exceed the cap."""
        rest = (portion for portion in self.portions[SHOWN:] if portion.is_over)
        return (*self.portions[:SHOWN], *rest)

    @property
    def others(self) -> Portion | None:
        """All that are not shown, together."""
        rest = self.portions[len(self.shown) :]
        if not rest:
            return None
        cases, amount = sum(one.cases for one in rest), sum(one.amount for one in rest)
        return Portion(None, cases, amount, amount / self.total, is_over=False)

    @property
    def over(self) -> int:
        """How many exceed the cap."""
        return sum(portion.is_over for portion in self.portions)

    @property
    def known(self) -> int:
        """What has a key, fen."""
        return sum([one.amount for one in self.portions if one.key is not None])

    @property
    def herfindahl(self) -> float | None:
        """Sum of the squared shares (HHI) of what has a key: 1 for one alone, 1/n for n alike."""
        known = self.known
        shares = (one.amount / known for one in self.portions if one.key is not None)
        return sum(share * share for share in shares) if known else None


def concentration(
    parts: Iterable[tuple[str | None, str, int]], cap: Decimal | None
) -> Concentration:
    """Add up an amount by a key.

    Parameters
    ----------
    parts : iterable of (key, enterprise, amount)
        Amounts in fen; those of 0 are left out.
    cap : Decimal or None
        What is without a key exceeds no cap.
    """
    amounts: dict[str | None, int] = {}
    pairs = set()
    for key, enterprise, amount in parts:
        if amount > 0:
            amounts[key] = amounts.get(key, 0) + amount
            pairs.add((key, enterprise))
    cases, total = Counter(key for key, _ in pairs), sum(amounts.values())
    most = None if cap is None else int(cap * total)
    portions = [
        Portion(
            key=key,
            cases=cases[key],
            amount=amount,
            share=amount / total,
            is_over=key is not None and most is not None and amount > most,
        )
        for key, amount in sorted(amounts.items(), key=lambda one: (-one[1], one[0] or ""))
    ]
    return Concentration(tuple(portions), total, cap)
