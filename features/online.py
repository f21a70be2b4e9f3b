"""Read what the engine needs of a few enterprises straight from the record."""

from collections.abc import Sequence

import numpy as np

from features.facts import OF_OTHERS, Facts
from features.prices import Prices
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.contract.messages import STREAMS
from supervision.holders import holders, purchases, under_holders
from supervision.record import Record

_PARTIES = ("related_party", "guarantee_given", "guarantee_ended")
"""Kinds of enterprise messages whose party's own state some feature reads."""


def facts_of(record: Record, enterprises: Sequence[int], up_to: int | None = None) -> Facts:
    """Gather all messages that concern some enterprises, and the state of those they deal with.

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
        if stream not in ("financing", "outcome", "valuation"):
            tables[stream] = record.rows(stream, "enterprise_id", own, up_to)
    tables["purchase"] = purchases(record.rows("title", "buyer", own, up_to))
    concerned = sorted({*own, *others(tables["title"], tables["enterprise"]).tolist()})
    for stream in OF_OTHERS:
        tables[stream] = record.rows(stream, "enterprise_id", concerned, up_to)
    pairs = holders(tables["custody"], tables["purchase"])
    held = np.unique(pairs[0]).tolist()
    valuations = record.rows("valuation", "cargo_code", held, up_to)
    tables["appraisal"] = under_holders(valuations, pairs)
    sold = tables["title"]["cargo_code"]
    lots = record.lots(np.unique(np.concatenate([pairs[0], sold])).tolist())
    declared = tables["declaration"]["hs_code"]
    goods = np.unique(np.concatenate([lots["commodity"], declared[declared != MISSING]])).tolist()
    market = record.rows("valuation", "hs_code", goods, up_to, kind="market_price")
    return Facts(tables, Prices.of(market), lots)


def others(title: Columns, registry: Columns) -> Integers:
    """Those whose own state is read: buyers, and parties that are related or guaranteed.

    Parameters
    ----------
    title, registry : Columns
        Messages of the streams ``title`` and ``enterprise`` of the enterprises asked about.
    """
    codes = [column("enterprise", "kind").code(kind) for kind in _PARTIES]
    parties = registry["party"][np.isin(registry["kind"], codes)]
    found = np.unique(np.concatenate([title["buyer"], parties]))
    return np.asarray(found[found != MISSING], np.int64)
