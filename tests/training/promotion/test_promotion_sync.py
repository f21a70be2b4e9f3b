"""The registry's champion on other machines' shelves."""

from pathlib import Path

import pytest

from tests.training.promotion.test_promotion_cli import Bench, bench, call, registered
from training.model.errors import DamagedModelError
from training.model.seal import read_public_key, require_seal
from training.model.shelf import Shelf

__all__ = ["bench", "registered"]  # fixtures

# MLflow, with the libraries below it, uses what these have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def sync(bench: Bench, shelf: Path, key: Path | None = None) -> None:
    public = key or bench.folder / "promotion.pub"
    call(
        *("sync", "--once", "--models", str(shelf), "--promotion-key", str(public)),
        *("--config", str(bench.folder / "train.yaml")),
    )


def test_a_promotion_is_sealed_with_its_number(bench: Bench) -> None:
    bench.validate(VAL305="green")
    bench.promote()
    stated = bench.shelf.stated()
    key = read_public_key(bench.folder / "promotion.pub")
    assert key is not None
    require_seal(stated, key)
    assert stated.sequence == bench.history()[-1]["position"]
    assert (bench.folder / "promotion.key").stat().st_mode & 0o777 == 0o600


def test_another_machine_lays_the_same_champion(bench: Bench, tmp_path: Path) -> None:
    bench.validate(VAL305="green")
    bench.promote()
    sync(bench, tmp_path / "far")
    far = Shelf(tmp_path / "far")
    assert far.stated() == bench.shelf.stated()
    assert far.champion().hash == bench.model.tags["hash"]
    laid = (far.folder / "champion.json").stat().st_mtime_ns
    sync(bench, far.folder)
    assert (far.folder / "champion.json").stat().st_mtime_ns == laid
    part = far.folder / far.stated().folder / "model.txt"
    part.write_text("damaged")
    with pytest.raises(DamagedModelError):
        far.champion()
    sync(bench, far.folder)
    assert far.champion().hash == bench.model.tags["hash"]


def test_what_is_not_sealed_by_the_key_is_not_laid(bench: Bench, tmp_path: Path) -> None:
    bench.validate(VAL305="green")
    bench.promote()
    client = bench.store.client()
    client.set_model_version_tag(bench.model.name, bench.model.version, "promotion", "99")
    sync(bench, tmp_path / "far")
    assert not (tmp_path / "far").exists()
    sync(bench, tmp_path / "far", tmp_path / "none.pub")
    assert not (tmp_path / "far").exists()


def test_without_a_registry_the_shelf_stays_as_it_is(bench: Bench, tmp_path: Path) -> None:
    bench.validate(VAL305="green")
    bench.promote()
    stated = bench.shelf.stated()
    config = bench.folder / "train.yaml"
    config.write_text(config.read_text().replace("sqlite:///", "sqlite:////none/"))
    sync(bench, bench.shelf.folder)
    assert bench.shelf.stated() == stated
