"""Calibration: whether defaults are as many as the PDs said."""

import numpy as np

from features.feature import Phrase
from supervision.arrays import Integers
from training.model.scale import Floats
from training.report.evidence import Evidence
from training.report.plots import calibration_plot
from training.report.section import Section, Table
from training.sample import Labels
from training.validation.calibration_tests import (
    binomial,
    hosmer_lemeshow,
    jeffreys,
    spiegelhalter,
)
from training.validation.check import Check


def calibration_section(evidence: Evidence) -> Section:
    """Checks VAL301 to VAL307."""
    now, once, wording = evidence.now, evidence.now.once, evidence.wording
    by = "through the cycle" if evidence.bundle.cycle is not None else "point in time"
    first = "" if wording.single else ", at its first row of the test"
    return Section(
        title=Phrase("Calibration", "校准"),
        asks=(
            f"Are defaults as many as the PD says? Tests on {int(once.sum()):,} rows, "
            f"{wording.each_once}{first}, for the tests take rows as independent. Grades are "
            f"{evidence.scale.source.en}. Jeffreys and binomial test the PD by which they are "
            f"given ({by}); "
            "they ask whether it is too low. Hosmer-Lemeshow and Spiegelhalter test the PD point "
            "in time and fail on either side. Defaults of one year hang together: in a bad year a "
            "sound model fails, in a good one a wrong model may pass."
        ),
        checks=(*_one_sided(evidence), *_two_sided(evidence), _level(evidence)),
        tables=(grade_table(evidence),),
        plots=(calibration_plot(evidence),),
        figures={
            "default_rate": float(now.target.mean()),
            "mean_pd": float(now.pd.mean()),
            "mean_pd_of_grading": float(now.graded_by.mean()),
            "graded_by": by,
        },
    )


def by_grade(
    grade: Integers, pd: Floats, target: Labels, grades: int
) -> tuple[Integers, Integers, Floats]:
    """Rows, defaults and mean PD of each grade; the PD of an empty grade is NaN."""
    rows = np.bincount(grade, minlength=grades)
    defaults = np.bincount(grade, weights=target, minlength=grades).astype(np.int64)
    total = np.bincount(grade, weights=pd, minlength=grades)
    mean = np.divide(total, rows, out=np.full(grades, np.nan), where=rows > 0)
    return rows, defaults, mean


def _one_sided(evidence: Evidence) -> list[Check]:
    now, once, settings = evidence.now, evidence.now.once, evidence.settings
    of_these = evidence.wording.counter
    pd, target = now.graded_by[once], now.target[once]
    n, d, mean = len(target), int(target.sum()), float(pd.mean())
    rows, defaults, means = by_grade(now.grade[once], pd, target, len(evidence.scale))
    used = rows > 0
    names = np.array(evidence.scale.names)[used]
    checks = []
    for code, test in (("VAL301", jeffreys), ("VAL303", binomial)):
        checks.append(
            settings.standard(code).judge(
                float(test(mean, n, d)),
                Phrase(
                    f"{d} defaults among {n:,}, {d / n:.2%}; mean PD {mean:.2%}.",
                    f"{n:,} {of_these}中违约 {d} {of_these}（{d / n:.2%}），平均 PD {mean:.2%}。",
                ),
            )
        )
        each = test(means[used], rows[used], defaults[used])
        least = int(np.argmin(each))
        grade, count = names[least], len(each)
        bad, of = int(defaults[used][least]), int(rows[used][least])
        checks.append(
            settings.standard(f"VAL30{int(code[-1]) + 1}").judge(
                min(1.0, float(each[least]) * count),
                Phrase(
                    f"Lowest in grade {grade}: {bad} of {of} defaulted at a mean PD of "
                    f"{means[used][least]:.2%}, p {each[least]:.3f}; {count} grades.",
                    f"最低为 {grade} 级：{of} {of_these}中违约 {bad} {of_these}，平均 PD "
                    f"{means[used][least]:.2%}，p = {each[least]:.3f}；共 {count} 个等级。",
                ),
            )
        )
    return checks


def _two_sided(evidence: Evidence) -> list[Check]:
    now, once, settings = evidence.now, evidence.now.once, evidence.settings
    of_these = evidence.wording.counter
    pd, target = now.pd[once], now.target[once]
    rows, defaults, means = by_grade(now.grade[once], pd, target, len(evidence.scale))
    used = rows > 0
    whole = hosmer_lemeshow(means[used], rows[used], defaults[used])
    single = spiegelhalter(pd, target)
    expected = Phrase(
        f"{target.sum()} defaults, expected {pd.sum():.1f}",
        f"实际违约 {target.sum()} {of_these}，预期 {pd.sum():.1f} {of_these}",
    )
    return [
        settings.standard("VAL305").judge(
            float(whole.p),
            Phrase(
                f"{expected.en}: chi-square {float(whole.statistic):.1f} on {whole.freedom} "
                "degrees of freedom.",
                f"{expected.zh}；卡方 {float(whole.statistic):.1f}，自由度 {whole.freedom}。",
            ),
        ),
        settings.standard("VAL306").judge(
            float(single.p),
            Phrase(
                f"{expected.en}: z {float(single.z):.2f}.",
                f"{expected.zh}；z = {float(single.z):.2f}。",
            ),
        ),
    ]


def _level(evidence: Evidence) -> Check:
    now, standard = evidence.now, evidence.settings.standard("VAL307")
    rate, mean = float(now.target.mean()), float(now.pd.mean())
    return standard.judge(
        mean / rate,
        Phrase(
            f"All {len(now.target):,} rows: mean PD point in time {mean:.2%}, default rate "
            f"{rate:.2%}.",
            f"全部 {len(now.target):,} 行：时点 PD 均值 {mean:.2%}，实际违约率 {rate:.2%}。",
        ),
    )


def grade_table(evidence: Evidence) -> Table:
    """Each grade with its PD, defaults and tests."""
    now, once, scale = evidence.now, evidence.now.once, evidence.scale
    rows, defaults, means = by_grade(
        now.grade[once], now.graded_by[once], now.target[once], len(scale)
    )
    p = np.nan_to_num(means)
    tests = jeffreys(p, rows, defaults), binomial(p, rows, defaults)
    lines: list[tuple[str, ...]] = []
    for place, name in enumerate(scale.names):
        if rows[place] == 0:
            lines.append((name, "0", "", "", "", "", ""))
            continue
        lines.append(
            (
                name,
                f"{rows[place]:,}",
                f"{defaults[place]:,}",
                f"{defaults[place] / rows[place]:.2%}",
                f"{means[place]:.2%}",
                *(f"{test[place]:.3f}" for test in tests),
            )
        )
    return Table(
        f"Grades, {evidence.wording.each_once}",
        ("grade", "rows", "defaults", "default rate", "mean PD", "Jeffreys", "binomial"),
        tuple(lines),
        "p by itself; the checks take it times the number of grades with rows.",
    )
