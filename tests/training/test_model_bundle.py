import hashlib
import json
from dataclasses import replace
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest

from features.carried import written
from features.catalogue import CATALOGUE, Catalogue
from training.experiment import Experiment
from training.model.bundle import Bundle
from training.model.errors import (
    DamagedModelError,
    ModelError,
    ModelInputError,
    OtherCatalogueError,
)
from training.model.scale import MICRO
from training.model.shelf import Shelf

PARTS = ("model.txt", "bundle.json", "catalogue.json", "manifest.json")


@pytest.fixture
def folder(experiment: Experiment, tmp_path: Path) -> Path:
    experiment.bundle.write(tmp_path / "model")
    return tmp_path / "model"


def rows(experiment: Experiment) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return experiment.sample.choose(experiment.bundle.features)[experiment.parts.test]


def test_what_is_written_is_read_back(experiment: Experiment, folder: Path) -> None:
    read = Bundle.load(folder, version="7")
    assert read.version == "7"
    assert read.features == experiment.bundle.features
    assert read.catalogue_hash == experiment.bundle.catalogue_hash
    assert read.facts["rounds"] == experiment.fitted.rounds
    before, after = (one.score(rows(experiment)) for one in (experiment.bundle, read))
    assert np.array_equal(before.micro_points, after.micro_points)
    assert np.array_equal(before.pd, after.pd)


def test_the_hash_is_of_the_manifest_and_the_manifest_is_of_the_parts(folder: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    assert Bundle.load(folder).hash == hashlib.sha256(manifest).hexdigest()
    for name, stated in json.loads(manifest)["parts"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == stated


def test_writing_again_gives_the_same_bytes(
    experiment: Experiment, folder: Path, tmp_path: Path
) -> None:
    Bundle.load(folder).write(tmp_path / "again")
    for name in PARTS:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes()


def test_base_and_points_are_the_score_exactly(experiment: Experiment) -> None:
    scores = experiment.bundle.score(rows(experiment))
    assert scores.score_micro.dtype == np.int64
    assert np.array_equal(
        scores.score_micro, scores.base_micro_points + scores.micro_points.sum(axis=1)
    )


def test_points_are_the_calibrated_margin_of_lightgbm(experiment: Experiment) -> None:
    bundle = experiment.bundle
    margin = lgb.Booster(model_str=bundle.model_text).predict(rows(experiment), raw_score=True)
    odds = bundle.calibration.slope * np.asarray(margin) + bundle.calibration.intercept
    score = 600 + 40 / np.log(2) * (-odds - np.log(20))
    found = bundle.score(rows(experiment)).score_micro / MICRO
    assert np.abs(found - score).max() < (len(bundle.features) + 1) / MICRO


def test_one_row_scores_as_it_does_among_many(experiment: Experiment) -> None:
    values = rows(experiment)
    together = experiment.bundle.score(values).score_micro
    alone = [int(experiment.bundle.score(values[i : i + 1]).score_micro[0]) for i in range(20)]
    assert together[:20].tolist() == alone


def test_no_rows_are_no_scores(experiment: Experiment) -> None:
    bundle = experiment.bundle
    assert bundle.score(np.empty((0, len(bundle.features)))).score_micro.tolist() == []


def test_a_missing_feature_at_scoring_is_told(experiment: Experiment) -> None:
    wanted = len(experiment.bundle.features)
    told = rf"expected \[rows, {wanted}\] values, found \[1, {wanted - 1}\]"
    with pytest.raises(ModelInputError, match=told):
        experiment.bundle.score(np.zeros((1, wanted - 1)))


def test_infinity_is_told_with_its_feature(experiment: Experiment) -> None:
    values = np.zeros((2, len(experiment.bundle.features)))
    values[1, 3] = np.inf
    with pytest.raises(ModelInputError, match=f"{experiment.bundle.features[3]} of row 1"):
        experiment.bundle.score(values)


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_told(folder: Path, part: str) -> None:
    (folder / part).unlink()
    with pytest.raises(DamagedModelError, match=f"{part} is missing"):
        Bundle.load(folder)


@pytest.mark.parametrize("part", ["model.txt", "bundle.json"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_one_changed_byte_anywhere_is_refused_before_it_is_parsed(
    folder: Path, part: str, share: float
) -> None:
    content = bytearray((folder / part).read_bytes())
    content[int(share * len(content))] ^= 1
    (folder / part).write_bytes(bytes(content))
    with pytest.raises(DamagedModelError, match=r"damaged or was changed.*not loaded"):
        Bundle.load(folder)


def test_a_resealed_model_is_refused_by_its_hash_before_it_is_parsed(folder: Path) -> None:
    registered = Bundle.load(folder).hash
    assert Bundle.load(folder, expected=registered).hash == registered
    (folder / "model.txt").write_text("no text of LightGBM")
    reseal(folder)
    with pytest.raises(DamagedModelError, match=r"expected .* it was not loaded"):
        Bundle.load(folder, expected=registered)


def test_a_manifest_of_another_hash_is_not_even_parsed(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"{")
    with pytest.raises(DamagedModelError, match="it was not loaded"):
        Bundle.load(folder, expected="0" * 64)


def test_a_model_other_than_the_registered_is_not_published(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DamagedModelError, match="expected 0000000000000000"):
        Shelf(tmp_path / "shelf").publish(folder, "sme-pd", "3", expected="0" * 64)
    assert not (tmp_path / "shelf").exists()


def test_a_broken_manifest_is_told(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(b"{")
    with pytest.raises(DamagedModelError, match="no JSON"):
        Bundle.load(folder)


def test_a_manifest_of_other_parts_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"parts": {"model.pkl": "00"}}')
    with pytest.raises(DamagedModelError, match="should name the parts"):
        Bundle.load(folder)


def reseal(folder: Path) -> None:
    """Make the manifest fit the parts again, as someone who tampers would."""
    stated = json.loads((folder / "manifest.json").read_bytes())
    for name in stated["parts"]:
        stated["parts"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(stated))


def test_a_resealed_model_fails_its_golden_rows(folder: Path) -> None:
    facts = json.loads((folder / "bundle.json").read_bytes())
    facts["calibration"]["slope"] = 1.01
    (folder / "bundle.json").write_text(json.dumps(facts))
    reseal(folder)
    assert Bundle.load(folder, verify=False).calibration.slope == 1.01
    with pytest.raises(DamagedModelError, match="expected"):
        Bundle.load(folder)


def test_a_golden_point_that_differs_is_named(folder: Path) -> None:
    facts = json.loads((folder / "bundle.json").read_bytes())
    facts["golden"]["micro_points"][4][2] += 1
    (folder / "bundle.json").write_text(json.dumps(facts))
    reseal(folder)
    with pytest.raises(DamagedModelError, match=r"1 of \d+ golden points differ.*row 4"):
        Bundle.load(folder)


def test_another_format_is_told(folder: Path) -> None:
    facts = json.loads((folder / "bundle.json").read_bytes())
    (folder / "bundle.json").write_text(json.dumps(facts | {"format": 99}))
    reseal(folder)
    with pytest.raises(DamagedModelError, match="no bundle of format 2"):
        Bundle.load(folder)


def test_a_hundred_golden_rows_are_kept(experiment: Experiment) -> None:
    assert len(experiment.bundle.golden.values) == 100


def test_an_empty_shelf_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cargoworthy promote"):
        Shelf(tmp_path).champion()


def test_a_published_model_is_the_champion(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    stated = shelf.publish(folder, "sme-pd", "3")
    champion = shelf.champion()
    assert (champion.hash, champion.version, champion.name) == (stated.hash, "3", "sme-pd")
    assert (tmp_path / "shelf" / stated.hash / "model.txt").is_file()
    assert not list((tmp_path / "shelf").glob(".new-*"))


def test_publishing_twice_is_publishing_once(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.publish(folder, "sme-pd", "3") == shelf.publish(folder, "sme-pd", "3")


def test_a_damaged_copy_on_the_shelf_is_laid_anew(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    stated = shelf.publish(folder, "sme-pd", "3")
    (tmp_path / "shelf" / stated.folder / "model.txt").write_text("tree\n")
    with pytest.raises(DamagedModelError):
        shelf.champion()
    shelf.publish(folder, "sme-pd", "3")
    assert shelf.champion().hash == stated.hash


def test_a_damaged_model_is_not_published(folder: Path, tmp_path: Path) -> None:
    (folder / "model.txt").write_text("tree\n")
    with pytest.raises(DamagedModelError):
        Shelf(tmp_path / "shelf").publish(folder, "sme-pd", "3")
    assert not (tmp_path / "shelf" / "champion.json").exists()


def test_a_shelf_that_names_another_model_is_refused(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.publish(folder, "sme-pd", "3")
    pointer = tmp_path / "shelf" / "champion.json"
    stated = json.loads(pointer.read_bytes())
    pointer.write_text(json.dumps(stated | {"hash": "0" * 64}))
    with pytest.raises(DamagedModelError, match="publish the champion again"):
        shelf.champion()
    pointer.write_text(json.dumps({"model": "x"}))
    with pytest.raises(DamagedModelError, match="should state name, version, hash and folder"):
        shelf.champion()


def test_a_bundle_carries_the_catalogue_that_it_was_trained_on(folder: Path) -> None:
    bundle = Bundle.load(folder)
    assert bundle.catalogue == CATALOGUE
    assert bundle.catalogue.hash == bundle.catalogue_hash
    assert (folder / "catalogue.json").read_bytes() == bundle.catalogue_file == written(CATALOGUE)


def test_a_bundle_that_carries_none_has_this_versions_or_none(
    experiment: Experiment, tmp_path: Path
) -> None:
    old = replace(experiment.bundle, catalogue_file=b"").write(tmp_path / "old")
    assert not (tmp_path / "old" / "catalogue.json").exists()
    assert Bundle.load(tmp_path / "old", expected=old.hash).catalogue is CATALOGUE
    for catalogue_hash in ("f" * 64, ""):
        with pytest.raises(OtherCatalogueError, match="does not carry it"):
            _ = replace(old, catalogue_hash=catalogue_hash).catalogue


def test_a_catalogue_that_is_not_the_models_is_refused(experiment: Experiment) -> None:
    without = Catalogue(CATALOGUE.features[1:])
    lost = replace(experiment.bundle, catalogue_file=written(without))
    with pytest.raises(OtherCatalogueError, match=CATALOGUE.features[0].name):
        _ = lost.catalogue
    with pytest.raises(OtherCatalogueError, match="lacks"):
        _ = replace(lost, catalogue_hash=without.hash).catalogue
    with pytest.raises(OtherCatalogueError, match="engine"):
        _ = replace(lost, catalogue_file=b'{"format": 1, "engine": 9}').catalogue


def test_a_catalogue_is_a_part_like_any_other(folder: Path) -> None:
    file = folder / "catalogue.json"
    file.write_bytes(file.read_bytes().replace(b'"days": 90', b'"days": 91', 1))
    with pytest.raises(DamagedModelError, match=r"catalogue\.json is damaged"):
        Bundle.load(folder)
    file.unlink()
    with pytest.raises(DamagedModelError, match=r"catalogue\.json is missing"):
        Bundle.load(folder)
