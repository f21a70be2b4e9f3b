"""Grades: their order, how full they are, and how customers move between them."""

import numpy as np

from features.feature import Phrase
from supervision.arrays import Integers
from training.report.evidence import Development, Evidence
from training.report.plots import migration_plot
from training.report.section import Plot, Section
from training.report.sections.calibration import by_grade
from training.report.side import Side
from training.validation.check import Check
from training.validation.concentration import concentration
from training.validation.errors import EvidenceError
from training.validation.grade_order import grade_order
from training.validation.migration import bandwidth, neighbour_tests

_EQUAL = Phrase(
    "Deciles of the PD are equally full at development by construction.",
    "按 PD 十分位划分，开发期各等级样本数本就相同。",
)


def grades_section(evidence: Evidence) -> Section:
    """Checks VAL401 to VAL406."""
    moved, scale, now = evidence.migration, evidence.scale, evidence.now
    follows, plots, counts = "", list[Plot](), list[list[int]]()
    if not isinstance(moved, Phrase):
        follows = f" Migration follows {moved.follows}; {moved.left:,} of them were gone by then."
        plots, counts = [migration_plot(moved.counts, scale.names)], moved.counts.tolist()
    return Section(
        title=Phrase("Grades", "评级等级"),
        asks=(
            "Are riskier grades riskier, are customers spread over them, and do they move little "
            f"and near? Grades are {scale.source.en}. Order and concentration count "
            f"{evidence.wording.each_once}.{follows}"
        ),
        checks=(_order(evidence), *_concentration(evidence), *_migration(evidence)),
        plots=tuple(plots),
        figures={
            "scale": scale.source.en,
            "migration": counts,
            "customers_now": scale.count(now.grade[now.once]).tolist(),
        },
    )


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
    full, growth = (evidence.settings.standard(code) for code in ("VAL402", "VAL403"))
    now, before = _customers(evidence, evidence.now), evidence.development
    then = _customers(evidence, before.side) if isinstance(before, Development) else None
    found = concentration(now if then is None else then, now)
    equal = evidence.scale.equally_full
    most = int(np.argmax(now))
    share, name = now[most] / now.sum(), evidence.scale.names[most]
    first = "" if then is None else f"{float(found.initial_index):.3f} at development; "
    first_zh = "" if then is None else f"开发期为 {float(found.initial_index):.3f}；"
    index = full.judge(
        float(found.current_index),
        Phrase(
            f"{first}the fullest grade is {name} with {share:.0%}.",
            f"{first_zh}{name} 级占比最高，为 {share:.0%}。",
        ),
    )
    if isinstance(before, Phrase):
        return (full.not_applicable(_EQUAL) if equal else index), growth.not_applicable(before)
    if equal:  # no spread at development to have grown
        return index, growth.not_applicable(_EQUAL)
    return index, growth.judge(
        float(found.p),
        Phrase(
            f"Coefficient of variation {float(found.initial_cv):.2f} then, "
            f"{float(found.current_cv):.2f} now; statistic {float(found.statistic):.2f}.",
            f"变异系数由 {float(found.initial_cv):.2f} 变为 {float(found.current_cv):.2f}。",
        ),
    )


def _customers(evidence: Evidence, side: Side) -> Integers:
    """How many customers each grade has, everybody at the first row."""
    return evidence.scale.count(side.grade[side.once])


def _migration(evidence: Evidence) -> tuple[Check, ...]:
    settings, moved = evidence.settings, evidence.migration
    standards = [settings.standard(f"VAL40{place}") for place in (4, 5, 6)]
    if isinstance(moved, Phrase):
        return tuple(standard.not_applicable(moved) for standard in standards)
    n, who = int(moved.counts.sum()), evidence.wording
    band = bandwidth(moved.counts)
    stayed = int(np.trace(moved.counts))
    told = Phrase(
        f"{n:,} {who.many}, {stayed:,} of them in the same grade.",
        f"{n:,} {who.counter}{who.one.zh}，其中 {stayed:,} {who.counter}等级不变。",
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
                Phrase(
                    f"No grade has {least} {who.many}.",
                    f"没有等级的{who.one.zh}数达到 {least} {who.counter}。",
                )
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
