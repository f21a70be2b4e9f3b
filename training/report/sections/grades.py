"""Grades: their order, how full they are, and how customers move between them."""

from dataclasses import dataclass

import numpy as np

from features.feature import Phrase
from supervision.arrays import Integers
from training.horizon import month_name, months_after
from training.labels import Status
from training.report.evidence import Evidence
from training.report.plots import migration_plot
from training.report.section import Section
from training.report.sections.calibration import by_grade
from training.report.side import Side
from training.validation.check import Check
from training.validation.concentration import concentration
from training.validation.errors import EvidenceError
from training.validation.grade_order import grade_order
from training.validation.migration import bandwidth, migration_matrix, neighbour_tests

_YEAR = 12


@dataclass(frozen=True, eq=False)
class Migration:
    """Borrowers by grade at two month ends.

    Attributes
    ----------
    begins, ends : int
        UTC microseconds.
    counts : int64 [k, k]
        Before (rows) and after (columns).
    left : int
        Of those at the beginning, who had defaulted or had no facility at the end.
    """

    begins: int
    ends: int
    counts: Integers
    left: int


def grades_section(evidence: Evidence) -> Section:
    """Checks VAL401 to VAL406."""
    moved = migration(evidence)
    names = evidence.scale.names
    return Section(
        title=Phrase("Grades", "评级等级"),
        asks=(
            "Are riskier grades riskier, are customers spread over them, and do they move little "
            "and near? Order and concentration count each enterprise once; migration follows "
            f"borrowers from {month_name(moved.begins)} to {month_name(moved.ends)}, of whom "
            f"{moved.left} left by default or repayment."
        ),
        checks=(_order(evidence), *_concentration(evidence), *_migration(evidence, moved)),
        plots=(migration_plot(moved.counts, names),) if moved.counts.sum() else (),
        figures={
            "migration": moved.counts.tolist(),
            "customers_now": evidence.scale.count(evidence.now.grade[evidence.now.once]).tolist(),
        },
    )


def migration(evidence: Evidence) -> Migration:
    """Follow who borrows at the beginning of the test for a year, or as long as the table goes."""
    division, rows = evidence.division, evidence.inputs.rows
    begins = int(division.tested[0])
    months = np.unique(rows.as_of)
    year = int(months_after(np.array([begins]), _YEAR)[0])
    ends = int(months[months <= year][-1])
    borrows = ~np.isin(division.status, (Status.NO_OPEN_FACILITY, Status.IN_DEFAULT))
    before, after = (
        Side.of(rows, (rows.as_of == at) & borrows, evidence.bundle, evidence.scale)
        for at in (begins, ends)
    )
    _, first, second = np.intersect1d(before.enterprise, after.enterprise, return_indices=True)
    counts = migration_matrix(before.grade[first], after.grade[second], len(evidence.scale))
    return Migration(begins, ends, counts, len(before.enterprise) - len(first))


def _order(evidence: Evidence) -> Check:
    now, once = evidence.now, evidence.now.once
    standard = evidence.settings.standard("VAL401")
    rows, defaults, _ = by_grade(
        now.grade[once], now.pd[once], now.target[once], len(evidence.scale)
    )
    try:
        found = grade_order(rows, defaults)
    except EvidenceError as fault:
        return standard.not_applicable(Phrase(str(fault), "有样本的等级不足两个。"))
    inversions, pairs = int(found.inversions), len(found.grades) - 1
    return standard.judge(
        float(found.p),
        Phrase(
            f"{inversions} of {pairs} neighbouring grades are the wrong way round.",
            f"相邻等级 {pairs} 对，其中 {inversions} 对倒挂。",
        ),
    )


def _concentration(evidence: Evidence) -> tuple[Check, Check]:
    then, now = (
        evidence.scale.count(side.grade[side.once]) for side in (evidence.development, evidence.now)
    )
    found = concentration(then, now)
    most = int(np.argmax(now))
    share = now[most] / now.sum()
    name = evidence.scale.names[most]
    return (
        evidence.settings.standard("VAL402").judge(
            float(found.current_index),
            Phrase(
                f"{float(found.initial_index):.3f} at development; the fullest grade is {name} "
                f"with {share:.0%}.",
                f"开发期为 {float(found.initial_index):.3f}；{name} 级占比最高，为 {share:.0%}。",
            ),
        ),
        evidence.settings.standard("VAL403").judge(
            float(found.p),
            Phrase(
                f"Coefficient of variation {float(found.initial_cv):.2f} then, "
                f"{float(found.current_cv):.2f} now; statistic {float(found.statistic):.2f}.",
                f"变异系数由 {float(found.initial_cv):.2f} 变为 {float(found.current_cv):.2f}。",
            ),
        ),
    )


def _migration(evidence: Evidence, moved: Migration) -> tuple[Check, ...]:
    settings, n = evidence.settings, int(moved.counts.sum())
    standards = [settings.standard(f"VAL40{place}") for place in (4, 5, 6)]
    if n == 0 or moved.begins == moved.ends:
        reason = Phrase(
            "The table holds no later month of the same borrowers.",
            "特征表没有同一批借款人的后续月份。",
        )
        return tuple(standard.not_applicable(reason) for standard in standards)
    band = bandwidth(moved.counts)
    stayed = int(np.trace(moved.counts))
    told = Phrase(
        f"{n} borrowers, {stayed} of them in the same grade.",
        f"{n} 户借款人，其中 {stayed} 户等级不变。",
    )
    place = np.arange(len(moved.counts))
    apart = np.abs(place[:, None] - place[None, :]) >= 1
    held = apart & (moved.counts.sum(axis=1) >= settings.least_customers)[:, None]
    if not held.any():
        least = settings.least_customers
        return (
            standards[0].judge(band.upper, told),
            standards[1].judge(band.lower, told),
            standards[2].not_applicable(
                Phrase(f"No grade has {least} customers.", f"没有等级的客户数达到 {least} 户。")
            ),
        )
    tests = neighbour_tests(moved.counts)
    each = np.where(held, tests.p, np.inf)
    i, j = np.unravel_index(int(np.argmin(each)), each.shape)
    names = evidence.scale.names
    return (
        standards[0].judge(band.upper, told),
        standards[1].judge(band.lower, told),
        standards[2].judge(
            min(1.0, float(each[i, j]) * int(held.sum())),
            Phrase(
                f"Fullest against its neighbour: from {names[i]} to {names[j]}, z "
                f"{float(tests.z[i, j]):.2f}; {int(held.sum())} cells.",
                f"最突出的单元：{names[i]} 至 {names[j]}，z = {float(tests.z[i, j]):.2f}；"
                f"共 {int(held.sum())} 个单元。",
            ),
        ),
    )
