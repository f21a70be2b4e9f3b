"""The contest on tables: its figures, its folds, and one round of it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks.tables.__main__ import main
from benchmarks.tables.cases import Effort, by_row, cases, customs
from benchmarks.tables.contest import contest
from benchmarks.tables.contestants import CONTESTANTS, Contestant
from benchmarks.tables.figures import log_loss, over_folds, over_groups, precision_at_top
from training.bank_table import BankTable
from training.metrics import auc

ROOT = Path(__file__).resolve().parents[2]
SBA = next(case for case in cases(Path("none")) if case.name.startswith("SBA"))


def test_precision_is_of_the_riskiest_twentieth() -> None:
    target = np.zeros(100, dtype=np.int8)
    target[[0, 1, 50]] = 1
    risk = np.linspace(1.0, 0.0, 100)
    assert precision_at_top(target, risk) == pytest.approx(2 / 5)
    assert precision_at_top(target[::-1], risk) == 0.0
    assert precision_at_top(target[:3], risk[:3]) == 1.0


def test_log_loss_of_known_chances() -> None:
    target = np.array([1, 0], dtype=np.int8)
    expected = -(np.log(0.8) + np.log(0.5)) / 2
    assert log_loss(target, np.array([0.8, 0.5])) == pytest.approx(expected)
    assert log_loss(target, np.array([0.0, 1.0])) == pytest.approx(-np.log(1e-15))


def test_an_interval_over_folds_allows_for_the_rows_that_they_share() -> None:
    found = [0.90, 0.92, 0.91, 0.95]
    low, high = over_folds(found, 20.0, 80.0)
    plain_low, plain_high = stats.t.interval(0.95, 3, np.mean(found), stats.sem(found))
    wider = np.sqrt((1 / 4 + 20 / 80) / (1 / 4))
    assert (high - low) == pytest.approx((plain_high - plain_low) * wider)
    assert (low + high) / 2 == pytest.approx(np.mean(found))
    assert all(np.isnan(over_folds([0.9], 20.0, 80.0)))


def test_an_interval_over_groups_resamples_whole_groups() -> None:
    chance = np.random.default_rng(4)
    target = np.repeat(chance.uniform(size=40) < 0.5, 10).astype(np.int8)
    risk = target + chance.normal(size=400)
    own = np.arange(400).astype(np.str_)
    shared = np.repeat(np.arange(40), 10).astype(np.str_)

    def rate(target: np.ndarray, _: np.ndarray) -> float:
        return float(target.mean())

    alone, together = (over_groups(target, [risk], g, rate, 300) for g in (own, shared))
    # The ten rows of a group are alike: its mean is ten times as uncertain in variance.
    ratio = (together[1] - together[0]) / (alone[1] - alone[0])
    assert ratio == pytest.approx(np.sqrt(10), rel=0.25)


def test_repeats_deal_the_rows_anew_and_each_repeat_tests_all() -> None:
    table = SBA.read(SBA.source)
    folds = by_row(table, Effort(folds=4, repeats=3))
    assert len(folds) == 12
    for repeat in range(3):
        tested = np.concatenate([test for _, test in folds[4 * repeat : 4 * repeat + 4]])
        assert np.array_equal(np.sort(tested), np.arange(len(table.target)))
    assert not np.array_equal(folds[0][1], folds[4][1])


@pytest.fixture
def declarations(tmp_path: Path) -> Path:
    """Declarations like those of the customs: two files, text and numbers."""
    chance = np.random.default_rng(3)
    for name, rows in (("train", 600), ("valid", 200)):
        price = chance.normal(size=rows)
        office = chance.choice(["A", "B", None], rows)
        odds = 1.5 * price + (office == "A") - 1.5
        fraud = (chance.uniform(size=rows) < 1 / (1 + np.exp(-odds))).astype(int)
        pd.DataFrame(
            {
                "Declaration ID": range(rows),
                "Date": "2020-01-01",
                "Importer ID": chance.choice([f"I{k}" for k in range(50)], rows),
                "Office ID": office,
                "Item Price": price,
                "Fraud": fraud,
                "Critical Fraud": 2 * fraud,
            }
        ).to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def test_customs_are_fitted_on_one_year_and_tested_on_the_next(declarations: Path) -> None:
    table = customs(declarations)
    assert table.names == ("Office ID", "Item Price")
    case = next(one for one in cases(declarations) if one.fixed_test)
    for learn, test in case.deal(table, Effort(repeats=2)):
        assert np.array_equal(learn, np.arange(600))
        assert np.array_equal(test, np.arange(600, 800))


HERE = [one for one in CONTESTANTS if one.is_here]


@pytest.mark.parametrize("contestant", HERE, ids=lambda one: one.name)
def test_each_learner_reads_numbers_text_and_gaps(
    declarations: Path, contestant: Contestant
) -> None:
    table: BankTable = customs(declarations)
    learn, test = np.arange(600), np.arange(600, 800)
    risk = contestant.predict(table, learn, test, 0)
    assert risk.shape == (200,)
    assert ((risk > 0) & (risk < 1)).all()
    assert auc(table.target[test], risk) > 0.7


@pytest.mark.slow
def test_all_learners_take_part_in_an_environment_of_their_own(
    declarations: Path, tmp_path: Path
) -> None:
    """As ``make bench-tables`` makes it, from the contestants' lock."""
    python, uv = tmp_path / "venv/bin/python", Path(sys.executable).with_name("uv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    install = ["pip", "install", "--quiet", "--require-hashes", "--python", python]
    subprocess.run([uv, *install, "-r", ROOT / "locks/contestants.lock"], check=True)
    out = tmp_path / "results.json"
    asked = ["--case", "Customs", "--customs", declarations, "--repeats", "1", "--out", out]
    subprocess.run([python, "-m", "benchmarks.tables", *asked], check=True, cwd=ROOT)
    found = {one["contestant"]: one["mean"] for one in json.loads(out.read_text())}
    assert set(found) == {one.name for one in CONTESTANTS}
    assert min(found.values()) > 0.5


def test_a_contest_gives_every_learner_the_same_folds(declarations: Path) -> None:
    case = next(one for one in cases(declarations) if one.fixed_test)
    told: list[str] = []
    found = list(contest(case, CONTESTANTS[:2], Effort(repeats=2), told.append))
    assert [one.contestant for one in found] == ["ours", "plain LightGBM"]
    for one in found:
        assert len(one.by_fold) == 2
        assert one.mean == pytest.approx(np.mean(one.by_fold))
        assert one.low <= one.mean <= one.high
    assert told[-1] == "Customs fraud, 2021 by 2020: plain LightGBM, fold 2 of 2"


def test_what_is_not_there_is_named_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results.json"
    words = ["tables", "--case", "Customs", "--customs", "nowhere", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", words)
    main()
    assert "Customs fraud, 2021 by 2020 is left out: there is no nowhere" in capsys.readouterr().err
    assert out.read_text() == "[]\n"
