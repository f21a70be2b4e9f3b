"""The view over all lenders (统一授信视图): one's own credit exactly, all others' as bands."""

from dataclasses import dataclass

import numpy as np

from features.facts import Facts, standing
from serving.console.portrait.balance import Held, held
from serving.console.portrait.bands import Band, band_over
from serving.profiles.trade import partners
from supervision.arrays import Columns, Integers

NOBODY = -1
"""No name has this number."""


@dataclass(frozen=True)
class OwnCredit:
    """What the lender that looks has granted.

    Attributes
    ----------
    facilities : int
        That are open.
    granted, drawn : int
        Fen.
    """

    facilities: int
    granted: int
    drawn: int

    @property
    def utilisation(self) -> float | None:
        """Share of what is granted that is drawn."""
        return self.drawn / self.granted if self.granted else None


@dataclass(frozen=True)
class AllLenders:
    """Credit of an enterprise at all its lenders.

    Attributes
    ----------
    own : OwnCredit
    has_others : bool
        Whether any other lender has credit open.
    others : str
        How many, as a band.
    granted, drawn : Band or None
        By the others together; None where fewer than five have a part in it.
    """

    own: OwnCredit
    has_others: bool
    others: str
    granted: Band | None
    drawn: Band | None


def all_lenders(facts: Facts, enterprise: int, tenant: int | None, as_of: int) -> AllLenders:
    """Put an enterprise's credit together.

    Parameters
    ----------
    facts : Facts
    enterprise : int
        Number of its name.
    tenant : int or None
        Number of the lender that looks; None if the record does not know it.
    as_of : int
        UTC microseconds.
    """
    columns = facts.tables["financing"]
    stands = standing(columns, enterprise, as_of)
    rows = {name: values[stands] for name, values in columns.items()}
    is_own = rows["lender"] == (NOBODY if tenant is None else tenant)
    own = {name: values[is_own] for name, values in rows.items()}
    others = {name: values[~is_own] for name, values in rows.items()}
    granted, drawn = _granted(own), _drawn(own)
    theirs_granted = _by_lender(others, _granted(others))
    theirs_drawn = _by_lender(others, _drawn(others))
    lenders = np.union1d(theirs_granted.keys, theirs_drawn.keys)
    return AllLenders(
        OwnCredit(
            len(np.union1d(granted.keys, drawn.keys)), int(granted.fen.sum()), int(drawn.fen.sum())
        ),
        bool(len(lenders)),
        partners(lenders, np.zeros(len(lenders), np.int64)).count,
        band_over(*theirs_granted),
        band_over(*theirs_drawn),
    )


def _granted(rows: Columns) -> Held:
    return held(rows, "financing", ("facility", "closed"), "facility")


def _drawn(rows: Columns) -> Held:
    return held(rows, "financing", ("drawn", "instalment_paid"), "facility")


def _by_lender(rows: Columns, facilities: Held) -> Held:
    """The lender of each facility, and what stands open under it."""
    pairs = zip(rows["facility"].tolist(), rows["lender"].tolist(), strict=True)
    lender_of: dict[int, int] = dict(pairs)
    lenders: Integers = np.array([lender_of[each] for each in facilities.keys.tolist()], np.int64)
    return Held(lenders, facilities.fen)
