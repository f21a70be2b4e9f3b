"""Stability: whether scores and features are spread as they were at development."""

import numpy as np

from features.feature import Phrase
from training.report.evidence import Evidence
from training.report.plots import psi_plot
from training.report.section import Section, Table
from training.report.side import Side
from training.validation.stability import (
    Stability,
    characteristic_stability,
    score_counts,
    stability,
)

_LISTED = 15
_TITLE = Phrase("Stability", "稳定性")
_ASKS = "Are scores and features spread as at development?"


def stability_section(evidence: Evidence) -> Section:
    """Checks VAL501 to VAL504."""
    if isinstance(evidence.development, Phrase):
        standards = (evidence.settings.standard(f"VAL50{place}") for place in (1, 2, 3, 4))
        reason = evidence.development
        return Section(_TITLE, _ASKS, tuple(one.not_applicable(reason) for one in standards))
    return _since(evidence, evidence.development.side)


def _since(evidence: Evidence, then: Side) -> Section:
    """Stability since development."""
    now, settings, wording = evidence.now, evidence.settings, evidence.wording
    sizes = (then.firms, now.firms)
    scores = [side.score_micro.astype(np.float64) for side in (then, now)]
    score = stability(*score_counts(*scores), sizes)
    found = characteristic_stability(evidence.bundle.features, then.values, now.values, sizes)
    ordered = dict(sorted(found.items(), key=lambda item: (-item[1].psi, item[0])))
    changed = [name for name, one in ordered.items() if one.rule == "changed"]
    beyond = [name for name, one in ordered.items() if one.beyond_chance]
    told = Phrase(
        f"PSI {score.psi:.3f}, rule of thumb: {score.rule}; chance alone stays below "
        f"{score.bound:.3f} in 95 of 100 cases.",
        f"PSI 为 {score.psi:.3f}；在该样本量下，偶然波动 95% 情形低于 {score.bound:.3f}。",
    )
    first = ", ".join(changed[:3]) or "none"
    return Section(
        title=_TITLE,
        asks=(
            f"{_ASKS} The rows before against the judged ones, binned at the deciles of the "
            f"former; {sizes[0]:,} and {sizes[1]:,} {wording.many} are the size of either side."
        ),
        checks=(
            settings.standard("VAL501").judge(score.psi, told),
            settings.standard("VAL502").judge(score.p, told),
            settings.standard("VAL503").judge(
                len(changed) / len(found),
                Phrase(
                    f"{len(changed)} of {len(found)} features, first {first}.",
                    f"{len(found)} 个特征中有 {len(changed)} 个 PSI 不低于 0.25。",
                ),
            ),
            settings.standard("VAL504").judge(
                len(beyond) / len(found),
                Phrase(
                    f"{len(beyond)} of {len(found)} features; chance alone gives one in twenty.",
                    f"{len(found)} 个特征中有 {len(beyond)} 个超出样本量界限（偶然约为 5%）。",
                ),
            ),
        ),
        tables=(_table(ordered),),
        plots=(psi_plot(score, ordered),),
        figures={
            "psi_score": score.psi,
            "psi_score_bound": score.bound,
            "psi_by_feature": {name: one.psi for name, one in sorted(found.items())},
        },
    )


def _table(ordered: dict[str, Stability]) -> Table:
    lines = tuple(
        (name, f"{one.psi:.3f}", f"{one.bound:.3f}", one.rule, f"{one.p:.3f}")
        for name, one in list(ordered.items())[:_LISTED]
    )
    return Table(
        f"The {len(lines)} features that moved most",
        ("feature", "PSI", "bound by chance", "rule of thumb", "p"),
        lines,
    )
