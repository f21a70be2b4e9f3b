"""Discrimination: whether those who default are ranked as the riskier, now and against rivals."""

import numpy as np

from features.feature import Phrase
from training.comparison import CORE_RULE, SCORECARD, UNCONSTRAINED
from training.cross_validation import PLAIN
from training.metrics import auc, ks
from training.model.scale import Floats
from training.report.evidence import Development, Evidence
from training.report.plots import cap_plot, lift_plot, roc_plot, scores_plot
from training.report.section import Section, Table
from training.validation.check import Check
from training.validation.discrimination import (
    Area,
    AreaDifference,
    against_development,
    area,
    compare_areas,
)
from training.validation.errors import EvidenceError

SPOKEN = {
    CORE_RULE: "core-enterprise rule",
    UNCONSTRAINED: "LightGBM without directions",
    SCORECARD: "scorecard",
    PLAIN: "plain LightGBM",
}


def discrimination_section(evidence: Evidence) -> Section:
    """Checks VAL201 to VAL206."""
    now, wording = evidence.now, evidence.wording
    found = area(now.target, now.pd, now.enterprise)
    low, high = found.interval()
    rivals = {SPOKEN[name]: rank for name, rank in evidence.ranks.items()}
    together = (
        "" if wording.single else f"; rows of one {wording.one.en} count as one piece of evidence"
    )
    together_zh = "" if wording.single else f"（同一{wording.one.zh}各行合并计）"
    checks = (
        evidence.settings.standard("VAL201").judge(
            low,
            Phrase(
                f"AUC {found.auc:.3f} {wording.tested.en}, 95 % interval {low:.3f} to {high:.3f}"
                f"{together}.",
                f"AUC 为 {found.auc:.3f}，95% 区间 {low:.3f}～{high:.3f}{together_zh}。",
            ),
        ),
        _against_development(evidence, found),
        _against(evidence, "VAL203", evidence.rivals[CORE_RULE]),
        _against(evidence, "VAL204", evidence.champion),
        _against(evidence, "VAL205", evidence.rivals[UNCONSTRAINED]),
        _against(evidence, "VAL206", evidence.rivals[SCORECARD]),
    )
    return Section(
        title=Phrase("Discrimination", "区分能力"),
        asks=(
            "Are those who default ranked as the riskier? On "
            f"{wording.rows_of(len(now.target), now.firms)} {wording.tested.en}, "
            f"{int(now.target.sum()):,} of which defaulted."
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
            "auc_development": (
                None if isinstance(evidence.development, Phrase) else evidence.development.auc
            ),
            "auc_of_others": {name: auc(now.target, rank) for name, rank in sorted(rivals.items())},
        },
    )


def _against_development(evidence: Evidence, found: Area) -> Check:
    standard, then = evidence.settings.standard("VAL202"), evidence.development
    if not isinstance(then, Development):
        return standard.not_applicable(then)
    against = against_development(found, then.auc)
    return standard.judge(
        against.p,
        Phrase(
            f"{found.auc:.3f} now, {then.auc:.3f} at development (by boosters that had not seen "
            f"the {evidence.wording.one.en}): S {against.s:.2f}.",
            f"当前 {found.auc:.3f}，开发期（未见样本）{then.auc:.3f}，S = {against.s:.2f}。",
        ),
    )


def _against(evidence: Evidence, code: str, rank: Floats | Phrase) -> Check:
    """DeLong's test against another model's ranking of the same rows."""
    now, standard = evidence.now, evidence.settings.standard(code)
    if isinstance(rank, Phrase):
        return standard.not_applicable(rank)
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
