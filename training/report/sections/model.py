"""The model itself: leaks, directions, additivity, replication, and the stability of reasons."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from features.feature import Phrase
from training.estimator import raw_margin
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
            "rows it was fitted on, additivity on rows drawn from the whole table."
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
    found, checks = evidence.trained.suspects, evidence.trained.checks
    columns = len(evidence.bundle.features)
    named = ", ".join(suspect.column for suspect in found[:5])
    detail = Phrase(
        f"Suspected: {named}. Was each known at the time of scoring?"
        if found
        else f"None of {columns} columns reaches an AUC of {checks.leak_auc} "
        "alone or lifts all others beyond belief.",
        f"疑似列：{named}，请核实评分时点是否已知。"
        if found
        else f"{columns} 个特征均未发现泄露迹象。",
    )
    return evidence.settings.standard("VAL101").judge(len(found), detail)


def directions(evidence: Evidence) -> Check:
    """Steps of the model against the catalogue's directions."""
    settings, values = evidence.settings, evidence.trained.values
    standard = settings.standard("VAL102")
    bound = sum(direction != 0 for direction in evidence.bundle.directions)
    if not bound:
        return standard.not_applicable(
            Phrase("No feature was given a direction.", "未对任何特征设定方向。")
        )
    found = probe(
        evidence.bundle.booster,
        values,
        evidence.bundle.directions,
        settings.probe_rows,
        settings.seed,
    )
    rows = min(settings.probe_rows, len(values))
    wrong = sum(found.by_feature.values())
    named = f", of {list(found.by_feature)[:5]}" if wrong else ""
    return standard.judge(
        wrong,
        Phrase(
            f"{wrong} of {found.probes:,} steps on {rows:,} rows{named}; {bound} "
            f"{'feature has' if bound == 1 else 'features have'} a direction.",
            f"在 {rows:,} 行上探测 {found.probes:,} 步，{wrong} 步违反方向；"
            f"{bound} 个特征设有方向。",
        ),
    )


def additivity(evidence: Evidence) -> tuple[Check, Check]:
    """SHAP values against the margin, and displayed points against the displayed score."""
    bundle, settings, values = evidence.bundle, evidence.settings, evidence.whole
    about = evidence.wording.whole
    drawn = f"{len(values):,} of {evidence.origin.rows:,} rows of the table"
    zh = f"{evidence.origin.rows:,} 行中抽取的 {len(values):,} 行"
    shares = bundle.explainer.shares(values)
    residual = bundle.calibration.slope * np.abs(
        bundle.explainer.expected + shares.sum(axis=1) - raw_margin(bundle.booster, values)
    )
    micro = bundle.scale.parts(bundle.calibration.slope * shares)
    shown = displayed(bundle.base_micro_points, micro)
    score = rounded(bundle.base_micro_points + micro.sum(axis=1))
    wrong = int((shown.base + shown.features.sum(axis=1) != score).sum())
    return (
        settings.standard("VAL103").judge(
            float(residual.max(initial=0.0)),
            Phrase(
                f"Over {drawn}{about.en and f', {about.en}'}.",
                f"基于数据表 {zh}{about.zh and f'（{about.zh}）'}。",
            ),
        ),
        settings.standard("VAL104").judge(
            wrong,
            Phrase(
                f"Base and {len(bundle.features)} whole points against the score, {drawn}.",
                f"基准分与 {len(bundle.features)} 项整数分之和对照总分，{zh}。",
            ),
        ),
    )


def reasons(evidence: Evidence) -> tuple[Check, ...]:
    """What the training found over its refits, if it made any."""
    settings = evidence.settings
    if isinstance(evidence.catalogue, Phrase):
        why = Phrase(
            "Reasons are formed over families of features, and a table declares none.",
            "评分原因按特征类别归集，数据表未声明特征类别。",
        )
        return tuple(settings.standard(code).not_applicable(why) for code in ("VAL105", "VAL106"))
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
    standard, used = evidence.settings.standard("VAL107"), evidence.bundle.features
    if isinstance(evidence.catalogue, Phrase):
        return standard.not_applicable(evidence.catalogue)
    known = evidence.catalogue.by_name
    strange = [n for n in used if n not in known or known[n].permitted_use != "champion"]
    return standard.judge(
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
    again, scored = evidence.trained.again, evidence.scored
    standard = evidence.settings.standard("VAL108")
    if again.features != evidence.bundle.features:
        return standard.not_applicable(
            Phrase("Training today takes other features.", "当前训练流程使用的特征不同。")
        )
    gap = float(np.abs(again.score(scored.values).pd - scored.scores.pd).max())
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
