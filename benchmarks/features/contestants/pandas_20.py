"""The twenty features in pandas: one point at a time, vectorised filters and group-bys.

Rows are split by what they are used for once; at each point a filter leaves what stands and
falls into the year, and every sum is one group-by over that.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.features.ground import Task
from benchmarks.features.twenty import NAMES, QUARTER, READ, REPORTED, YEAR
from features.calendar import DAY
from supervision.arrays import MISSING
from supervision.contract.columns import column
from supervision.mirror import Mirror

BY = "enterprise_id"


def run(task: Task) -> None:
    """Read, reckon at every point and write."""
    mirror = task.ground.mirror
    everyone = pd.Index(Mirror(mirror).enterprises(), name="enterprise")
    material = Material.read(mirror)
    frames = [_at(material, int(at), everyone) for at in task.as_of]
    pd.concat(frames).reset_index().to_parquet(task.out, compression="zstd")


@dataclass(frozen=True)
class Material:
    """Rows by what they are used for, those of which the last one counts in order of time."""

    declared: pd.DataFrame
    sold: pd.DataFrame
    paid: pd.DataFrame
    kept: pd.DataFrame
    flow: pd.DataFrame
    appraised: pd.DataFrame
    pledged: pd.DataFrame
    lent: pd.DataFrame
    registered: pd.DataFrame

    @classmethod
    def read(cls, mirror: Path) -> "Material":
        """Read the columns that are needed and split the rows."""
        rows = {
            table: pd.read_parquet(mirror / f"{table}.parquet", columns=list(names))
            for table, names in READ.items()
        }
        title, custody = rows["title"], rows["custody"]
        paid = _of(title, "title", "paid")
        paid["late"] = ((paid["occurred_at"] - paid["due_at"]) // DAY).clip(lower=0)
        return cls(
            declared=_of(rows["declaration"], "declaration", "declared"),
            sold=_of(title, "title", "transferred"),
            paid=paid,
            kept=_kept(custody),
            flow=_flow(custody, title, rows["purchase"]),
            appraised=_in_order(_of(rows["appraisal"], "valuation", "appraisal")),
            pledged=_pledged(rows["pledge"]),
            lent=_in_order(_lent(rows["financing"])),
            registered=_in_order(_of(rows["enterprise"], "enterprise", "registration")),
        )


def _of(rows: pd.DataFrame, stream: str, *kinds: str) -> pd.DataFrame:
    codes = [column(stream, "kind").code(kind) for kind in kinds]
    return rows[rows["kind"].isin(codes)].copy()


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["occurred_at", "position"])


def _kept(custody: pd.DataFrame) -> pd.DataFrame:
    rows = _of(custody, "custody", "exception", "counted", "received")
    kind, code = rows["kind"], column("custody", "kind").code
    exception = column("custody", "exception").code("count_mismatch")
    short = (kind == code("exception")) & (rows["exception"] == exception)
    return rows[[BY, "known_at", "reversed_at", "occurred_at"]].assign(
        exceptions=(kind == code("exception")).astype(np.int64),
        counts=(kind == code("counted")).astype(np.int64),
        short=rows["short_quantity"].where(short & (rows["short_quantity"] != MISSING), 0),
        received=rows["quantity"].where(kind == code("received"), 0),
        counted_at=rows["occurred_at"].where(kind == code("counted"), MISSING),
    )


def _flow(custody: pd.DataFrame, title: pd.DataFrame, purchase: pd.DataFrame) -> pd.DataFrame:
    """What went in and out of each lot's stock."""
    names = [BY, "cargo_code", "known_at", "reversed_at", "quantity"]
    yes = column("title", "in_storage").code("yes")
    sold, bought = (_of(rows, "title", "transferred") for rows in (title, purchase))
    parts = [
        (_of(custody, "custody", "received"), 1),
        (_of(custody, "custody", "released"), -1),
        (bought[bought["in_storage"] == yes], 1),
        (sold[sold["in_storage"] == yes], -1),
    ]
    signed = [rows[names].assign(quantity=sign * rows["quantity"]) for rows, sign in parts]
    return pd.concat(signed, ignore_index=True)


def _pledged(pledge: pd.DataFrame) -> pd.DataFrame:
    rows = _of(pledge, "pledge", "registered", "released", "enforced")
    registered = rows["kind"] == column("pledge", "kind").code("registered")
    amount = rows["amount"].where(rows["amount"] != MISSING, 0)
    return rows.assign(amount=amount.where(registered, -amount))


def _lent(financing: pd.DataFrame) -> pd.DataFrame:
    code = column("financing", "kind").code
    kind = financing["kind"]
    amount = financing["amount"].where(financing["amount"] != MISSING, 0)

    def difference(more: str, less: str) -> "pd.Series[int]":
        return amount.where(kind == code(more), 0) - amount.where(kind == code(less), 0)

    return financing.assign(
        drawn=difference("drawn", "instalment_paid"),
        granted=difference("facility", "closed"),
        is_report=kind == code("days_past_due"),
    )


def _standing(rows: pd.DataFrame, at: int, since: int | None = None) -> pd.DataFrame:
    stands = (rows["known_at"].to_numpy() <= at) & (rows["reversed_at"].to_numpy() > at)
    if since is not None:
        stands &= rows["occurred_at"].to_numpy() > since
    return rows[stands]


def _at(material: Material, at: int, everyone: "pd.Index[int]") -> pd.DataFrame:
    """All twenty at one point, one row an enterprise."""
    found = pd.DataFrame(index=everyone)
    found["as_of"] = at
    _trade(found, material, at)
    _custody(found, material, at)
    _credit(found, material, at)
    return found[["as_of", *NAMES]]


def _whole(values: "pd.Series[int]", everyone: "pd.Index[int]") -> "pd.Series[int]":
    """Sums of everyone, 0 where there is nothing to sum."""
    return values.reindex(everyone, fill_value=0)


def _ratio(above: "pd.Series[int]", below: "pd.Series[int]") -> "pd.Series[float]":
    return above / below.where(below != 0)


def _days_since(occurred: "pd.Series[int]", at: int) -> "pd.Series[int]":
    return (at - occurred) // DAY


def _trade(found: pd.DataFrame, material: Material, at: int) -> None:
    everyone = found.index
    year = _standing(material.declared, at, at - YEAR)
    by_year = year.groupby(BY)
    quarter = year[year["occurred_at"] > at - QUARTER].groupby(BY)
    sum_90d = _whole(quarter["declared_value"].sum(), everyone)
    sum_365d = _whole(by_year["declared_value"].sum(), everyone)
    found["declared_value_sum_90d"], found["declared_value_sum_365d"] = sum_90d, sum_365d
    found["declared_value_pace_90d_365d"] = _ratio(sum_90d * 365, sum_365d * 90)
    found["declared_value_max_share_365d"] = _ratio(by_year["declared_value"].max(), sum_365d)
    found["days_since_declaration"] = _days_since(by_year["occurred_at"].max(), at)

    year = _standing(material.sold, at, at - YEAR)
    quarter = year[year["occurred_at"] > at - QUARTER].groupby(BY)
    sum_90d = _whole(quarter["price"].sum(), everyone)
    sum_365d = _whole(year.groupby(BY)["price"].sum(), everyone)
    largest = year.groupby([BY, "buyer"])["price"].sum().groupby(level=0).max()
    found["outbound_value_sum_365d"] = sum_365d
    found["outbound_pace_90d_365d"] = _ratio(sum_90d * 365, sum_365d * 90)
    found["days_since_sale"] = _days_since(year.groupby(BY)["occurred_at"].max(), at)
    found["counterparty_top_share_365d"] = _ratio(largest, sum_365d)
    late = _standing(material.paid, at, at - YEAR).groupby(BY)["late"]
    found["payment_lateness_mean_365d"] = late.sum() / late.count()


def _custody(found: pd.DataFrame, material: Material, at: int) -> None:
    rows = _standing(material.kept, at, at - YEAR)
    names = ["exceptions", "counts", "short", "received"]
    year = rows.groupby(BY)[names].sum()
    quarter = rows[rows["occurred_at"] > at - QUARTER].groupby(BY)[names[:2]].sum()
    counted_at = rows.groupby(BY)["counted_at"].max()
    counted_at = counted_at[counted_at != MISSING]
    found["custody_exception_rate_90d"] = _ratio(quarter["exceptions"], quarter["counts"])
    found["custody_exception_rate_365d"] = _ratio(year["exceptions"], year["counts"])
    found["quantity_short_share_365d"] = _ratio(year["short"], year["received"])
    found["days_since_count"] = _days_since(counted_at, at)
    now = _whole(_stock_value(material, at), found.index)
    ago = _whole(_stock_value(material, at - QUARTER), found.index)
    found["stock_value_now"] = now
    found["stock_value_change_90d"] = _ratio(now, ago) - 1


def _stock_value(material: Material, at: int) -> "pd.Series[int]":
    lots = _standing(material.flow, at).groupby([BY, "cargo_code"])["quantity"].sum()
    stock = lots[lots > 0].reset_index()
    appraised = _standing(material.appraised, at)
    price = appraised.drop_duplicates("cargo_code", keep="last").set_index("cargo_code")
    stock["price"] = price["unit_price"].reindex(stock["cargo_code"], fill_value=0).to_numpy()
    stock["worth"] = stock["quantity"] * stock["price"] // 1000
    worth: pd.Series[int] = stock.groupby(BY)["worth"].sum()
    return worth


def _credit(found: pd.DataFrame, material: Material, at: int) -> None:
    open_ = _standing(material.pledged, at).groupby([BY, "receipt"])["amount"].sum()
    pledged = open_.clip(lower=0).groupby(level=0).sum()
    found["pledged_amount_now"] = _whole(pledged, found.index)

    rows = _standing(material.lent, at)
    facilities = rows.groupby([BY, "facility"])[["drawn", "granted"]].sum().clip(lower=0)
    used = facilities.groupby(level=0).sum()
    found["utilisation_now"] = _ratio(used["drawn"], used["granted"])
    reports = rows[rows["is_report"] & (rows["occurred_at"] > at - REPORTED)]
    worst = reports.drop_duplicates([BY, "facility"], keep="last").groupby(BY)["days_past_due"]
    found["days_past_due_now"] = worst.max().reindex(used.index, fill_value=0)

    last = _standing(material.registered, at).drop_duplicates(BY, keep="last").set_index(BY)
    grade: pd.Series[int] = last["customs_credit_grade"]
    found["customs_credit_grade_now"] = grade[grade != MISSING]
