"""Stress: what the model says when goods lose value, or when a source falls silent."""

import numpy as np

from features.catalogue import Catalogue
from features.feature import Phrase
from training.metrics import auc
from training.model.scale import Floats
from training.report.evidence import Evidence
from training.report.section import Section, Table
from training.report.settings import Scenario
from training.report.standards import STREAMS
from training.validation.check import Check

_TITLE = Phrase("Stress and missing streams", "压力测试与数据源缺失")


def stress_section(evidence: Evidence) -> Section:
    """Checks VAL71x, one a scenario, VAL72x and VAL73x, one a stream."""
    now = evidence.now
    if isinstance(evidence.catalogue, Phrase):
        codes = sorted(code for code in evidence.settings.bounds if code.startswith("VAL7"))
        standards = (evidence.settings.standard(code) for code in codes)
        return Section(
            _TITLE,
            "What does the model say when things get worse, or a source falls silent?",
            tuple(one.not_applicable(evidence.catalogue) for one in standards),
        )
    base = float(now.pd.mean()), auc(now.target, now.pd), _approved(evidence, now.pd)
    lines: list[tuple[str, ...]] = [
        ("as it is", f"{base[0]:.2%}", "1.00", f"{base[1]:.3f}", f"{base[2]:.0%}")
    ]
    checks: list[Check] = []
    for scenario in evidence.settings.scenarios:
        pd, moved = stressed(evidence, scenario)
        lines.append(_line(evidence, scenario.title.en, pd))
        checks.append(_stress_check(evidence, scenario, pd, moved))
    for place, stream in enumerate(STREAMS, start=1):
        found = silenced(evidence, evidence.catalogue, stream)
        if found is not None:
            lines.append(_line(evidence, f"without {stream}", found[0]))
        checks += _silence_checks(evidence, place, found)
    checks.sort(key=lambda check: check.standard.code)
    return Section(
        title=_TITLE,
        asks=(
            "Does the PD rise when things get worse, what is lost when a source falls silent, and "
            "would silence pay? "
            "Scenarios move features of all test rows at once, as `configs/validation.yaml` "
            "states; they are no forecast, and what follows from them elsewhere is left out. A "
            "silent stream makes every feature missing that rests on it, alone or with others."
        ),
        checks=tuple(checks),
        tables=(
            Table(
                "Under stress",
                ("scenario", "mean PD", "over now", "AUC", "approved"),
                tuple(lines),
                f"Approved: a PD up to {evidence.settings.approve_up_to:.0%}, all rows.",
            ),
        ),
    )


def stressed(evidence: Evidence, scenario: Scenario) -> tuple[Floats, int]:
    """PD of the test rows under a scenario, and how many features of the model it moved."""
    names = evidence.bundle.features
    values = evidence.now.values.copy()
    moved = 0
    for move in scenario.moves:
        for name in move.features:
            if name not in names:
                continue
            column = names.index(name)
            shifted = values[:, column] * move.times + move.plus
            values[:, column] = shifted if move.most is None else np.minimum(shifted, move.most)
            moved += 1
    return evidence.bundle.score(values).pd, moved


def silenced(evidence: Evidence, catalogue: Catalogue, stream: str) -> tuple[Floats, int] | None:
    """PD of the test rows without a stream, and how many features went missing; None if none."""
    known = catalogue.by_name
    lost = [
        place
        for place, name in enumerate(evidence.bundle.features)
        if stream in known[name].streams
    ]
    if not lost:
        return None
    values = evidence.now.values.copy()
    values[:, lost] = np.nan
    return evidence.bundle.score(values).pd, len(lost)


def _stress_check(evidence: Evidence, scenario: Scenario, pd: Floats, moved: int) -> Check:
    standard, now = evidence.settings.standard(scenario.code), evidence.now
    if not moved:
        return standard.not_applicable(
            Phrase("The model uses none of the features moved.", "模型未使用所涉特征。")
        )
    lost = _approved(evidence, now.pd) - _approved(evidence, pd)
    return standard.judge(
        float(pd.mean() / now.pd.mean()),
        Phrase(
            f"Mean PD {now.pd.mean():.2%} to {pd.mean():.2%}, {moved} features moved; approvals "
            f"fall by {100 * lost:.1f} points.",
            f"平均 PD 由 {now.pd.mean():.2%} 变为 {pd.mean():.2%}，涉及 {moved} 个特征；通过率下降 "
            f"{100 * lost:.1f} 个百分点。",
        ),
    )


def _silence_checks(
    evidence: Evidence, place: int, found: tuple[Floats, int] | None
) -> tuple[Check, Check]:
    """What the ranking loses, and whether the silent enterprise would gain."""
    settings, now = evidence.settings, evidence.now
    loss, gain = (settings.standard(f"VAL7{kind}{place}") for kind in (2, 3))
    if found is None:
        reason = Phrase("No feature of the model rests on it.", "模型无特征依赖该数据源。")
        return loss.not_applicable(reason), gain.not_applicable(reason)
    pd, lost = found
    before, after = auc(now.target, now.pd), auc(now.target, pd)
    return (
        loss.judge(
            before - after,
            Phrase(
                f"{lost} features missing; AUC {before:.3f} to {after:.3f}.",
                f"{lost} 个特征缺失；AUC 由 {before:.3f} 变为 {after:.3f}。",
            ),
        ),
        gain.judge(
            float(pd.mean() / now.pd.mean()),
            Phrase(
                f"Mean PD {now.pd.mean():.2%} to {pd.mean():.2%}.",
                f"平均 PD 由 {now.pd.mean():.2%} 变为 {pd.mean():.2%}。",
            ),
        ),
    )


def _line(evidence: Evidence, name: str, pd: Floats) -> tuple[str, ...]:
    now = evidence.now
    return (
        name,
        f"{pd.mean():.2%}",
        f"{pd.mean() / now.pd.mean():.2f}",
        f"{auc(now.target, pd):.3f}",
        f"{_approved(evidence, pd):.0%}",
    )


def _approved(evidence: Evidence, pd: Floats) -> float:
    return float((pd <= evidence.settings.approve_up_to).mean())
