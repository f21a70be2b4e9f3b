"""A day of the frauds: what goes on, what begins and what ends."""

import numpy as np

from simulator.frauds import (
    circular_sales,
    collusion,
    deeds,
    double_pledge,
    empty_receipts,
    overvaluation,
    pledge_carousel,
    releases,
    substitution,
)
from simulator.port import Port


def commit(port: Port) -> None:
    """Commit today's frauds and list them, after the day's trade."""
    _end(port)
    releases.list_new(port)
    overvaluation.overstate(port)
    collusion.notice(port)
    double_pledge.attempt(port)
    empty_receipts.attempt(port)
    if not port.prices.closed[port.day]:
        substitution.attempt(port)
    circular_sales.attempt(port)
    pledge_carousel.attempt(port)


def _end(port: Port) -> None:
    """Schemes end with the last of their receipts."""
    schemes = port.schemes
    named = _receipts(port)
    live = set(named[port.receipts.is_live(named)].tolist())
    for claim in [claim for claim in schemes.claims if not live.intersection(claim.receipts)]:
        if claim.swapped >= 0:
            if port.prices.closed[port.day]:
                continue
            substitution.clear(port, claim)
        deeds.end(port, claim.number, claim.owner)
        schemes.claims.remove(claim)


def _receipts(port: Port) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    named = [receipt for claim in port.schemes.claims for receipt in claim.receipts]
    return np.array(named, np.int64)
