"""Fitting on a real cluster: a scheduler and two worker processes of this machine."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from training.cluster import ClusterFit, read_rows, stopped
from training.config import BoostingSettings, SplitSettings, TrainConfig
from training.division import divide
from training.errors import TrainingError
from training.estimator import Recipe, fit, folds_by, raw_margin
from training.inputs import read_inputs
from training.learning import learn
from training.metrics import auc
from training.monotonicity import probe

NAMES = ("up", "down", "free [x], odd", "noise")
SETTINGS = BoostingSettings(min_data_in_leaf=20, max_rounds=60, patience=15, learning_rate=0.1)
RECIPE = Recipe(NAMES, (1, -1, 0, 0), seed=4, settings=SETTINGS)
ROWS = 9_000
FITTED = 6_000
"""The first rows of the table; of every third nothing is known."""

Arrays = tuple[npt.NDArray[np.float64], npt.NDArray[np.int8], npt.NDArray[np.int64]]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(
            processes=True, n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as running,
        Client(running, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def world() -> Arrays:
    """Values, targets and folds of all rows of the table."""
    chance = np.random.default_rng(11)
    values = chance.normal(size=(ROWS, len(NAMES)))
    odds = values[:, 0] - values[:, 1] + np.sin(3 * values[:, 2]) - 2
    target = (chance.uniform(size=ROWS) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    values[chance.uniform(size=values.shape) < 0.05] = np.nan
    return values, target, chance.integers(0, 3, ROWS)


@pytest.fixture(scope="module")
def table(world: Arrays, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The values as a feature table of several row groups, its columns in another order."""
    path = tmp_path_factory.mktemp("table") / "features.parquet"
    columns = {name: world[0][:, place] for place, name in enumerate(NAMES)}
    other = {name: columns[name] for name in sorted(NAMES)}
    pq.write_table(pa.table({"as_of": np.arange(ROWS), **other}), path, row_group_size=2_048)
    return path


def test_a_cluster_ranks_as_well_as_one_machine(client: Client, world: Arrays, table: Path) -> None:
    values, target, fold = world
    rows = np.flatnonzero(np.arange(FITTED) % 3)
    fitting = values[rows], target[rows], folds_by(fold[rows], 3), RECIPE
    apart, here = ClusterFit(client, table, rows)(*fitting), fit(*fitting)
    tested = values[FITTED:]
    one, other = (
        auc(target[FITTED:], raw_margin(found.booster, tested)) for found in (apart, here)
    )
    assert one == pytest.approx(other, abs=0.003)
    assert one > 0.75
    assert auc(target[rows], apart.margins) == pytest.approx(
        auc(target[rows], here.margins), abs=0.01
    )
    assert apart.fold_losses == pytest.approx(here.fold_losses, rel=0.02)
    assert apart.booster.num_trees() == apart.rounds <= SETTINGS.max_rounds
    assert probe(apart.booster, tested, RECIPE.directions, 50, seed=1).finding() is None


def test_both_workers_fit_and_the_model_does_not_tell_their_addresses(
    client: Client, world: Arrays, table: Path
) -> None:
    _, target, _ = world
    on_cluster, whole = ClusterFit(client, table, np.arange(FITTED)), np.arange(FITTED)
    client.run(_forget)
    booster = on_cluster.fit_rounds(whole, target[:FITTED], RECIPE, 5)
    assert sorted(client.run(_networks).values()) == [2, 2]
    text = booster.model_to_string()
    assert booster.feature_name() == RECIPE.plain_names()
    assert not any(f"[{said}" in text for said in ("machines", "local_listen_port"))
    assert "127.0.0.1" not in text


def test_the_same_rows_and_seed_give_the_same_trees_again(
    client: Client, world: Arrays, table: Path
) -> None:
    _, target, _ = world
    rows = np.flatnonzero(np.arange(FITTED) % 3)
    texts = {
        ClusterFit(client, table, rows)
        .fit_rounds(np.arange(len(rows)), target[rows], RECIPE, 20)
        .model_to_string()
        for _ in range(3)
    }
    assert len(texts) == 1


def test_weights_count_on_a_cluster(client: Client, world: Arrays, table: Path) -> None:
    _, target, _ = world
    whole = np.arange(FITTED)
    weight = np.where(target[:FITTED] == 1, 2.0, 0.5)
    level = [
        raw_margin(
            ClusterFit(client, table, whole).fit_rounds(whole, target[:FITTED], RECIPE, 20, of),
            world[0][FITTED:],
        ).mean()
        for of in (None, weight)
    ]
    assert level[1] - level[0] == pytest.approx(np.log(4), abs=0.3)


def test_a_table_that_workers_cannot_see_is_named(
    client: Client, world: Arrays, tmp_path: Path
) -> None:
    values, target, fold = (of[:300] for of in world)
    away = ClusterFit(client, tmp_path / "none.parquet", np.arange(300))
    with pytest.raises(TrainingError, match=r"every worker .* to see .*none\.parquet"):
        away(values, target, folds_by(fold, 3), RECIPE)


@pytest.mark.slow
def test_the_champion_is_learnt_from_the_right_rows_of_its_table(
    client: Client, recorded: TrainConfig
) -> None:
    model = BoostingSettings(max_rounds=30, patience=10, learning_rate=0.2)
    config = recorded.model_copy(update={"model": model, "split": SplitSettings(folds=2)})
    inputs = read_inputs(config, CATALOGUE)
    division = divide(inputs, config)
    learnt = learn(inputs, division, CATALOGUE, config, client)
    fitted, target = division.parts.fit, division.sample.target
    # From other rows it would have learnt nothing about these.
    assert auc(target[fitted], learnt.margin[fitted]) > 0.7
    assert auc(target[division.parts.test], learnt.margin[division.parts.test]) > 0.6


def test_an_empty_fold_is_refused_before_anything_is_sent(
    client: Client, world: Arrays, table: Path
) -> None:
    values, target, fold = (of[:300] for of in world)
    folds = [*folds_by(fold, 3), (np.arange(300), np.arange(0))]
    with pytest.raises(TrainingError, match="fold 3 is empty"):
        ClusterFit(client, table, np.arange(300))(values, target, folds, RECIPE)


@settings(deadline=None)  # it reads files
@given(st.sets(st.integers(0, ROWS - 1), min_size=1, max_size=20))
def test_rows_are_read_from_whichever_group_holds_them(
    world: Arrays, table: Path, wanted: set[int]
) -> None:
    rows = np.array(sorted(wanted))
    names = (NAMES[2], NAMES[0])
    np.testing.assert_array_equal(read_rows(str(table), names, rows), world[0][rows][:, [2, 0]])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 8))
def test_it_stops_at_the_first_loss_that_none_of_the_next_is_below(
    losses: list[int], patience: int
) -> None:
    expected = next(
        place + 1
        for place, loss in enumerate(losses)
        if all(loss < before for before in losses[:place])
        and all(loss <= after for after in losses[place + 1 : place + 1 + patience])
    )
    assert stopped(np.array(losses, np.float64), patience) == expected


def _forget() -> None:
    """Have a worker count from now on how many machines it fits with."""
    import lightgbm.dask

    seen: list[int] = []
    plain = lightgbm.dask._train_part

    def counted(**said: object) -> object:
        seen.append(int(str(said["num_machines"])))
        return plain(**said)  # type: ignore[arg-type]

    lightgbm.dask._train_part = counted  # type: ignore[assignment]
    lightgbm.dask.seen = seen  # type: ignore[attr-defined]


def _networks() -> int:
    import lightgbm.dask

    return int(lightgbm.dask.seen[-1])  # type: ignore[attr-defined]
