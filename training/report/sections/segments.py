"""Segments: whether the model serves every region, size, industry and commodity alike."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.feature import Phrase
from training.labels import Flags
from training.metrics import auc
from training.report.evidence import Evidence
from training.report.plots import segments_plot
from training.report.section import Section, Table
from training.report.standards import DIMENSIONS
from training.sample import Names
from training.validation.calibration_tests import jeffreys
from training.validation.check import Check
from training.validation.discrimination import Area, area
from training.validation.fairness import adverse_impact
from training.validation.normal import below, standardised

_SIGNIFICANT = 0.05
_ENOUGH = 2


@dataclass(frozen=True)
class Segment:
    """One segment of the test rows.

    Attributes
    ----------
    name : str
    rows, firms, defaults : int
    mean_pd : float
    found : Area or None
        None where there are too few defaults to judge the ranking.
    against : float or None
        p that its AUC is not below that of all others.
    jeffreys : float
        Of the enterprises, each once.
    approved : float
        Share.
    """

    name: str
    rows: int
    firms: int
    defaults: int
    mean_pd: float
    found: Area | None
    against: float | None
    jeffreys: float
    approved: float


def segments_section(evidence: Evidence) -> Section:
    """Checks VAL601 to VAL624, three for each dimension."""
    title = Phrase("Segments", "分群表现")
    if isinstance(evidence.segments, Phrase):
        codes = sorted(code for code in evidence.settings.bounds if code.startswith("VAL6"))
        standards = (evidence.settings.standard(code) for code in codes)
        checks = tuple(one.not_applicable(evidence.segments) for one in standards)
        return Section(title, "Does the model serve every segment alike?", checks)
    return _by_segment(evidence, evidence.segments, title)


def _by_segment(evidence: Evidence, segments: Mapping[str, Names], title: Phrase) -> Section:
    checks: list[Check] = []
    tables = []
    areas: dict[str, Area] = {}
    for place, by in enumerate(DIMENSIONS, start=1):
        group = segments[by.en]
        found = [_segment(evidence, group, str(name)) for name in np.unique(group)]
        checks += [
            _discrimination(evidence, place, by, found),
            _calibration(evidence, place, by, found),
            _impact(evidence, place, by, group),
        ]
        tables.append(_table(by, found))
        areas |= {f"{by.en} {one.name}": one.found for one in found if one.found is not None}
    checks.sort(key=lambda check: check.standard.code)
    return Section(
        title=title,
        asks=(
            "Does the model serve every region (GB/T 2260), size, industry (GB/T 4754) and "
            "commodity (HS chapter with the largest declared value of the year) alike? The least "
            "p counts times the number of segments. Approved is a PD up to "
            f"{evidence.settings.approve_up_to:.0%}, each enterprise once."
        ),
        checks=tuple(checks),
        tables=tuple(tables),
        plots=(segments_plot(areas, auc(evidence.now.target, evidence.now.pd)),) if areas else (),
    )


def _segment(evidence: Evidence, group: Names, name: str) -> Segment:
    now, rows = evidence.now, group == name
    once = rows & now.once
    n, d, mean = int(once.sum()), int(now.target[once].sum()), 0.0
    if n:
        mean = float(now.graded_by[once].mean())
    found, other = _area(evidence, rows), _area(evidence, ~rows)
    against = None
    if found is not None and other is not None:
        gap = standardised(found.auc - other.auc, found.variance + other.variance)
        against = float(below(gap))
    approved = now.graded_by[rows] <= evidence.settings.approve_up_to
    return Segment(
        name=name,
        rows=int(rows.sum()),
        firms=len(np.unique(now.enterprise[rows])),
        defaults=int(now.target[rows].sum()),
        mean_pd=float(now.pd[rows].mean()),
        found=found,
        against=against,
        jeffreys=float(jeffreys(mean, n, d)) if n else 1.0,
        approved=float(approved.mean()),
    )


def _area(evidence: Evidence, rows: Flags) -> Area | None:
    """Of rows among which enough enterprises default, and enough do not."""
    now, least = evidence.now, max(_ENOUGH, evidence.settings.least_defaults)
    bad, good = rows & (now.target == 1), rows & (now.target == 0)
    if min(len(np.unique(now.enterprise[side])) for side in (bad, good)) < least:
        return None
    return area(now.target[rows], now.pd[rows], now.enterprise[rows])


def _discrimination(evidence: Evidence, place: int, by: Phrase, found: list[Segment]) -> Check:
    standard = evidence.settings.standard(f"VAL60{place}")
    judged = [(one.against, one) for one in found if one.against is not None]
    if not judged:
        least = evidence.settings.least_defaults
        return standard.not_applicable(
            Phrase(
                f"No two segments have {least} enterprises in default.",
                f"没有两个分群的违约企业达到 {least} 户。",
            )
        )
    p, worst = min(judged, key=lambda pair: pair[0])
    area_ = worst.found.auc if worst.found else float("nan")
    return standard.judge(
        min(1.0, p * len(judged)),
        Phrase(
            f"Weakest against the others: {by.en} {worst.name}, AUC {area_:.3f}; {len(judged)} of "
            f"{len(found)} segments have defaults enough.",
            f"相对最弱：{by.zh} {worst.name}，AUC {area_:.3f}；"
            f"{len(found)} 个分群中 {len(judged)} 个可检验。",
        ),
    )


def _calibration(evidence: Evidence, place: int, by: Phrase, found: list[Segment]) -> Check:
    worst = min(found, key=lambda one: one.jeffreys)
    return evidence.settings.standard(f"VAL61{place}").judge(
        min(1.0, worst.jeffreys * len(found)),
        Phrase(
            f"Most underrated: {by.en} {worst.name}, {worst.defaults} defaults in {worst.rows} "
            f"rows, mean PD {worst.mean_pd:.2%}.",
            f"低估最明显：{by.zh} {worst.name}，{worst.rows} 行中违约 {worst.defaults} 行，平均 PD "
            f"{worst.mean_pd:.2%}。",
        ),
    )


def _impact(evidence: Evidence, place: int, by: Phrase, group: Names) -> Check:
    now, standard = evidence.now, evidence.settings.standard(f"VAL62{place}")
    once = now.once
    if len(np.unique(group[once])) < _ENOUGH:
        return standard.not_applicable(Phrase("There is one segment only.", "仅有一个分群。"))
    approved = now.graded_by[once] <= evidence.settings.approve_up_to
    if not approved.any():
        return standard.not_applicable(Phrase("Nobody is approved.", "无企业获批。"))
    found = adverse_impact(group[once], approved)
    beyond = [one for one in found if one.p * len(found) < _SIGNIFICANT]
    if not beyond:
        return standard.judge(
            1.0,
            Phrase(
                f"None of {len(found)} groups differs from {by.en} {found[0].reference} beyond "
                "chance.",
                f"{len(found)} 个分群与{by.zh} {found[0].reference} 的差异均在偶然范围内。",
            ),
        )
    worst = min(beyond, key=lambda one: one.ratio)
    return standard.judge(
        min(1.0, worst.ratio),
        Phrase(
            f"{by.en.capitalize()} {worst.group}: {worst.approved} of {worst.applicants} approved, "
            f"in {worst.reference} {worst.reference_approved} of {worst.reference_applicants}; "
            f"Fisher's p {worst.p:.4f}.",
            f"{by.zh} {worst.group}：{worst.applicants} 户获批 {worst.approved} 户；对照 "
            f"{worst.reference}：{worst.reference_applicants} 户获批 "
            f"{worst.reference_approved} 户；Fisher p = {worst.p:.4f}。",
        ),
    )


def _table(by: Phrase, found: list[Segment]) -> Table:
    lines = []
    for one in sorted(found, key=lambda one: -one.rows):
        ranked, span = "", ""
        if one.found is not None:
            low, high = one.found.interval()
            ranked, span = f"{one.found.auc:.3f}", f"{low:.2f} to {high:.2f}"
        lines.append(
            (
                one.name,
                f"{one.firms:,}",
                f"{one.rows:,}",
                f"{one.defaults:,}",
                f"{one.defaults / one.rows:.2%}",
                f"{one.mean_pd:.2%}",
                ranked,
                span,
                f"{one.jeffreys:.3f}",
                f"{one.approved:.0%}",
            )
        )
    return Table(
        f"By {by.en}",
        (
            by.en,
            "enterprises",
            "rows",
            "defaults",
            "default rate",
            "mean PD",
            "AUC",
            "95 % interval",
            "Jeffreys",
            "approved",
        ),
        tuple(lines),
    )
