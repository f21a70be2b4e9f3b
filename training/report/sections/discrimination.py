"""Discrimination: whether those who default are ranked as the riskier, now and against rivals."""

import numpy as np

from features.feature import Phrase
from training.comparison import CORE_RULE, SCORECARD, UNCONSTRAINED
from training.metrics import auc, ks
from training.model.scale import Floats
from training.report.evidence import Evidence
from training.report.plots import cap_plot, lift_plot, roc_plot, scores_plot
from training.report.section import Section, Table
from training.validation.check import Check
from training.validation.discrimination import (
    AreaDifference,
    against_development,
    area,
    compare_areas,
)
from training.validation.errors import EvidenceError

RIVALS = {"VAL203": CORE_RULE, "VAL205": UNCONSTRAINED, "VAL206": SCORECARD}

SPOKEN = {
    CORE_RULE: "core-enterprise rule",
    UNCONSTRAINED: "LightGBM without directions",
    SCORECARD: "scorecard",
}


def discrimination_section(evidence: Evidence) -> Section:
    """Checks VAL201 to VAL206."""
    now, settings = evidence.now, evidence.settings
    found = area(now.target, now.pd, now.enterprise)
    low, high = found.interval()
    developed = evidence.development_auc
    against = against_development(found, developed)
    rivals = {
        SPOKEN[name]: evidence.forecasts[name].rank[evidence.tested]
        for name in RIVALS.values()
        if name in evidence.forecasts
    }
    checks = (
        settings.standard("VAL201").judge(
            low,
            Phrase(
                f"AUC {found.auc:.3f}, 95 % interval {low:.3f} to {high:.3f}; rows of one "
                "enterprise count as one piece of evidence.",
                f"AUC 为 {found.auc:.3f}，95% 区间 {low:.3f}～{high:.3f}（同一企业各行合并计）。",
            ),
        ),
        settings.standard("VAL202").judge(
            against.p,
            Phrase(
                f"{found.auc:.3f} now, {developed:.3f} at development (by boosters that had not "
                f"seen the enterprise): S {against.s:.2f}.",
                f"当前 {found.auc:.3f}，开发期（未见样本）{developed:.3f}，S = {against.s:.2f}。",
            ),
        ),
        _against_rule(evidence, "VAL203"),
        _against_champion(evidence),
        _against_rule(evidence, "VAL205"),
        _against_rule(evidence, "VAL206"),
    )
    return Section(
        title=Phrase("Discrimination", "区分能力"),
        asks=(
            f"Are those who default ranked as the riskier? On {len(now.target):,} rows of "
            f"{now.firms:,} enterprises out of time, {int(now.target.sum())} of which defaulted."
        ),
        checks=checks,
        tables=(_table(evidence, rivals),),
        plots=(
            roc_plot(evidence, rivals),
            cap_plot(evidence, rivals),
            scores_plot(evidence),
            lift_plot(evidence),
        ),
        figures={
            "auc": found.auc,
            "auc_low": low,
            "auc_high": high,
            "auc_development": developed,
            "auc_of_others": {name: auc(now.target, rank) for name, rank in sorted(rivals.items())},
        },
    )


def _against_rule(evidence: Evidence, code: str) -> Check:
    name = RIVALS[code]
    standard = evidence.settings.standard(code)
    if name not in evidence.forecasts:
        return standard.not_applicable(
            Phrase("It was not fitted: its inputs are not there.", "缺少所需数据或组件，未拟合。")
        )
    rank = evidence.forecasts[name].rank[evidence.tested]
    return _compared(evidence, code, rank)


def _against_champion(evidence: Evidence) -> Check:
    if isinstance(evidence.champion, Phrase):
        return evidence.settings.standard("VAL204").not_applicable(evidence.champion)
    return _compared(evidence, "VAL204", evidence.champion)


def _compared(evidence: Evidence, code: str, rank: Floats) -> Check:
    now, standard = evidence.now, evidence.settings.standard(code)
    try:
        found: AreaDifference = compare_areas(now.target, now.pd, rank, now.enterprise)
    except EvidenceError as fault:
        return standard.not_applicable(Phrase(str(fault), "样本不足，无法检验。"))
    z = float(np.clip(found.z, -99.0, 99.0))
    return standard.judge(
        z,
        Phrase(
            f"AUC {found.left.auc:.3f} against {found.right.auc:.3f}, p {found.p:.3f} (two-sided).",
            f"AUC {found.left.auc:.3f} 对 {found.right.auc:.3f}，双侧 p = {found.p:.3f}。",
        ),
    )


def _table(evidence: Evidence, rivals: dict[str, Floats]) -> Table:
    now = evidence.now
    lines = []
    for name, rank in {"this version": now.pd, **rivals}.items():
        found = area(now.target, rank, now.enterprise)
        low, high = found.interval()
        lines.append(
            (
                name,
                f"{found.auc:.3f}",
                f"{low:.3f} to {high:.3f}",
                f"{2 * found.auc - 1:.3f}",
                f"{ks(now.target, rank):.3f}",
            )
        )
    return Table(
        "Models on the same rows", ("model", "AUC", "95 % interval", "Gini", "KS"), tuple(lines)
    )
