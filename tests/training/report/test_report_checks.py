"""The report's figures, against others' statistics and models that are known to be bad."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from features.calendar import month_end
from features.catalogue import CATALOGUE
from features.feature import Phrase
from training.config import TrainConfig
from training.division import Division
from training.errors import TrainingError
from training.inputs import Inputs
from training.learning import Learnt
from training.model.bundle import Bundle, assemble
from training.model.calibration import Calibration
from training.report.document import Report
from training.report.evidence import Development, Evidence
from training.report.migration import Migration
from training.report.port_evidence import NOT_FITTED, gather, migration, rival
from training.report.sections.calibration import calibration_section
from training.report.sections.discrimination import discrimination_section
from training.report.sections.grades import grades_section
from training.report.sections.model import permitted, reasons, replication
from training.report.sections.rule import rule_section
from training.report.sections.stress import silenced, stressed
from training.report.settings import ValidationSettings
from training.report.side import Scored, Side
from training.validation.check import Check


def by_code(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.standard.code: check for check in checks}


@pytest.fixture(scope="module")
def checks(report: Report) -> dict[str, Check]:
    return by_code(report.checks)


def test_each_check_is_there_once(report: Report, settings: ValidationSettings) -> None:
    codes = [check.standard.code for check in report.checks]
    assert sorted(codes) == sorted(settings.bounds)


def test_each_says_what_lies_behind_it_in_both_languages(report: Report) -> None:
    for check in report.checks:
        assert check.detail is not None
        assert check.detail.en.strip()
        assert check.detail.zh.strip()
        assert (check.figure is None) == (check.verdict == "not applicable")


def test_the_auc_is_scikit_learn_s(report: Report) -> None:
    now = report.evidence.now
    figures = report.plain()["figures"]["Discrimination"]
    assert figures["auc"] == pytest.approx(roc_auc_score(now.target, now.pd), abs=1e-12)


def test_the_development_auc_is_of_boosters_that_had_not_seen_the_firm(
    evidence: Evidence, division: Division, learnt: Learnt
) -> None:
    parts, sample = division.parts, division.sample
    rows = parts.fit | parts.calibration
    seen = roc_auc_score(sample.target[rows], learnt.margin[rows])
    assert isinstance(evidence.development, Development)
    assert 0.5 < evidence.development.auc < seen


def test_the_binomial_check_is_scipy_s(checks: dict[str, Check], evidence: Evidence) -> None:
    now, once = evidence.now, evidence.now.once
    n, d = int(once.sum()), int(now.target[once].sum())
    expected = stats.binomtest(d, n, float(now.graded_by[once].mean()), "greater").pvalue
    assert checks["VAL303"].figure == pytest.approx(expected, rel=1e-9)


def test_the_model_is_rebuilt_to_the_byte(checks: dict[str, Check]) -> None:
    assert checks["VAL108"].figure == 0.0
    assert checks["VAL103"].figure is not None
    assert checks["VAL103"].figure < 1e-9


def test_without_refits_and_registrations_checks_are_not_applicable(
    checks: dict[str, Check],
) -> None:
    for code in ("VAL105", "VAL204", "VAL601", "VAL621"):
        assert checks[code].verdict == "not applicable"


def lowered(evidence: Evidence, division: Division, by: float) -> Evidence:
    """The evidence with log-odds lower by so much."""
    was = evidence.bundle
    calibration = Calibration(was.calibration.slope, was.calibration.intercept - by)
    bundle = assemble(
        was.booster,
        calibration,
        was.golden.values,
        name=was.name,
        features=was.features,
        directions=was.directions,
        catalogue_hash=was.catalogue_hash,
        facts=was.facts,
    )
    tested = division.sample.take(division.parts.test)
    scored = Scored.of(tested, bundle)
    now = Side.of(tested, scored, evidence.scale)
    return replace(evidence, bundle=bundle, scored=scored, now=now)


def test_a_pd_that_is_too_low_is_red(evidence: Evidence, division: Division) -> None:
    low = lowered(evidence, division, 3.0)
    found = by_code(calibration_section(low).checks)
    for code in ("VAL301", "VAL302", "VAL303", "VAL304", "VAL305", "VAL306"):
        assert found[code].verdict == "red", code
    assert replication(low).verdict == "red"


def test_a_pd_that_is_too_high_fails_only_two_sided_tests(
    evidence: Evidence, division: Division
) -> None:
    found = by_code(calibration_section(lowered(evidence, division, -3.0)).checks)
    assert found["VAL301"].verdict == found["VAL303"].verdict == "green"
    assert found["VAL305"].verdict == found["VAL306"].verdict == "red"
    assert found["VAL307"].verdict == "amber"


def test_a_ranking_turned_round_is_red(evidence: Evidence) -> None:
    now = evidence.now
    turned = replace(evidence, now=replace(now, pd=1.0 - now.pd))
    found = by_code(discrimination_section(turned).checks)
    for code in ("VAL201", "VAL202", "VAL203"):
        assert found[code].verdict == "red", code


def test_a_better_champion_is_told(evidence: Evidence) -> None:
    perfect = evidence.now.target.astype(np.float64)
    found = by_code(discrimination_section(replace(evidence, champion=perfect)).checks)
    assert found["VAL204"].verdict == "red"


def test_a_forbidden_feature_is_red(evidence: Evidence) -> None:
    renamed = ("core_enterprise_rating_now", *evidence.bundle.features[1:])
    found = permitted(replace(evidence, bundle=replace(evidence.bundle, features=renamed)))
    assert (found.figure, found.verdict) == (1, "red")


def test_stated_reasons_are_judged(evidence: Evidence) -> None:
    facts = {**evidence.bundle.facts, "reasons": {"kendalls_w": 0.9, "top_overlap": 0.4}}
    told = replace(evidence, bundle=replace(evidence.bundle, facts=facts))
    assert [check.verdict for check in reasons(told)] == ["green", "red"]


def test_customers_of_the_migration_are_borrowers_at_both_ends(
    evidence: Evidence, read: Inputs, division: Division
) -> None:
    moved = migration(read, division, evidence.bundle, evidence.scale)
    assert isinstance(moved, Migration)
    assert moved.follows == "borrowers from 2021-06 to 2022-06"
    begins, ends = (month_end(month) for month in ("2021-06", "2022-06"))
    rows, status = read.rows, division.status
    borrows = {
        at: {
            str(name)
            for name, when, state in zip(rows.enterprise, rows.as_of, status, strict=True)
            if when == at and int(state) not in (2, 3)
        }
        for at in (begins, ends)
    }
    both = borrows[begins] & borrows[ends]
    assert moved.counts.sum() == len(both)
    assert moved.left == len(borrows[begins]) - len(both)


def test_grades_in_reverse_order_are_red(evidence: Evidence) -> None:
    now = evidence.now
    turned = np.where(now.target == 1, 0, len(evidence.scale) - 1)
    found = by_code(grades_section(replace(evidence, now=replace(now, grade=turned))).checks)
    assert found["VAL401"].verdict == "red"


def test_stress_moves_what_the_scenario_says(
    evidence: Evidence, settings: ValidationSettings
) -> None:
    scenario = settings.scenarios[0]
    pd, moved = stressed(evidence, scenario)
    assert moved == sum(len(move.features) for move in scenario.moves)
    # Every direction of the moved features is against the borrower, so no PD may fall.
    names = evidence.bundle.features
    against = [
        evidence.bundle.directions[names.index(name)] * (move.times - 1 or move.plus)
        for move in scenario.moves
        for name in move.features
        if evidence.bundle.directions[names.index(name)] != 0 and move.plus == 0
    ]
    assert min(against) > 0
    assert (pd >= evidence.now.pd - 1e-12).mean() > 0.5


def test_a_silent_stream_takes_all_features_that_rest_on_it(evidence: Evidence) -> None:
    found = silenced(evidence, CATALOGUE, "declaration")
    assert found is not None
    _, lost = found
    assert lost == sum(
        "declaration" in feature.streams
        for feature in CATALOGUE.champion
        if feature.name in evidence.bundle.features
    )
    assert silenced(evidence, CATALOGUE, "weather") is None


def test_without_a_rule_there_is_nothing_to_compare(evidence: Evidence) -> None:
    (check,) = rule_section(replace(evidence, rivals=NOT_FITTED)).checks
    assert check.verdict == "not applicable"
    found = by_code(discrimination_section(replace(evidence, rivals=NOT_FITTED)).checks)
    for code in ("VAL203", "VAL205", "VAL206"):
        assert found[code].verdict == "not applicable"


def test_the_champion_is_not_compared_with_itself(bundle: Bundle, division: Division) -> None:
    found = rival(bundle, bundle, division)
    assert isinstance(found, Phrase)
    assert "is the champion" in found.en


def test_a_champion_in_force_scores_the_same_rows(
    evidence: Evidence, bundle: Bundle, division: Division
) -> None:
    found = rival(bundle, replace(bundle, hash="0" * 64), division)
    assert not isinstance(found, Phrase)
    assert np.array_equal(found, evidence.now.pd)


def test_a_champion_of_another_catalogue_is_not_compared(
    bundle: Bundle, division: Division
) -> None:
    other = replace(bundle, hash="0" * 64, catalogue_hash="1" * 64)
    assert isinstance(rival(bundle, other, division), Phrase)


def test_another_catalogue_is_refused(
    bundle: Bundle, of_training: TrainConfig, settings: ValidationSettings
) -> None:
    other = replace(bundle, catalogue_hash="0" * 64)
    with pytest.raises(TrainingError, match="meaning of a feature has changed"):
        gather(other, of_training, settings, CATALOGUE, lambda _: None)


def test_another_table_is_refused(
    bundle: Bundle, of_training: TrainConfig, settings: ValidationSettings, read: Inputs
) -> None:
    facts = {**bundle.facts, "table_sha256": "0" * 64}
    assert read.table_sha256 == bundle.facts["table_sha256"]
    with pytest.raises(TrainingError, match="it was built again since"):
        gather(replace(bundle, facts=facts), of_training, settings, CATALOGUE, lambda _: None)
