"""How often frauds are committed, frozen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Frauds:
    """Shares of enterprises that would, and how often these do.

    Court cases and the surveys of lenders agree only on the order of magnitude: a few per cent of
    traders ever, a double pledge in one of several hundred pledges. The rates are set so that the
    reference world comes out there; those who would are drawn among the less honest first.
    """

    double_pledge_share: float = 0.04
    """Share of enterprises that would pledge one lot to two lenders."""
    phantom_share: float = 0.006
    """Share that would have receipts made out over cargo that is not there."""
    threefold_share: float = 0.010
    """Share of traders in metal that would have receipts made out for three times the metal."""
    substitution_share: float = 0.008
    """Share that would put cheap goods in the place of pledged ones."""
    overvaluation_share: float = 0.010
    """Share that declares some of its lots above what was paid for them."""
    yearly: float = 14.0
    """Times a year that one who would pledge twice and is in full distress looks for an occasion;
    it takes a pledged lot and a second lender with room, so most find none."""
    hidden_yearly: float = 8.0
    """The same of what needs no second lender: empty receipts and swapped goods."""
    calm: float = 0.15
    """The same attempts of one without distress, as a share."""
    overvalued_lots: float = 0.35
    """Share of the lots that an over-valuer declares too high."""
    overstated_percent: tuple[int, int] = (20, 80)
    """By how much: trade-based money laundering moves tens of per cent, less would not pay."""
    rings_per_thousand: float = 2.0
    """Rings of related traders, a thousand enterprises."""
    ring_members: tuple[int, int] = (3, 5)
    ring_yearly: float = 5.0
    """Times a year that a ring sends a lot round."""
    ring_told_share: float = 0.7
    """Share of rings whose relations the registry knows."""
    colluding_houses: float = 0.05
    """Share of warehouses in collusion: one or two of forty."""
    colluding_clients: float = 0.05
    """Share of a colluding warehouse's owners for whom it counts what is not there."""
    noticed_a_count: float = 0.06
    """Chance that a count in any other warehouse notices."""
    carousels_per_thousand: float = 3.0
    """Groups that pledge one lot in turn; they act only in a scenario with a new fraud."""
    carousel_yearly: float = 8.0
