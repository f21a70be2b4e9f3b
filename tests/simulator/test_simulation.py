import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from simulator.clock import DAY
from simulator.futures import Sample
from simulator.simulation import Summary, simulate
from simulator.world import Lending, World
from supervision.cargo_code import CargoCode, CargoCodeError
from supervision.contract.messages import STREAMS
from supervision.credit_code import is_credit_code
from supervision.errors import UsageError

Rows = dict[str, list[dict[str, object]]]
LATENT = ("skill", "honesty", "care", "prudence", "health", "distress", "cash", "net_worth")


def _fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _fault(stream: str, row: dict[str, object]) -> str | None:
    """Why no reader may accept a row; None if it is good."""
    try:
        STREAMS[stream].model_validate(row)
        if row["cargo_code"]:
            CargoCode.parse(str(row["cargo_code"]))
    except CargoCodeError:
        return "code"
    except ValidationError as error:
        return ".".join(str(part) for part in error.errors()[0]["loc"])
    return None


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        simulate(World(enterprises=12, months=5, seed=seed), tmp_path / name)
    one, again, other = (_fingerprint(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    truth = {name.removeprefix("truth/") for name in one if name.startswith("truth/")}
    assert len(one) == 9 + 2 + len(truth)
    assert truth >= {
        f"{name}.parquet"
        for name in ("enterprises", "months", "defaults", "insolvencies", "violations")
    }
    # In five months nobody is 90 days late, and maybe nobody borrows: empty streams are alike.
    same = {name for name in one if one[name] == other[name] and not name.startswith("truth/")}
    assert "outcome.parquet" in same
    assert same <= {"outcome.parquet", "financing.parquet", "pledge.parquet"}


def test_every_row_holds_to_the_contract_but_for_the_dirt_that_is_meant(rows: Rows) -> None:
    found: Counter[str] = Counter()
    total = 0
    for stream, messages in rows.items():
        for row in messages[:: max(1, len(messages) // 4_000)]:
            total += 1
            fault = _fault(stream, row)
            if fault:
                found[fault] += 1
    assert set(found) <= {"unit", "occurred_at", "code"}
    assert 0 < sum(found.values()) < 0.003 * total


def test_every_file_has_exactly_the_contracts_columns(written: tuple[Path, Summary]) -> None:
    for stream, model in STREAMS.items():
        names = pq.read_schema(written[0] / f"{stream}.parquet").names
        assert set(names) == set(model.model_fields) - {"stream"}
        assert not set(names) & set(LATENT)


def test_message_ids_are_unique_within_a_provider_but_for_true_duplicates(rows: Rows) -> None:
    twice = 0
    seen: dict[tuple[object, object], tuple[str, dict[str, object]]] = {}
    for stream, messages in rows.items():
        for row in messages:
            key = (row["provider_id"], row["message_id"])
            if key in seen:
                twice += 1
                assert seen[key] == (stream, row)
            seen[key] = (stream, row)
    assert 0.002 < twice / len(seen) < 0.01


def test_every_reversal_names_an_earlier_message_of_its_provider_once(rows: Rows) -> None:
    for messages in rows.values():
        known = {(r["provider_id"], r["message_id"]): r for r in messages}
        reversals = {r["message_id"]: r for r in messages if r["reverses"]}
        targets = [(r["provider_id"], r["reverses"]) for r in reversals.values()]
        assert len(set(targets)) == len(targets)
        for reversal, target in zip(reversals.values(), targets, strict=True):
            assert known[target]["reverses"] is None
            assert int(str(reversal["recorded_at"])) > int(str(known[target]["recorded_at"]))


def test_nothing_is_recorded_before_it_happened_or_after_the_last_midnight(
    written: tuple[Path, Summary], rows: Rows
) -> None:
    world = json.loads((written[0] / "world.json").read_text(encoding="utf-8"))
    first, last = world["first_midnight"], world["last_midnight"]
    assert first == 1_619_798_400_000_000  # 2021-04-30T16:00Z
    for messages in rows.values():
        for row in messages:
            assert row["occurred_at"] <= row["recorded_at"] <= last  # type: ignore[operator]
            good_time = row["occurred_at"] > 10**14  # type: ignore[operator]
            assert not good_time or row["occurred_at"] >= first - DAY // 3  # type: ignore[operator]


def test_cargo_codes_check_and_nearly_all_were_issued_under_the_ports_key(
    written: tuple[Path, Summary], rows: Rows
) -> None:
    key = bytes.fromhex((written[0] / "port.key").read_text(encoding="utf-8"))
    codes = {
        str(r["cargo_code"]) for messages in rows.values() for r in messages if r["cargo_code"]
    }
    good = [code for code in codes if _parses(code)]
    forged = [code for code in good if not CargoCode.parse(code).is_issued_under(key)]
    assert 0 < len(codes) - len(good) < 0.05 * len(codes)
    assert len(forged) < 0.02 * len(codes)
    assert all(is_credit_code(CargoCode.parse(code).owner) for code in good)


def _parses(code: str) -> bool:
    try:
        CargoCode.parse(code)
    except CargoCodeError:
        return False
    return True


def test_cash_of_every_enterprise_is_what_came_in_less_what_went_out(
    written: tuple[Path, Summary],
) -> None:
    months = pq.read_table(written[0] / "truth" / "months.parquet")
    flows = [name for name in months.column_names if name.startswith("from_")]
    total = np.sum([months[name].to_numpy() for name in flows], axis=0)
    assert (total == months["cash"].to_numpy()).all()
    assert (months["cash"].to_numpy() >= 0).all()
    last = months["as_of"].to_numpy() == months["as_of"].to_numpy().max()
    assert months["from_enterprises"].to_numpy()[last].sum() == 0


def test_the_truth_knows_the_defaults_of_those_who_never_borrowed(tmp_path: Path) -> None:
    misfortune = Lending(mishaps_yearly=0.6)
    world = World(enterprises=60, months=14, seed=7, lending=misfortune)
    summary = simulate(world, tmp_path / "w")
    defaults = pq.read_table(tmp_path / "w" / "truth" / "defaults.parquet").to_pylist()
    assert len(defaults) == summary.defaults
    assert summary.financed_defaults == sum(row["financed"] for row in defaults)
    drawn = pq.read_table(tmp_path / "w" / "financing.parquet", columns=["enterprise_id"])
    told_of = set(drawn["enterprise_id"].to_pylist())
    assert any(not row["financed"] for row in defaults)
    assert {row["enterprise_id"] for row in defaults if row["financed"]} <= told_of
    assert {row["enterprise_id"] for row in defaults} - told_of
    assert {row["kind"] for row in defaults} <= {
        "costs", "instalment", "supplier", "trade", "guarantee", "claim",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("enterprises", "months", "seed"), [(0, 12, 1), (5, 0, 1), (5, 12, -1), (5, 400, 1)]
)
def test_a_world_that_cannot_be_is_refused(
    tmp_path: Path, enterprises: int, months: int, seed: int
) -> None:
    with pytest.raises(UsageError, match="expected at"):
        simulate(World(enterprises=enterprises, months=months, seed=seed), tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_the_truth_has_the_true_pd_of_sampled_month_ends_and_no_path_is_left(
    tmp_path: Path,
) -> None:
    world = World(enterprises=30, months=26, seed=5)
    lived: list[int] = []
    simulate(world, tmp_path / "w", sample=Sample(1, 2, 1), paths_progress=lived.append)
    simulate(world, tmp_path / "plain")
    with_pd, plain = _fingerprint(tmp_path / "w"), _fingerprint(tmp_path / "plain")
    # Looking into the future changes nothing of what comes to pass.
    assert with_pd.keys() - plain.keys() == {"truth/pd.parquet"}
    assert all(with_pd[name] == plain[name] for name in plain)
    assert sum(lived) == 2
    pd = pq.read_table(tmp_path / "w" / "truth" / "pd.parquet").to_pylist()
    months = pq.read_table(tmp_path / "plain" / "truth" / "months.parquet")
    ends = sorted(set(months["as_of"].to_pylist()))
    assert {row["as_of"] for row in pd} == {ends[13]}
    assert 0 < len(pd) <= 30
    assert all(row["paths"] == 2 for row in pd)
    assert {row["defaults_a"] for row in pd} | {row["defaults_b"] for row in pd} <= {0, 1}
    assert all((row["defaults_with_facility"] is None) == (not row["sampled"]) for row in pd)
    assert any(row["sampled"] for row in pd)
    schema = pq.read_schema(tmp_path / "w" / "truth" / "pd.parquet")
    numbers = ("as_of", "paths", "defaults_a", "defaults_b", "paths_with_facility")
    assert {part.name: str(part.type) for part in schema} == {
        "enterprise_id": "string",
        "financed": "bool",
        "sampled": "bool",
        **dict.fromkeys((*numbers, "defaults_with_facility"), "int64"),
    }


def test_what_a_stopped_run_left_is_swept_away_but_for_the_futures_it_lived(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "w.partial" / "truth" / "paths" / "other" / "00000-00002.npy"
    stale = tmp_path / "w.partial" / "stale" / "custody.parquet"
    for path in (kept, stale):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
    with pytest.raises(UsageError):
        simulate(World(enterprises=5, months=5), tmp_path / "w", sample=Sample(1, 2, 1))
    assert stale.exists()
    simulate(World(enterprises=5, months=5, seed=1), tmp_path / "w")
    assert not (tmp_path / "w.partial").exists()
    assert not list((tmp_path / "w").rglob("*.npy"))
    assert not (tmp_path / "w" / "stale").exists()
