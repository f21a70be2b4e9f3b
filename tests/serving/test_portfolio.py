from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from distributed import LocalCluster
from typer.testing import CliRunner

from features.batch import parts
from features.batch.building import build
from features.batch.execution import executor, in_this_process
from features.calendar import month_ends
from features.catalogue import CATALOGUE
from features.table import FeatureTable
from serving import cli
from serving.instants import text_of
from serving.policy import Policy
from serving.scores import portfolio
from serving.scores.portfolio import score_portfolio
from supervision.errors import CargoworthyError
from supervision.mirror import Mirror
from supervision.record import Record
from tests.serving.conftest import DEFAULTED, POLICY, STRONG, WEAK, World, code
from training.model.shelf import Shelf
from training.promotion.keys import promotion_key

POINTS = month_ends("2022-09", "2022-12")


@pytest.fixture(scope="module")
def table(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feature table of the port, in row groups of a few rows."""
    folder = tmp_path_factory.mktemp("table")
    record, mirror = Record.open(world.database), Mirror(folder / "mirror")
    mirror.refresh(record)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROW_GROUP", 30)
        build(record, mirror, folder / "features.parquet", POINTS, lambda *_: None)
    record.close()
    assert pq.read_metadata(folder / "features.parquet").num_row_groups >= 4
    return folder / "features.parquet"


@pytest.fixture(scope="module")
def scores(world: World, table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scores") / "scores.parquet"
    told: list[tuple[str, int, int]] = []
    policy = Policy.load(POLICY)
    progress = told.append
    score_portfolio(
        table, out, Shelf(world.models), policy, lambda *now: progress(now), in_this_process
    )
    rows = pq.read_metadata(table).num_rows
    assert (told[0], told[-1]) == (("rows", 0, rows), ("rows", rows, rows))
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return out


def test_every_row_is_scored_with_the_bits_of_the_bundle(
    world: World, table: Path, scores: Path
) -> None:
    features, found = FeatureTable.read(table), pq.read_table(scores)
    bundle = Shelf(world.models).champion()
    places = [features.names.index(name) for name in bundle.features]
    expected = bundle.score(features.values[:, places])
    assert found["enterprise_id"].to_pylist() == features.enterprise_id.tolist()
    assert found["as_of"].to_pylist() == features.as_of.tolist()
    micro = np.column_stack([found[f"micro_points_{name}"] for name in bundle.features])
    assert micro.tolist() == expected.micro_points.tolist()
    assert found["score_micro_points"].to_pylist() == expected.score_micro.tolist()
    assert found["model_pd"].to_numpy().tobytes() == expected.pd.tobytes()
    assert expected.pd_through_the_cycle is not None
    free = ~found["default_in_force"].to_numpy()
    long_run = found["pd_through_the_cycle"].to_numpy()
    assert long_run[free].tobytes() == expected.pd_through_the_cycle[free].tobytes()
    assert set(long_run[~free].tolist()) == {1.0}
    assert expected.pd_interval is not None
    for name, end in zip(("pd_low", "pd_high"), expected.pd_interval, strict=True):
        assert found[name].to_numpy()[free].tobytes() == end[free].tobytes()
        assert found[name].null_count == np.count_nonzero(~free)
    base = int(found.schema.metadata[b"cargoworthy.base_micro_points"])
    assert (base + micro.sum(axis=1)).tolist() == expected.score_micro.tolist()


@pytest.mark.parametrize("who", [STRONG, WEAK, DEFAULTED, code(3)])
@pytest.mark.parametrize("as_of", POINTS[-2:].tolist())
def test_a_row_is_what_the_service_answers(
    client: httpx.Client, scores: Path, who: str, as_of: int
) -> None:
    asked = {"enterprise_id": who, "as_of": text_of(as_of)}
    answer = client.post("/v1/scores", json=asked).json()
    found = pq.read_table(scores, filters=[("enterprise_id", "=", who), ("as_of", "=", as_of)])
    row = found.to_pylist()[0]
    assert len(found) == 1
    told = ("score", "score_micro_points", "grade", "default_in_force")
    for name in (*told, "pd", "pd_through_the_cycle", "model_pd"):
        assert row[name] == answer[name], name
    interval = answer["pd_interval"] or {"low": None, "high": None}
    assert (row["pd_low"], row["pd_high"]) == (interval["low"], interval["high"])
    for points in answer["points"]:
        assert row[f"micro_points_{points['feature']}"] == points["micro_points"]
    said = {key.decode(): text.decode() for key, text in found.schema.metadata.items()}
    assert said["cargoworthy.model_hash"] == answer["model"]["hash"]
    assert said["cargoworthy.model_name"] == answer["model"]["name"]
    assert said["cargoworthy.model_version"] == answer["model"]["version"]
    assert said["cargoworthy.policy_hash"] == answer["policy"]["hash"]
    assert said["cargoworthy.graded_by"] == answer["graded_by"]
    assert said["cargoworthy.catalogue_hash"] == answer["catalogue_hash"]
    assert int(said["cargoworthy.position"]) == answer["record_position"]
    assert int(said["cargoworthy.base_micro_points"]) == answer["base_micro_points"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with LocalCluster(
        processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as running:
        yield running.scheduler_address


@pytest.mark.parametrize("words", [("--workers", "1"), ("--workers", "2"), ("--cluster",)])
def test_whoever_scores_the_file_is_the_same(
    world: World, table: Path, scores: Path, tmp_path: Path, words: tuple[str, ...], request: Any
) -> None:
    if words == ("--cluster",):
        words = ("--cluster", request.getfixturevalue("cluster"))
    out = tmp_path / "scores.parquet"
    front_door = typer.Typer()
    front_door.command()(cli.score)
    places = ["--models", str(world.models), "--policy", str(POLICY), "--out", str(out)]
    places += ["--promotion-key", str(tmp_path / "none")]
    found = CliRunner().invoke(front_door, ["--portfolio", str(table), *places, *words])
    assert found.exit_code == 0, found.exception
    assert "scored by sme-pd 7" in " ".join(found.stderr.split())
    assert found.stdout == ""
    assert out.read_bytes() == scores.read_bytes()


def test_rows_of_one_great_row_group_are_scored_alike(
    world: World, table: Path, scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio, "ROW_GROUP", 11)
    FeatureTable.read(table).write(tmp_path / "features.parquet")
    out = tmp_path / "scores.parquet"
    policy = Policy.load(POLICY)
    score_portfolio(
        tmp_path / "features.parquet",
        out,
        Shelf(world.models),
        policy,
        lambda *_: None,
        in_this_process,
    )
    assert pq.read_table(out).equals(pq.read_table(scores), check_metadata=True)


def test_stopped_scoring_goes_on_where_it_stood(
    world: World, table: Path, scores: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scores.parquet"
    asked = []

    def stops(work: Any, tasks: Any) -> Any:
        asked.append(tasks)
        yield from in_this_process(work, tasks[:2])
        raise KeyboardInterrupt

    def counts(work: Any, tasks: Any) -> Any:
        asked.append(tasks)
        return in_this_process(work, tasks)

    made_of = (table, out, Shelf(world.models), Policy.load(POLICY), lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        score_portfolio(*made_of, stops)
    assert not out.exists()
    score_portfolio(*made_of, counts)
    assert asked[1] == asked[0][2:]
    assert out.read_bytes() == scores.read_bytes()


def refusal(world: World, table: Path, out: Path) -> str:
    with executor() as run, pytest.raises(CargoworthyError) as refused:
        score_portfolio(table, out, Shelf(world.models), Policy.load(POLICY), lambda *_: None, run)
    assert not out.exists() or out.samefile(table)
    assert not out.with_name(out.name + ".parts").exists()
    return str(refused.value)


def test_what_does_not_fit_the_model_is_refused(world: World, table: Path, tmp_path: Path) -> None:
    found, out = pq.read_table(table), tmp_path / "scores.parquet"
    bad = tmp_path / "features.parquet"
    metadata = found.schema.metadata
    other = metadata | {b"cargoworthy.catalogue_hash": b"0" * 64}
    pq.write_table(found.replace_schema_metadata(other), bad)
    said = refusal(world, bad, out)
    assert CATALOGUE.hash[:12] in said
    assert "0" * 12 in said
    pq.write_table(found.drop_columns(["default_in_force_now"]), bad)
    assert "default_in_force_now" in refusal(world, bad, out)
    pq.write_table(found.slice(0, 0), bad)
    assert "expected rows" in refusal(world, bad, out)
    pq.write_table(pa.table({"a": [1]}), bad)
    assert "catalogue" in refusal(world, bad, out)
    assert "found nothing" in refusal(world, tmp_path / "none.parquet", out)
    assert "another file" in refusal(world, table, table)
    assert pq.read_table(table).equals(found) or len(found)


def test_without_a_model_nothing_is_scored(table: Path, tmp_path: Path) -> None:
    policy = Policy.load(POLICY)
    with pytest.raises(CargoworthyError, match="no champion"):
        score_portfolio(
            table, tmp_path / "s.parquet", Shelf(tmp_path), policy, lambda *_: None, in_this_process
        )


def test_what_no_promotion_sealed_scores_nothing(world: World, table: Path, tmp_path: Path) -> None:
    promotion_key(tmp_path / "promotion.key")
    shelf, out = Shelf(world.models, tmp_path / "promotion.pub"), tmp_path / "scores.parquet"
    with pytest.raises(CargoworthyError, match="found no signature"):
        score_portfolio(table, out, shelf, Policy.load(POLICY), lambda *_: None, in_this_process)
    assert not out.exists()


def test_a_table_replaced_meanwhile_is_told(world: World, table: Path, tmp_path: Path) -> None:
    copy = tmp_path / "features.parquet"
    FeatureTable.read(table).write(copy)

    def replaces(work: Any, tasks: Any) -> Any:
        moved = pq.read_table(copy)
        metadata = moved.schema.metadata | {b"cargoworthy.position": b"1"}
        pq.write_table(moved.replace_schema_metadata(metadata), copy)
        return in_this_process(work, tasks)

    policy = Policy.load(POLICY)
    with pytest.raises(CargoworthyError, match="found it replaced"):
        score_portfolio(
            copy, tmp_path / "s.parquet", Shelf(world.models), policy, lambda *_: None, replaces
        )
    assert not (tmp_path / "s.parquet").exists()
