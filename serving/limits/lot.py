"""One lot in custody, and all that is known of it that lending asks."""

from dataclasses import dataclass
from typing import Literal

Customs = Literal["cleared", "detained", "not_declared", "bought"]
"""Where a lot stands with customs: declared and not held back; held back after an inspection;
under no declaration of its holder's; bought in storage, so that its declaration is the seller's."""


# Dozens are made for one answer; a frozen one takes three times as long to make.
@dataclass(slots=True)
class Lot:
    """One lot of an enterprise.

    Attributes
    ----------
    goods : str
        HS code.
    value : int
        What is in custody, at the lot's last appraisal, fen.
    pledged : int
        What is secured on it, fen.
    encumbered : bool
        Whether any of it is under a pledge.
    customs : str
    modes : tuple of (str, int)
        Supervision modes of its declarations ("" of one that states none), and what of the lot
        was declared under each, fen at its present price.
    confirmed_days : int or None
        Days since its warehouse last received or counted it; None if it never did.
    insured : bool
        Whether a policy stands and runs.
    faults : tuple of str
        Exceptions that no later count has settled.
    taxed : bool
        Whether a receipt for duty and VAT stands.
    disputed : bool
        Whether the enterprise objects to a message of its custody or title.
    """

    goods: str
    value: int
    pledged: int = 0
    encumbered: bool = False
    customs: Customs = "cleared"
    modes: tuple[tuple[str, int], ...] = ()
    confirmed_days: int | None = 0
    insured: bool = True
    faults: tuple[str, ...] = ()
    taxed: bool = True
    disputed: bool = False

    @property
    def chapter(self) -> str:
        """HS chapter, two digits."""
        return self.goods[:2]
