from pathlib import Path

import pytest
import yaml

from serving.policy import Policy
from supervision.errors import UsageError
from training.report.settings import ValidationSettings
from training.report.standards import ASKED

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "configs" / "validation.yaml"


def written(tmp_path: Path, **changed: object) -> Path:
    stated = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    path = tmp_path / "validation.yaml"
    path.write_text(yaml.safe_dump(stated | changed), encoding="utf-8")
    return path


def test_ours_gives_every_check_its_bounds() -> None:
    read = ValidationSettings.read(FILE)
    for code in read.bounds:
        standard = read.standard(code)
        assert standard.code == code
        assert standard.title.en
        assert standard.title.zh
    assert set(ASKED) < set(read.bounds)


def test_the_master_scale_is_the_default_lender_s() -> None:
    policy = Policy.load(ROOT / "configs" / "policy" / "default.yaml")
    read = ValidationSettings.read(FILE)
    assert [(grade.name, grade.pd_up_to) for grade in read.grades] == [
        (grade.name, float(grade.pd_up_to)) for grade in policy.grades
    ]
    lent = [float(grade.pd_up_to) for grade in policy.grades if grade.lend]
    assert read.approve_up_to == max(lent)


def test_a_check_without_bounds_is_named(tmp_path: Path) -> None:
    bounds = yaml.safe_load(FILE.read_text(encoding="utf-8"))["bounds"]
    del bounds["VAL301"]
    with pytest.raises(UsageError, match="lacking \\['VAL301'\\]"):
        ValidationSettings.read(written(tmp_path, bounds=bounds))


def test_bounds_without_a_check_are_named(tmp_path: Path) -> None:
    bounds = yaml.safe_load(FILE.read_text(encoding="utf-8"))["bounds"]
    with pytest.raises(UsageError, match="without a check \\['VAL999'\\]"):
        ValidationSettings.read(written(tmp_path, bounds=bounds | {"VAL999": {"red": 1}}))


def test_grades_must_rise_to_one(tmp_path: Path) -> None:
    grades = [{"name": "A", "pd_up_to": 0.2}, {"name": "B", "pd_up_to": 0.1}]
    with pytest.raises(UsageError, match="rising PDs up to 1"):
        ValidationSettings.read(written(tmp_path, grades=grades))


def test_no_file_names_the_one_to_copy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"copy configs/validation\.yaml"):
        ValidationSettings.read(tmp_path / "none.yaml")
