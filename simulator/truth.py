"""The truth of a world, beside its streams: read by tests and benchmarks, by no other room."""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator import partners, warehouses
from simulator.books import Account
from simulator.frauds import deeds
from simulator.futures import Counts
from simulator.losses import Resolution, loss_given_default
from simulator.port import NEVER, Debt, Port, Position
from simulator.table import Ints


class Truth:
    """Writes latent states at month ends and all that was true at the end.

    Parameters
    ----------
    folder : Path
        Is made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._months: pq.ParquetWriter | None = None
        self._sampled: list[pa.Table] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._months is not None:
            self._months.close()

    def month_end(self, port: Port, position: Position) -> None:
        """Note what everyone was and had at this midnight; fen."""
        state = port.state
        began = port.who.start <= port.day
        rows = np.flatnonzero(began)
        flows = {
            f"from_{account.name.lower()}": port.books.received[account][rows]
            for account in Account
        }
        months = pa.table(
            {
                "enterprise": rows,
                "as_of": np.full(len(rows), port.clock.midnight(port.day), np.int64),
                "trading": state.trading[rows],
                "health": state.health[rows],
                "distress": state.distress[rows],
                "cash": port.books.cash[rows],
                "net_worth": port.net_worth(position)[rows],
                "receivable": position.receivable[rows],
                "payable": position.payable[rows],
                "debt": position.debt[rows],
                "stock": position.stock[rows],
                "overdue_days": state.overdue_days[rows],
                "loan_overdue_days": state.loan_overdue_days[rows],
                **flows,
            }
        )
        if self._months is None:
            self._months = pq.ParquetWriter(
                self._folder / "months.parquet",
                months.schema,
                compression="zstd",
                store_schema=False,
            )
        self._months.write_table(months)
        difference = port.books.difference() + partners.difference(port)
        if difference != 0:
            raise RuntimeError(
                f"the books of day {port.day} differ by {difference} fen: "
                "a payment was entered on one side only"
            )

    def sampled(self, port: Port, counts: Counts) -> None:
        """Note in how many futures each defaults, counted from this midnight."""
        rows, codes = counts.rows, port.names.parties
        financed = np.isin(rows, port.facilities["owner"][port.facilities.live])
        self._sampled.append(
            pa.table(
                {
                    "enterprise_id": pa.array([codes[row] for row in rows], pa.string()),
                    "as_of": np.full(len(rows), port.clock.midnight(port.day), np.int64),
                    "financed": financed,
                    "paths": np.full(len(rows), counts.paths, np.int64),
                    "defaults_a": counts.halves[0],
                    "defaults_b": counts.halves[1],
                    "sampled": counts.granted,
                    "paths_with_facility": np.full(len(counts.rows), counts.paths_with_facility),
                    "defaults_with_facility": pa.array(counts.with_facility, mask=~counts.granted),
                }
            )
        )

    def write(self, port: Port) -> None:
        """Write ``enterprises``, ``defaults``, ``insolvencies``, ``violations``, maybe ``pd``."""
        folder, codes = self._folder, port.names.parties
        if self._sampled:
            pd = pa.concat_tables(self._sampled)
            pq.write_table(pd, folder / "pd.parquet", compression="zstd", store_schema=False)
        _write(folder / "enterprises.parquet", _enterprises(port))
        _write(folder / "partners.parquet", partners.told(port))
        _write(folder / "providers.parquet", warehouses.told(port))
        _write(folder / "outages.parquet", port.feeds.outages.told(port.names))
        _write(folder / "defaults.parquet", _defaults(port))
        _write(folder / "violations.parquet", _violations(port))
        deeds.write(port, folder)
        late = sorted(port.arrivals)
        _write(
            folder / "arrivals.parquet",
            {
                "days_late": np.array(late, np.int64),
                "lots": np.array([port.arrivals[days] for days in late], np.int64),
            },
        )
        _write(folder / "losses.parquet", _losses(port))
        ended = np.flatnonzero(port.state.insolvent_day != NEVER)
        _write(
            folder / "insolvencies.parquet",
            {
                "enterprise_id": pa.array([codes[row] for row in ended], pa.string()),
                "at": port.micros(port.state.insolvent_day[ended]),
            },
        )


def _enterprises(port: Port) -> dict[str, object]:
    """What every enterprise is, latent traits and all."""
    who, codes = port.who, port.names.parties
    return {
        "enterprise": np.arange(len(who.skill)),
        "enterprise_id": codes[: len(who.skill)],
        "skill": who.skill,
        "honesty": who.honesty,
        "care": who.care,
        "prudence": who.prudence,
        "start_day": who.start,
        "turnover": who.turnover,
        "equity": who.equity,
        "core_rating": np.where(who.core >= 0, who.core_rating, 0),
        "largest_customer": [
            codes[port.names.buyers_at + own[place]]
            for own, place in zip(who.buyers, who.buyer_weights.argmax(axis=1), strict=True)
        ],
    }


def _defaults(port: Port) -> dict[str, object]:
    """Realised defaults of all, financed or not."""
    rows, codes = port.defaults, port.names.parties
    return {
        "enterprise_id": pa.array([codes[row[0]] for row in rows], pa.string()),
        "at": pa.array([port.clock.midnight(row[1]) for row in rows], pa.int64()),
        "kind": pa.array([Debt(row[2]).name.lower() for row in rows], pa.string()),
        "financed": pa.array([row[3] for row in rows], pa.bool_()),
    }


def _violations(port: Port) -> dict[str, object]:
    """Sales of pledged goods without a release."""
    rows, codes = port.violations, port.names.parties
    return {
        "enterprise_id": pa.array([codes[row[0]] for row in rows], pa.string()),
        "at": pa.array([port.clock.midnight(row[1]) for row in rows], pa.int64()),
        "cargo_code": pa.array(port.codes.texts([row[2] for row in rows]), pa.string()),
    }


def _losses(port: Port) -> dict[str, object]:
    """Every default that lenders reported, with what came back of it; fen, undiscounted."""
    table = port.losses
    lost = {
        name: table[name][table.live]
        for name in ("facility", "lender", "owner", "day", "exposure", "recovered", "last", "ended")
    }
    flags = {name: table[name][table.live] > 0 for name in ("pledged", "static", "controlled")}
    how = table["resolution"][table.live]
    names, codes = port.names, port.names.parties
    return {
        "facility": lost["facility"],
        "lender": pa.array([codes[names.lenders_at + row] for row in lost["lender"]], pa.string()),
        "enterprise_id": pa.array([codes[row] for row in lost["owner"]], pa.string()),
        "at": port.micros(lost["day"]),
        "exposure": lost["exposure"],
        "recovered": lost["recovered"],
        "recovered_at": _moments(port, lost["last"]),
        **flags,
        "ended_at": _moments(port, lost["ended"]),
        "resolution": pa.array([Resolution(row).name.lower() for row in how], pa.string()),
        "lgd": loss_given_default(lost["exposure"], lost["recovered"], how),
    }


def _moments(port: Port, days: Ints) -> pa.Array:
    """Midnights of days, null where a day is below 0."""
    return pa.array(port.micros(days), mask=days < 0)


def _write(path: Path, columns: dict[str, object]) -> None:
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)
