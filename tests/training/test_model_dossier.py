import hashlib
from pathlib import Path

import pytest

from training.model.dossier import (
    Dossier,
    name_challenger,
    read_challenger,
    read_dossier,
    read_report_file,
    withdraw_challenger,
)
from training.model.errors import DamagedModelError

HASH, OTHER = "a" * 64, "b" * 64
DOCUMENT, PAGE = b'{"checks": []}', b"<!doctype html><p>plots</p>"


def dossier(sha256: str = "d" * 64, model_hash: str = HASH) -> Dossier:
    model = {"name": "sme-pd", "version": "7", "hash": model_hash, "catalogue_hash": "c" * 64}
    validation = {"verdict": "amber", "report_sha256": sha256, "checks": [], "counts": {}}
    return Dossier(model, "# Card", validation, None, ["x", "y"], {"rounds": 3})


def written(folder: Path, page: bool = True) -> Path:
    folder.mkdir()
    (folder / "report.json").write_bytes(DOCUMENT)
    if page:
        (folder / "report.html").write_bytes(PAGE)
    return folder


def test_the_report_is_kept_beside_the_dossier_and_read_byte_for_byte(tmp_path: Path) -> None:
    told = dossier(hashlib.sha256(DOCUMENT).hexdigest())
    told.write(tmp_path / "shelf", written(tmp_path / "report"))
    kept = read_dossier(tmp_path / "shelf", HASH)
    assert kept is not None
    assert (kept.features, kept.facts, kept.promotion) == (["x", "y"], {"rounds": 3}, None)
    assert read_report_file(tmp_path / "shelf", kept, "report.json") == DOCUMENT
    assert read_report_file(tmp_path / "shelf", kept, "report.html") == PAGE


@pytest.mark.parametrize("name", ["report.json", "report.html"])
def test_a_report_that_was_changed_is_not_given(tmp_path: Path, name: str) -> None:
    dossier(hashlib.sha256(DOCUMENT).hexdigest()).write(tmp_path, written(tmp_path / "report"))
    kept = read_dossier(tmp_path, HASH)
    assert kept is not None
    (tmp_path / "dossiers" / HASH / name).write_bytes(b"{}")
    with pytest.raises(DamagedModelError, match="it was changed since"):
        read_report_file(tmp_path, kept, name)  # type: ignore[arg-type]


def test_a_document_that_is_not_the_one_that_was_signed_for_is_not_given(tmp_path: Path) -> None:
    dossier("0" * 64).write(tmp_path, written(tmp_path / "report"))
    kept = read_dossier(tmp_path, HASH)
    assert kept is not None
    with pytest.raises(DamagedModelError, match="expected the validation report"):
        read_report_file(tmp_path, kept, "report.json")


def test_what_was_not_kept_is_not_there(tmp_path: Path) -> None:
    dossier().write(tmp_path)
    kept = read_dossier(tmp_path, HASH)
    assert kept == dossier()
    assert read_report_file(tmp_path, dossier(), "report.json") is None
    dossier(hashlib.sha256(DOCUMENT).hexdigest()).write(tmp_path, written(tmp_path / "r", False))
    kept = read_dossier(tmp_path, HASH)
    assert kept is not None
    assert read_report_file(tmp_path, kept, "report.html") is None
    assert read_dossier(tmp_path, OTHER) is None
    assert read_dossier(tmp_path, "../dossiers/" + HASH) is None


def test_a_challenger_stands_until_it_is_withdrawn(tmp_path: Path) -> None:
    assert read_challenger(tmp_path) is None
    dossier().write(tmp_path)
    name_challenger(tmp_path, dossier().model)
    assert read_challenger(tmp_path) == dossier()
    withdraw_challenger(tmp_path, OTHER)
    assert read_challenger(tmp_path) == dossier()
    withdraw_challenger(tmp_path, HASH)
    assert read_challenger(tmp_path) is None
    withdraw_challenger(tmp_path, HASH)
