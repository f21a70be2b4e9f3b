"""Goods that left before every right holder agreed."""

import numpy as np

from simulator.frauds import deeds
from simulator.port import Port

PATTERN = "release_without_authority"


def list_new(port: Port) -> None:
    """List the port's violations since the last time, with the lenders whose pledge it was."""
    schemes = port.schemes
    for owner, _, lot in port.violations[schemes.violations :]:
        rows = port.receipts.live
        of, parcel, lender = port.receipts.of(rows, "owner", "parcel", "lender")
        hurt = (of == owner) & (port.parcels["lot"][parcel] == lot)
        amount = port.receipts["amount"][rows]
        number = schemes.begin()
        for party in np.unique(lender[hurt]).tolist():
            owed = int(amount[hurt & (lender == party)].sum())
            who = (owner, port.names.lenders_at + party, -1)
            deeds.note(port, (PATTERN, number), who, lot, owed)
    schemes.violations = len(port.violations)
