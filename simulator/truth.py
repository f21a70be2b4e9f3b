"""The truth of a world, beside its streams: read by tests and benchmarks, by no other room."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.books import Account
from simulator.port import NEVER, Debt, Port, Position


class Truth:
    """Collects latent states at month ends and writes all that was true at the end."""

    def __init__(self) -> None:
        self._months: list[pa.Table] = []

    def month_end(self, port: Port, position: Position) -> None:
        """Note what everyone was and had at this midnight; fen."""
        state = port.state
        began = port.who.start <= port.day
        rows = np.flatnonzero(began)
        flows = {
            f"from_{account.name.lower()}": port.books.received[account][rows]
            for account in Account
        }
        self._months.append(
            pa.table(
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
        )
        if port.books.difference() != 0:
            raise RuntimeError(
                f"the books of day {port.day} differ by {port.books.difference()} fen: "
                "a payment was entered on one side only"
            )

    def write(self, port: Port, folder: Path) -> None:
        """Write ``enterprises``, ``months``, ``defaults``, ``insolvencies`` and ``violations``."""
        folder.mkdir(parents=True, exist_ok=True)
        who, codes = port.who, port.names.parties
        _write(
            folder / "enterprises.parquet",
            {
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
            },
        )
        months = pa.concat_tables(self._months)
        pq.write_table(months, folder / "months.parquet", compression="zstd", store_schema=False)
        rows = port.defaults
        _write(
            folder / "defaults.parquet",
            {
                "enterprise_id": pa.array([codes[row[0]] for row in rows], pa.string()),
                "at": pa.array([port.clock.midnight(row[1]) for row in rows], pa.int64()),
                "kind": pa.array([Debt(row[2]).name.lower() for row in rows], pa.string()),
                "financed": pa.array([row[3] for row in rows], pa.bool_()),
            },
        )
        _write(
            folder / "violations.parquet",
            {
                "enterprise_id": pa.array([codes[row[0]] for row in port.violations], pa.string()),
                "at": pa.array(
                    [port.clock.midnight(row[1]) for row in port.violations], pa.int64()
                ),
                "cargo_code": pa.array(port.codes.texts([row[2] for row in port.violations])),
            },
        )
        ended = np.flatnonzero(port.state.insolvent_day != NEVER)
        _write(
            folder / "insolvencies.parquet",
            {
                "enterprise_id": pa.array([codes[row] for row in ended], pa.string()),
                "at": port.micros(port.state.insolvent_day[ended]),
            },
        )


def _write(path: Path, columns: dict[str, object]) -> None:
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)
