"""The truth's files: what stands in them, in every world, even one in which nothing happened."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.books import Account
from simulator.goods import GOODS
from simulator.simulation import Summary, settled, simulate
from simulator.truth import Truth
from simulator.world import Dirt, World

SCHEMAS = {
    "arrivals": {"days_late": "int64", "lots": "int64"},
    "defaults": {"enterprise_id": "string", "at": "int64", "kind": "string", "financed": "bool"},
    "enterprises": {
        "enterprise": "int64", "enterprise_id": "string", "skill": "double", "honesty": "double",
        "care": "double", "prudence": "double", "start_day": "int64", "turnover": "int64",
        "equity": "int64", "core_rating": "int64", "largest_customer": "string",
    },
    "frauds": {
        "pattern": "string", "scheme": "int64", "role": "string", "enterprise_id": "string",
        "party": "string", "cargo_code": "string", "first_at": "int64", "last_at": "int64",
        "amount": "int64",
    },
    "insolvencies": {"enterprise_id": "string", "at": "int64"},
    "losses": {
        "facility": "int64", "lender": "string", "enterprise_id": "string", "at": "int64",
        "exposure": "int64", "recovered": "int64", "recovered_at": "int64", "pledged": "bool",
        "static": "bool", "controlled": "bool", "ended_at": "int64", "resolution": "string",
        "lgd": "double",
    },
    "months": {
        "enterprise": "int64", "as_of": "int64", "trading": "bool", "health": "double",
        "distress": "double", "cash": "int64", "net_worth": "int64", "receivable": "int64",
        "payable": "int64", "debt": "int64", "stock": "int64", "overdue_days": "int64",
        "loan_overdue_days": "int64",
        **{f"from_{account.name.lower()}": "int64" for account in Account},
    },
    "outages": {"provider_id": "string", "first_at": "int64", "last_at": "int64"},
    "partners": {
        "party": "string", "kind": "string", "hs_code": "string", "turnover": "int64",
        "failed_at": "int64",
    },
    "providers": {
        "provider_id": "string", "lateness": "string", "carelessness": "double",
        "honesty": "double",
    },
    "violations": {"enterprise_id": "string", "at": "int64", "cargo_code": "string"},
}  # fmt: skip


def _schemas(folder: Path) -> dict[str, dict[str, str]]:
    return {
        path.stem: {part.name: str(part.type) for part in pq.read_schema(path)}
        for path in (folder / "truth").glob("*.parquet")
    }


def test_the_truth_has_these_files_and_columns(written: tuple[Path, Summary]) -> None:
    assert _schemas(written[0]) == SCHEMAS


def test_where_nothing_happened_the_files_have_the_same_columns(tmp_path: Path) -> None:
    world = World(enterprises=1, months=1, dirt=Dirt(outages_yearly=0.0))
    simulate(world, tmp_path / "w")
    assert _schemas(tmp_path / "w") == SCHEMAS
    for name in ("defaults", "frauds", "insolvencies", "losses", "outages", "violations"):
        assert pq.ParquetFile(tmp_path / "w" / "truth" / f"{name}.parquet").metadata.num_rows == 0


def test_the_truth_names_those_of_whom_the_streams_tell(written: tuple[Path, Summary]) -> None:
    folder = written[0]
    who = pq.read_table(folder / "truth" / "enterprises.parquet")
    ours = set(who["enterprise_id"].to_pylist())
    partners = pq.read_table(folder / "truth" / "partners.parquet")
    others = set(partners["party"].to_pylist())
    assert not ours & others
    assert set(partners["kind"].to_pylist()) == {"customer", "supplier"}
    assert set(partners["hs_code"].to_pylist()) <= {good.hs_code for good in GOODS}
    providers = set(
        pq.read_table(folder / "truth" / "providers.parquet")["provider_id"].to_pylist()
    )
    custody = pq.read_table(folder / "custody.parquet", columns=["enterprise_id", "provider_id"])
    assert set(custody["enterprise_id"].to_pylist()) <= ours
    assert set(custody["provider_id"].to_pylist()) <= providers
    title = pq.read_table(folder / "title.parquet", columns=["buyer"])
    assert set(title["buyer"].drop_null().to_pylist()) <= ours | others


def test_every_month_end_of_everyone_stands_once(written: tuple[Path, Summary]) -> None:
    folder = written[0]
    months = pq.read_table(folder / "truth" / "months.parquet").to_pydict()
    keys = list(zip(months["enterprise"], months["as_of"], strict=True))
    assert len(set(keys)) == len(keys)
    world = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    ends = sorted(set(months["as_of"]))
    assert len(ends) == world["months"]
    assert ends[-1] == world["last_midnight"]
    # Who has begun is told of to the end, trading or not.
    count = np.bincount([ends.index(at) for at in months["as_of"]])
    assert (np.diff(count) >= 0).all()


def test_books_that_do_not_close_are_an_error(tmp_path: Path) -> None:
    port = settled(World(enterprises=3, months=2, seed=1))
    with Truth(tmp_path / "empty"):
        pass
    assert not list((tmp_path / "empty").iterdir())
    with Truth(tmp_path / "good") as truth:
        truth.month_end(port, port.position())
    port.books.cash = port.books.cash + np.array([1, 0, 0])
    with (
        pytest.raises(RuntimeError, match=r"differ by -?1 fen"),
        Truth(tmp_path / "bad") as truth,
    ):
        truth.month_end(port, port.position())
