"""Figures of a world that was written, to see whether it is what it was meant to be."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from simulator import borrowers, contagion, marginals
from simulator.names import Lateness
from simulator.plausible import CALM, STRESS, Judged, judged
from simulator.streams import Tally, coded, facts, median, numbers, tally
from simulator.table import Bools, Ints
from supervision.contract.messages import STREAMS
from supervision.errors import CargoworthyError

_STRESS_DAYS = 100
"""A year with so many days of stress is one of stress."""
_AFTER = timedelta(days=120)
"""From a shock to the defaults that it brings: ninety days unpaid, and some before."""


@dataclass(frozen=True)
class Figures:
    """What stands in a world's files.

    Attributes
    ----------
    messages : dict
        Rows of each stream.
    messages_an_enterprise_month : float
    financed_share : float
        Enterprises that ever had a facility, of all.
    default_rates : dict of int to float
        By year: first defaults that lenders reported, over years in which an enterprise had an
        open facility and had not defaulted before.
    figures : dict of str to Judged
        All others, beside the ranges in which they are plausible.
    distances : dict of str to float
        Kolmogorov-Smirnov distances from the data that the world was fitted to.
    """

    messages: dict[str, int]
    messages_an_enterprise_month: float
    financed_share: float
    default_rates: dict[int, float]
    figures: dict[str, Judged]
    distances: dict[str, float]


@dataclass(frozen=True)
class _Truth:
    """What the truth tells of everyone.

    Attributes
    ----------
    enterprises : pyarrow.Array
        Their names.
    ends : int64 [months]
    trading : bool [enterprises x months]
    first_default : int64 [enterprises]
        Realised; the largest integer for who has none.
    """

    enterprises: pa.Array
    ends: Ints
    trading: Bools
    first_default: Ints


def figures(folder: Path) -> Figures:
    """Read the figures of the world under a folder.

    Raises
    ------
    CargoworthyError
        If a file of the world is missing.
    """
    absent = [stream for stream in STREAMS if not (folder / f"{stream}.parquet").is_file()]
    if absent:
        raise CargoworthyError(
            f"expected {absent[0]}.parquet and eight more under {str(folder)!r:.80}, found "
            f"{len(STREAMS) - len(absent)} of nine; write one with `cargoworthy simulate`"
        )
    rows = {s: pq.ParquetFile(folder / f"{s}.parquet").metadata.num_rows for s in STREAMS}
    truth = _truth(folder / "truth")
    last = int(truth.ends[-1])
    told_defaults = borrowers.reported_defaults(folder, truth.enterprises)
    book = borrowers.facilities(folder, truth.enterprises, told_defaults)
    rates = borrowers.default_rates(book, told_defaults, truth.ends)
    counts = tally(folder, truth.enterprises, truth.ends, _providers(folder / "truth"))
    financed = borrowers.financed(book, truth.trading, truth.ends)
    values: dict[str, float | None] = {
        **financed,
        **_links(folder, truth.enterprises),
        "agent_imports": counts.agents / max(counts.kinds["declaration"].get("declared", 0), 1),
        **_by_year(folder, rates),
        "default_rate_all": _default_rate_of_all(truth),
        **borrowers.losses(folder),
        "renewed_at_maturity": borrowers.renewed_at_maturity(book, last),
        **borrowers.pledges(folder, last),
        **_messages_a_month(counts, truth.trading),
        **_lateness(counts),
        **_failed_customers(folder / "truth", len(truth.ends)),
        **contagion.ratio(folder, truth.enterprises, truth.trading, truth.first_default, last),
    }
    return Figures(
        messages=rows,
        messages_an_enterprise_month=sum(rows.values()) / len(truth.enterprises) / len(truth.ends),
        financed_share=float(financed["financed_ever"] or 0.0),
        default_rates=rates,
        figures=judged(values),
        distances=marginals.distances(folder),
    )


def _truth(folder: Path) -> _Truth:
    names = pq.read_table(folder / "enterprises.parquet", columns=["enterprise_id"])
    enterprises = names["enterprise_id"].combine_chunks()
    months = pq.read_table(folder / "months.parquet", columns=["enterprise", "as_of", "trading"])
    as_of = months["as_of"].to_numpy()
    ends = np.unique(as_of)
    trading = np.zeros((len(enterprises), len(ends)), np.bool_)
    rows = np.flatnonzero(months["trading"].to_numpy())
    who = months["enterprise"].to_numpy()[rows]
    trading[who, np.searchsorted(ends, as_of[rows])] = True
    told = pq.read_table(folder / "defaults.parquet", columns=["enterprise_id", "at"])
    place = coded(told["enterprise_id"].combine_chunks(), enterprises)
    first = borrowers.first_times(place, numbers(told["at"]), len(enterprises))
    return _Truth(enterprises, ends, trading, first)


def _providers(folder: Path) -> pa.Table:
    told = pq.read_table(folder / "providers.parquet", columns=["provider_id", "lateness"])
    places = [int(Lateness[kind.upper()]) for kind in told["lateness"].to_pylist()]
    return told.set_column(1, "lateness", pa.array(places, pa.int64()))


def _links(folder: Path, enterprises: pa.Array) -> dict[str, float | None]:
    """Shares of enterprises ever linked to a core one, and ever giving or having a guarantee."""
    core = facts(folder, "enterprise", "core_link", "enterprise_id")["enterprise_id"]
    given = facts(folder, "enterprise", "guarantee_given", "enterprise_id", "party")
    parts = [coded(given[name].combine_chunks(), enterprises) for name in given.column_names]
    firms = np.unique(np.concatenate(parts))
    count = len(enterprises)
    return {
        "core_link": len(pc.unique(core)) / count,
        "guarantees": int((firms >= 0).sum()) / count,
    }


def _by_year(folder: Path, rates: dict[int, float]) -> dict[str, float | None]:
    told = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    stressed = _stressed(told["parameters"].get("shocks", []))
    return {
        f"{(STRESS if year in stressed else CALM).name}_{year}": rate
        for year, rate in rates.items()
    }


def _stressed(shocks: list[dict[str, Any]]) -> set[int]:
    """Years that stand under shocks that halved some family's demand, or nearly."""
    days: dict[int, set[date]] = {}
    for shock in shocks:
        day, last = (date.fromisoformat(shock[name]) for name in ("first", "last"))
        while shock["demand"] <= 0.6 and day <= last:
            days.setdefault((day + _AFTER).year, set()).add(day)
            day += timedelta(days=1)
    return {year for year, struck in days.items() if len(struck) >= _STRESS_DAYS}


def _default_rate_of_all(truth: _Truth) -> float:
    """Realised first defaults a year of trading before it, of everyone."""
    clean = truth.trading & (truth.first_default[:, None] > truth.ends[None, :])
    fell = int((truth.first_default <= truth.ends[-1]).sum())
    return 12.0 * fell / max(int(clean.sum()), 1)


def _messages_a_month(counts: Tally, trading: Bools) -> dict[str, float | None]:
    declared, custody = (counts.monthly[s][trading] for s in ("declaration", "custody"))
    kinds = counts.kinds["declaration"]
    whole = max(kinds.get("declared", 0), 1)
    told = counts.kinds["custody"]
    return {
        "declarations_a_month_median": median(declared),
        "declarations_a_month_mean": float(declared.mean()) if len(declared) else None,
        "declarations_a_month_p95": float(np.quantile(declared, 0.95)) if len(declared) else None,
        "declarations_none_share": float((declared == 0).mean()) if len(declared) else None,
        "declarations_amended": kinds.get("amended", 0) / whole,
        "declarations_inspected": kinds.get("inspected", 0) / whole,
        "custody_a_month_median": median(custody),
        "custody_exceptions": told.get("exception", 0) / max(sum(told.values()), 1),
        **{
            f"exceptions_{kind}": number / max(sum(told.values()), 1)
            for kind, number in sorted(counts.exceptions.items())
        },
    }


def _lateness(counts: Tally) -> dict[str, float | None]:
    return {
        f"lateness_{kind.name.lower()}_{name}_h": counts.late(int(kind), share)
        for kind in Lateness
        for name, share in (("median", 0.5), ("p95", 0.95))
    }


def _failed_customers(truth: Path, months: int) -> dict[str, float | None]:
    told = pq.read_table(truth / "partners.parquet", columns=["kind", "failed_at"])
    customers = told.filter(pc.equal(told["kind"], "customer"))["failed_at"]
    failed = len(customers) - customers.null_count
    return {"customers_failed_a_year": 12.0 * failed / max(len(customers), 1) / months}
