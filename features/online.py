"""Read what the engine needs of a few enterprises straight from the record."""

from collections.abc import Sequence

import numpy as np

from features.facts import Facts
from supervision.arrays import Columns
from supervision.contract.messages import STREAMS
from supervision.holders import holders, purchases, under_holders
from supervision.record import Record

_OF_COUNTERPARTIES = ("financing", "outcome")


def facts_of(record: Record, enterprises: Sequence[int], up_to: int | None = None) -> Facts:
    """Gather all messages that concern some enterprises, and their counterparties' state.

    Parameters
    ----------
    record : Record
    enterprises : sequence of int
        Numbers of names.
    up_to : int or None
        Only messages up to this position: what a replay may see.
    """
    own = [int(number) for number in enterprises]
    tables: dict[str, Columns] = {}
    for stream in STREAMS:
        if stream not in (*_OF_COUNTERPARTIES, "valuation"):
            tables[stream] = record.rows(stream, "enterprise_id", own, up_to)
    tables["purchase"] = purchases(record.rows("title", "buyer", own, up_to))
    buyers = np.unique(tables["title"]["buyer"]).tolist()
    for stream in _OF_COUNTERPARTIES:
        tables[stream] = record.rows(stream, "enterprise_id", sorted({*own, *buyers}), up_to)
    pairs = holders(tables["custody"], tables["purchase"])
    held = np.unique(pairs[0]).tolist()
    valuations = record.rows("valuation", "cargo_code", held, up_to)
    tables["appraisal"] = under_holders(valuations, pairs)
    lots = record.lots(held)
    goods = np.unique(lots["commodity"]).tolist()
    market = record.rows("valuation", "hs_code", goods, up_to, kind="market_price")
    return Facts(tables, market, lots)
