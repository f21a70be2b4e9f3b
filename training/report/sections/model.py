"""The model itself: leaks, directions, additivity, replication, and the stability of reasons."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.feature import Phrase
from training.estimator import raw_margin
from training.leakage import suspects
from training.model.contributions import contributions
from training.model.points import displayed, rounded
from training.monotonicity import probe
from training.report.evidence import Evidence
from training.report.plots import shap_plot
from training.report.section import Section
from training.validation.check import Check


def model_section(evidence: Evidence) -> Section:
    """Checks VAL101 to VAL108."""
    return Section(
        title=Phrase("The model", "模型本身"),
        asks=(
            "Does the model do what it says of itself? Leaks and directions are looked for on the "
            "rows it was fitted on, additivity on rows of the whole table."
        ),
        checks=(
            leaks(evidence),
            directions(evidence),
            *additivity(evidence),
            *reasons(evidence),
            permitted(evidence),
            replication(evidence),
        ),
        plots=(shap_plot(evidence),),
    )


def leaks(evidence: Evidence) -> Check:
    """Columns that may give the label away."""
    fit, learnt, checks = evidence.division.parts.fit, evidence.learnt, evidence.config.checks
    found = suspects(
        learnt.values[fit],
        evidence.division.sample.target[fit],
        learnt.folds,
        learnt.recipe,
        alone=checks.leak_auc,
        ratio=checks.leak_error_ratio,
    )
    named = ", ".join(suspect.column for suspect in found[:5])
    detail = Phrase(
        f"Suspected: {named}. Was each known at the time of scoring?"
        if found
        else f"None of {len(learnt.recipe.names)} columns reaches an AUC of {checks.leak_auc} "
        "alone or lifts all others beyond belief.",
        f"疑似列：{named}，请核实评分时点是否已知。"
        if found
        else f"{len(learnt.recipe.names)} 个特征均未发现泄露迹象。",
    )
    return evidence.settings.standard("VAL101").judge(len(found), detail)


def directions(evidence: Evidence) -> Check:
    """Steps of the model against the catalogue's directions."""
    settings, fit = evidence.settings, evidence.division.parts.fit
    found = probe(
        evidence.bundle.booster,
        evidence.learnt.values[fit],
        evidence.bundle.directions,
        settings.probe_rows,
        settings.seed,
    )
    rows = min(settings.probe_rows, int(fit.sum()))
    wrong = sum(found.by_feature.values())
    bound = sum(direction != 0 for direction in evidence.bundle.directions)
    named = f", of {list(found.by_feature)[:5]}" if wrong else ""
    return settings.standard("VAL102").judge(
        wrong,
        Phrase(
            f"{wrong} of {found.probes:,} steps on {rows:,} rows{named}; {bound} features have a "
            "direction.",
            f"在 {rows:,} 行上探测 {found.probes:,} 步，{wrong} 步违反方向；"
            f"{bound} 个特征设有方向。",
        ),
    )


def additivity(evidence: Evidence) -> tuple[Check, Check]:
    """SHAP values against the margin, and displayed points against the displayed score."""
    bundle, settings = evidence.bundle, evidence.settings
    rows = evidence.inputs.rows
    chance = np.random.default_rng(settings.seed)
    taken = chance.permutation(len(rows))[: settings.additive_rows]
    values = rows.choose(bundle.features)[taken]
    shares, expected = contributions(bundle.booster, values)
    residual = bundle.calibration.slope * np.abs(
        expected + shares.sum(axis=1) - raw_margin(bundle.booster, values)
    )
    micro = bundle.scale.parts(bundle.calibration.slope * shares)
    shown = displayed(bundle.base_micro_points, micro)
    score = rounded(bundle.base_micro_points + micro.sum(axis=1))
    wrong = int((shown.base + shown.features.sum(axis=1) != score).sum())
    return (
        settings.standard("VAL103").judge(
            float(residual.max(initial=0.0)),
            Phrase(
                f"Over {len(values):,} rows of the table, financed or not.",
                f"基于特征表的 {len(values):,} 行（含未融资企业）。",
            ),
        ),
        settings.standard("VAL104").judge(
            wrong,
            Phrase(
                f"Base and {len(bundle.features)} whole points against the score, {len(values):,} "
                "rows.",
                f"基准分与 {len(bundle.features)} 项整数分之和对照总分，共 {len(values):,} 行。",
            ),
        ),
    )


def reasons(evidence: Evidence) -> tuple[Check, ...]:
    """What the training found over its refits, if it made any."""
    settings = evidence.settings
    facts: Mapping[str, Any] = evidence.bundle.facts.get("reasons") or {}
    checks = []
    for code, key in (("VAL105", "kendalls_w"), ("VAL106", "top_overlap")):
        standard = settings.standard(code)
        if facts.get(key) is None:
            checks.append(
                standard.not_applicable(
                    Phrase(
                        "The training made no refits (stability.refits is 0 or the version is "
                        "older).",
                        "训练时未做重复拟合，无法评估。",
                    )
                )
            )
            continue
        refits = facts.get("refits", "?")
        checks.append(
            standard.judge(
                float(facts[key]),
                Phrase(
                    f"Over {refits} refits on bootstraps of enterprises.",
                    f"基于按企业自助抽样的 {refits} 次重复拟合。",
                ),
            )
        )
    return tuple(checks)


def permitted(evidence: Evidence) -> Check:
    """Features that the catalogue closes to models."""
    known = evidence.catalogue.by_name
    used = evidence.bundle.features
    strange = [n for n in used if n not in known or known[n].permitted_use != "champion"]
    return evidence.settings.standard("VAL107").judge(
        len(strange),
        Phrase(
            f"Not permitted: {strange[:5]}."
            if strange
            else f"All {len(used)} are open to a model; the core enterprise's rating is not among "
            "them.",
            f"含禁用特征：{strange[:5]}。"
            if strange
            else f"{len(used)} 个特征均允许入模，不含核心企业评级。",
        ),
    )


def replication(evidence: Evidence) -> Check:
    """The PD of a model trained again on the same data."""
    again = evidence.learnt.bundle
    standard = evidence.settings.standard("VAL108")
    if again.features != evidence.bundle.features:
        return standard.not_applicable(
            Phrase("Training today takes other features.", "当前训练流程使用的特征不同。")
        )
    gap = float(np.abs(again.score(evidence.now.values).pd - evidence.now.pd).max())
    same = again.model_text == evidence.bundle.model_text
    return standard.judge(
        gap,
        Phrase(
            "Trained again on the same data, the trees are "
            + ("the same to the byte." if same else "others; see code version and processor."),
            "以相同数据重新训练，"
            + ("模型文件逐字节一致。" if same else "所得模型不同，请核对代码版本与处理器。"),
        ),
    )
