"""The report on a table of a bank's own: made-up ones, judged out of time and out of fold."""

from dataclasses import dataclass, replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from features.feature import Phrase
from training.bank_table import BankTable, TableDescription, from_frame
from training.config import BoostingSettings, CheckSettings
from training.errors import TrainingError
from training.report.document import Report
from training.report.evidence import Development, Evidence
from training.report.master_scale import DECILES, POLICY, MasterScale
from training.report.migration import Migration
from training.report.page import page
from training.report.sections.grades import grades_section
from training.report.sections.sizes import nulls
from training.report.settings import ValidationSettings
from training.report.summary import summary_en, summary_zh
from training.report.table_evidence import NO_TIME, gather_table, held_out, require_judgeable
from training.report.validation import validate
from training.table_experiment import TableLearnt, learn_table
from training.table_run import TableRun
from training.validation.check import Check

QUICK = BoostingSettings(learning_rate=0.2, num_leaves=8, max_rounds=40, patience=5)
MONTHS = 12
PORT_ONLY = {
    *("VAL105", "VAL106", "VAL107", "VAL203", "VAL204", "VAL801"),
    *(f"VAL6{kind}{by}" for kind in (0, 1, 2) for by in (1, 2, 3, 4)),
    *(f"VAL71{place}" for place in (1, 2, 3, 4)),
    *(f"VAL7{kind}{stream}" for kind in (2, 3) for stream in range(1, 10)),
}
"""What rests on the record, the catalogue or the core-enterprise rule."""
NEED_TIME = {"VAL202", "VAL403", "VAL501", "VAL502", "VAL503", "VAL504"}
NEED_TIME_AND_GROUP = {"VAL404", "VAL405", "VAL406"}


@dataclass(frozen=True)
class Case:
    """A table and what came of it."""

    run: TableRun
    table: BankTable
    learnt: TableLearnt
    report: Report

    @property
    def evidence(self) -> Evidence:
        return self.report.evidence

    @property
    def checks(self) -> dict[str, Check]:
        return {check.standard.code: check for check in self.report.checks}


def loans(level: float = 0.0) -> pd.DataFrame:
    """Loans of firms that come and go; the last two of twelve months are riskier by a level."""
    chance = np.random.default_rng(6)
    begun, stays = chance.integers(0, MONTHS, 1200), chance.integers(1, 5, 1200)
    firm = np.repeat(np.arange(1200), stays)
    month = begun[firm] + np.arange(len(firm)) - np.searchsorted(firm, firm)
    firm, month = firm[month < MONTHS], month[month < MONTHS]
    n = len(firm)
    debt = chance.normal(size=n) + chance.normal(size=1200)[firm]
    sector = chance.choice(["coal", "timber", "fish"], n)
    odds = 1.6 * debt + (sector == "coal") - 3.5 + level * (month >= MONTHS - 2)
    return pd.DataFrame(
        {
            "bad": (chance.uniform(size=n) < 1 / (1 + np.exp(-odds))).astype(int),
            "debt": debt,
            "noise": chance.normal(size=n),
            "sector": sector,
            "firm": [f"firm {number}" for number in firm],
            "month": month,
        }
    )


def case(
    frame: pd.DataFrame,
    settings: ValidationSettings,
    time: str | None = None,
    group: str | None = None,
    increasing: tuple[str, ...] = (),
) -> Case:
    spare = tuple({"firm", "month"} - {time, group})
    described = TableDescription("bad", time, group, spare, increasing)
    run = TableRun(
        table="loans.csv",
        table_sha256="0" * 64,
        **vars(described),
        seed=1,
        settings=QUICK,
        checks=CheckSettings(),
    )
    table = from_frame(frame, described)
    learnt = learn_table(table, "table-loans", lambda _: None, run.seed, QUICK, run.checks)
    bundle = replace(learnt.bundle, version="1", hash="f" * 64)
    evidence = gather_table(bundle, run, table, learnt, settings, lambda _: None)
    return Case(run, table, learnt, validate(evidence, lambda _: None))


@pytest.fixture(scope="module")
def timed(settings: ValidationSettings) -> Case:
    return case(loans(), settings, "month", "firm", ("debt",))


@pytest.fixture(scope="module")
def dealt(settings: ValidationSettings) -> Case:
    return case(loans(), settings)


@pytest.fixture(scope="module")
def grouped(settings: ValidationSettings) -> Case:
    return case(loans(), settings, group="firm")


def left_out(found: Case) -> set[str]:
    return {code for code, check in found.checks.items() if check.verdict == "not applicable"}


def test_each_check_is_there_once_with_a_figure_or_a_reason(
    timed: Case, dealt: Case, settings: ValidationSettings
) -> None:
    for found in (timed, dealt):
        codes = [check.standard.code for check in found.report.checks]
        assert sorted(codes) == sorted(settings.bounds)
        for check in found.report.checks:
            assert check.detail is not None
            assert check.detail.en.strip()
            assert check.detail.zh.strip()
            assert (check.figure is None) == (check.verdict == "not applicable")


def test_only_what_a_table_cannot_know_is_not_applicable(
    timed: Case, dealt: Case, grouped: Case
) -> None:
    assert left_out(timed) == PORT_ONLY
    no_direction = {"VAL102", "VAL205"}
    assert left_out(dealt) == PORT_ONLY | NEED_TIME | NEED_TIME_AND_GROUP | no_direction
    assert left_out(grouped) == left_out(dealt)


def test_the_latest_rows_are_judged_where_there_is_a_time(timed: Case) -> None:
    held = held_out(timed.table, timed.learnt)
    assert timed.table.time is not None
    earlier, later = timed.table.time[~held.now], timed.table.time[held.now]
    assert earlier.max() < later.min()
    assert later.max() == MONTHS - 1


def test_without_a_time_each_group_is_judged_by_a_model_that_knew_none_of_it(
    grouped: Case,
) -> None:
    group = grouped.table.group
    assert group is not None
    for learn, test in held_out(grouped.table, grouped.learnt).judged:
        assert not set(group[learn]) & set(group[test])
    assert grouped.evidence.now.once.sum() == len(set(group))


def test_too_few_defaults_to_judge_by_are_told_before_anything_is_registered(timed: Case) -> None:
    require_judgeable(timed.table, timed.learnt)
    held = held_out(timed.table, timed.learnt)
    bad = np.flatnonzero(held.now & (timed.table.target == 1))
    target = timed.table.target.copy()
    target[bad[1:]] = 0
    with pytest.raises(TrainingError, match=r"of at least 2 groups among the .* rows .* found 1"):
        require_judgeable(replace(timed.table, target=target), timed.learnt)


def test_without_a_time_all_rows_are_judged(dealt: Case) -> None:
    assert len(dealt.evidence.now.target) == len(dealt.table.target)
    assert isinstance(dealt.evidence.development, Phrase)


def test_the_outcomes_of_judged_rows_have_no_part_in_their_pd(timed: Case) -> None:
    held = held_out(timed.table, timed.learnt)
    target = timed.table.target.copy()
    target[held.now] = 1 - target[held.now]
    other = replace(timed.table, target=target)
    learnt = learn_table(other, "table-loans", lambda _: None, 1, QUICK, timed.run.checks)
    assert np.array_equal(held_out(other, learnt).score_micro, held.score_micro)
    assert learnt.bundle.model_text != timed.learnt.bundle.model_text


def test_no_group_is_on_both_sides_of_the_judged_fold(timed: Case) -> None:
    ((learn, test),) = held_out(timed.table, timed.learnt).judged
    assert timed.table.group is not None
    assert not set(timed.table.group[learn]) & set(timed.table.group[test])


def test_figures_are_those_of_others(timed: Case, dealt: Case) -> None:
    for found in (timed, dealt):
        now, figures = found.evidence.now, found.report.plain()["figures"]
        area = figures["Discrimination"]["auc"]
        assert area == pytest.approx(roc_auc_score(now.target, now.pd), abs=1e-12)
        once = now.once
        n, d = int(once.sum()), int(now.target[once].sum())
        p = stats.binomtest(d, n, float(now.pd[once].mean()), "greater").pvalue
        assert found.checks["VAL303"].figure == pytest.approx(p, rel=1e-9)
    now = timed.evidence.now
    assert now.once.sum() == len(set(now.enterprise)) < len(now.target)
    assert dealt.evidence.now.once.all()


def test_score_and_pd_agree(timed: Case) -> None:
    now, scale = timed.evidence.now, timed.evidence.bundle.scale
    odds = (now.score_micro / 1e6 - 600) / (40 / np.log(2)) + np.log(20)
    assert now.pd == pytest.approx(1 / (1 + np.exp(odds)), rel=1e-9)
    assert np.array_equal(now.pd, scale.pd(now.score_micro))


def test_a_sound_model_is_not_red_and_the_tables_model_is_rebuilt(timed: Case, dealt: Case) -> None:
    for found in (timed, dealt):
        assert [c for c, check in found.checks.items() if check.verdict == "red"] == []
        assert found.checks["VAL108"].figure == 0.0
        assert found.checks["VAL104"].figure == 0.0


def test_a_pd_that_the_latest_months_belie_is_red(settings: ValidationSettings) -> None:
    found = case(loans(level=2.0), settings, "month", "firm", ("debt",)).checks
    for code in ("VAL301", "VAL303", "VAL305", "VAL306"):
        assert found[code].verdict == "red", code


def test_a_column_that_gives_the_label_away_is_red(settings: ValidationSettings) -> None:
    frame = loans()
    frame["told"] = frame["bad"] + 0.1 * frame["noise"]
    found = case(frame, settings, "month").checks["VAL101"]
    assert (found.figure, found.verdict) == (1, "red")
    assert found.detail is not None
    assert "told" in found.detail.en


def test_equally_full_grades_have_no_concentration_to_grow(timed: Case) -> None:
    scale = MasterScale.deciles(timed.evidence.now.pd)
    deciles = replace(timed.evidence, scale=scale)
    found = {check.standard.code: check for check in grades_section(deciles).checks}
    assert found["VAL403"].verdict == "not applicable"
    assert found["VAL402"].figure is not None
    assert "concentration" not in nulls(deciles)
    found = {
        check.standard.code: check
        for check in grades_section(replace(deciles, development=NO_TIME)).checks
    }
    assert found["VAL402"].verdict == found["VAL403"].verdict == "not applicable"


def test_groups_are_followed_between_the_last_two_blocks(timed: Case) -> None:
    moved = timed.evidence.migration
    assert isinstance(moved, Migration)
    (_, before), (_, after) = timed.learnt.dealt[-2:]
    assert timed.table.group is not None
    both = set(timed.table.group[before]) & set(timed.table.group[after])
    assert moved.counts.sum() == len(both) > 30
    now = timed.evidence.now
    rows = {str(name): np.flatnonzero(now.enterprise == name) for name in both}
    last = [int(now.grade[places[np.argmax(now.as_of[places])]]) for places in rows.values()]
    expected = np.bincount(last, minlength=len(timed.evidence.scale))
    assert moved.counts.sum(axis=0).tolist() == expected.tolist()


def test_the_development_side_is_all_that_the_judged_model_learnt_from(timed: Case) -> None:
    then, held = timed.evidence.development, held_out(timed.table, timed.learnt)
    assert isinstance(then, Development)
    assert held.unseen is not None
    learn = np.sort(timed.learnt.dealt[-1][0])
    assert np.array_equal(np.flatnonzero(held.then), learn)
    assert np.array_equal(then.side.target, timed.table.target[learn])
    seen = timed.learnt.folds.boosters[-1].predict(timed.table.values[learn], raw_score=True)
    in_sample = roc_auc_score(timed.table.target[learn], seen)
    assert then.auc == pytest.approx(roc_auc_score(then.side.target, held.unseen[learn]), abs=1e-12)
    assert 0.7 < then.auc < in_sample


def test_grades_are_the_policy_s_where_they_part_the_rows(settings: ValidationSettings) -> None:
    spread = np.geomspace(0.0005, 0.5, 400)
    narrow = np.linspace(0.3, 0.6, 400)
    assert MasterScale.fitting(settings.grades, spread).source is POLICY
    scale = MasterScale.fitting(settings.grades, narrow)
    assert scale.source is DECILES
    assert scale.count(scale.place(narrow)).tolist() == [40] * 10


def test_deciles_of_few_distinct_pds_are_fewer() -> None:
    scale = MasterScale.deciles(np.repeat([0.2, 0.4], 50))
    assert scale.count(scale.place(np.repeat([0.2, 0.4], 50))).tolist() == [50, 50, 0]


def test_the_page_speaks_of_rows_and_says_which_grades(timed: Case, dealt: Case) -> None:
    for found, one in ((timed, "group"), (dealt, "row")):
        text = unescape(page(found.report))
        assert "twelve months" not in text
        assert "each enterprise" not in text
        assert "record position" not in text
        assert f"each {one}" in text
        assert found.evidence.scale.source.en in text
        assert found.evidence.settings.sha256 in text
    assert "out of time, on the last of 6 blocks of month" in summary_en(timed.report).paragraphs[0]
    assert "out of fold, in 5 folds dealt by chance" in summary_en(dealt.report).paragraphs[0]
    assert "以最后一段为样本外时间窗口" in summary_zh(timed.report).paragraphs[0]
    for found in (timed, dealt):
        assert "does not come into force here" in summary_en(found.report).conclusion


def test_the_same_evidence_gives_the_same_bytes(dealt: Case) -> None:
    again = validate(dealt.evidence, lambda _: None)
    assert again.content == dealt.report.content


def test_other_models_stand_beside_it(timed: Case) -> None:
    beside = timed.report.plain()["figures"]["Discrimination"]["auc_of_others"]
    assert set(beside) >= {"plain LightGBM", "LightGBM without directions"}
    assert all(0.6 < area < 0.95 for area in beside.values())
