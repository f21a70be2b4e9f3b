"""With whom an enterprise deals and to whom it is tied: nobody named, sizes only as bands."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.calendar import DAY
from features.facts import Facts, Flags, standing
from serving.console.language import mark
from serving.console.portrait.balance import Held, held, known, latest, numbers, of_kind
from serving.console.portrait.bands import Band, band_over
from serving.profiles.trade import YEAR, partners, recent
from supervision.arrays import MISSING, Columns, Integers
from supervision.contract.columns import column
from supervision.record import Record

TITLES: Mapping[str, str] = {
    "suppliers": mark("Suppliers abroad"),
    "customers": mark("Customers abroad"),
    "sellers": mark("Sellers at home"),
    "buyers": mark("Buyers at home"),
    "related": mark("Related parties"),
    "sisters": mark("Under the same controller"),
    "guaranteed": mark("Guaranteed by it"),
    "guarantors": mark("Its guarantors"),
    "core": mark("Core enterprises"),
}
"""Kinds of ties in the order in which they are shown."""
TRADE = ("suppliers", "customers", "sellers", "buyers")
_NONE = np.array([], np.int64)
_NOBODY = Held(_NONE, _NONE)


@dataclass(frozen=True)
class Tie:
    """All parties of one kind together.

    Attributes
    ----------
    kind : str
    is_any : bool
        Whether there is any such party.
    count : str
        How many, as a band.
    share_of_five : str or None
        Of the five largest in a year's trade, as a band.
    traded : Band or None
        In the last 365 days; None where fewer than five had a part in it.
    exposure : Band or None
        What stands open between them: unpaid, or guaranteed.
    """

    kind: str
    is_any: bool
    count: str
    share_of_five: str | None = None
    traded: Band | None = None
    exposure: Band | None = None


def ties(record: Record, facts: Facts, enterprise: int, as_of: int) -> tuple[Tie, ...]:
    """All ties of an enterprise as of a time, in the order of :data:`TITLES`."""
    found = {
        **_abroad(facts, enterprise, as_of),
        **_at_home(facts, enterprise, as_of),
        **_of_registry(record, facts, enterprise, as_of),
    }
    return tuple(found[kind] for kind in TITLES)


def _tie(kind: str, traded: Held, exposed: Held = _NOBODY) -> Tie:
    every = np.union1d(traded.keys, exposed.keys)
    every = every[every != MISSING]
    told = partners(every, np.zeros(len(every), np.int64))
    return Tie(
        kind,
        bool(len(every)),
        told.count,
        partners(traded.keys, traded.fen).share_of_five_largest,
        band_over(*traded),
        band_over(*exposed),
    )


def _abroad(facts: Facts, enterprise: int, as_of: int) -> dict[str, Tie]:
    rows = recent(facts, "declaration", "declared", enterprise, as_of)
    others = rows["counterparty"] != MISSING
    imports = rows["direction"] == column("declaration", "direction").code("import")
    return {
        kind: _tie(kind, _worth(rows, side & others, "counterparty", "declared_value"))
        for kind, side in (("suppliers", imports), ("customers", ~imports))
    }


def _at_home(facts: Facts, enterprise: int, as_of: int) -> dict[str, Tie]:
    found = {}
    for kind, table in (("sellers", "purchase"), ("buyers", "title")):
        columns = facts.tables[table]
        stands = standing(columns, enterprise, as_of)
        rows = {name: values[stands] for name, values in columns.items()}
        year = _of_year(of_kind(rows, table, "transferred"), as_of)
        traded = _worth(year, np.ones(len(year["buyer"]), bool), "buyer", "price")
        unpaid = held(rows, table, ("transferred", "paid"), "buyer", "price")
        found[kind] = _tie(kind, traded, unpaid)
    return found


def _of_year(rows: Columns, as_of: int) -> Columns:
    fresh = rows["occurred_at"] > as_of - YEAR * DAY
    return {name: values[fresh] for name, values in rows.items()}


def _worth(rows: Columns, chosen: Flags, key: str, fen: str) -> Held:
    values = rows[fen][chosen]
    return Held(rows[key][chosen], np.where(values == MISSING, 0, values))


def _of_registry(record: Record, facts: Facts, enterprise: int, as_of: int) -> dict[str, Tie]:
    columns = facts.tables["enterprise"]
    stands = standing(columns, enterprise, as_of)
    own = {name: values[stands] for name, values in columns.items()}
    guarantee = ("guarantee_given", "guarantee_ended")
    naming = known(record.rows("enterprise", "party", [enterprise]), as_of)
    return {
        "related": _tie("related", _only(of_kind(own, "enterprise", "related_party")["party"])),
        "sisters": _tie("sisters", _only(_sisters(record, own, enterprise, as_of))),
        "guaranteed": _tie("guaranteed", _NOBODY, held(own, "enterprise", guarantee, "party")),
        "guarantors": _tie(
            "guarantors", _NOBODY, held(naming, "enterprise", guarantee, "enterprise_id")
        ),
        "core": _tie("core", _only(_core(own))),
    }


def _only(parties: Integers) -> Held:
    return Held(parties, np.zeros(len(parties), np.int64))


def _sisters(record: Record, own: Columns, enterprise: int, as_of: int) -> Integers:
    """Other enterprises whose last controller is the enterprise's own."""
    mine = latest(of_kind(own, "enterprise", "actual_controller"), "enterprise_id", "party")
    if enterprise not in mine:
        return _NONE
    kind = "actual_controller"
    named = record.rows("enterprise", "party", [mine[enterprise]], kind=kind)
    others = numbers(named["enterprise_id"].tolist())
    theirs = known(record.rows("enterprise", "enterprise_id", others.tolist(), kind=kind), as_of)
    last = latest(theirs, "enterprise_id", "party")
    same = [who for who, party in last.items() if party == mine[enterprise]]
    return numbers([who for who in same if who != enterprise])


def _core(own: Columns) -> Integers:
    """Core enterprises to which a link stands."""
    codes = [column("enterprise", "kind").code(kind) for kind in ("core_link", "core_link_ended")]
    chosen = np.isin(own["kind"], codes)
    last = latest({name: values[chosen] for name, values in own.items()}, "party", "kind")
    return numbers([party for party, kind in last.items() if kind == codes[0]])
