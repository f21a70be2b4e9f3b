"""The summary of a report: what a reader has to know, in English and in Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.report.document import Report
from training.report.words import VERDICTS_ZH, bounds, month_zh, number
from training.validation.check import Check


@dataclass(frozen=True)
class Summary:
    """A summary in one language.

    Attributes
    ----------
    verdict : str
        In one line.
    paragraphs : tuple of str
    findings : tuple of str
        One line a red or amber check, red ones first.
    conclusion : str
    """

    verdict: str
    paragraphs: tuple[str, ...]
    findings: tuple[str, ...]
    conclusion: str


def failed(checks: Sequence[Check]) -> list[Check]:
    """Red checks, then amber ones."""
    return [check for verdict in ("red", "amber") for check in checks if check.verdict == verdict]


def summary_en(report: Report) -> Summary:
    """Say it in English."""
    evidence, counts = report.evidence, report.counts
    now, test = evidence.now, evidence.bundle.facts["test"]
    found = report.plain()["figures"]["Discrimination"]
    reds = counts["red"]
    return Summary(
        verdict=f"{report.verdict.capitalize()}: {_counted(report)}",
        paragraphs=(
            f"Model {evidence.bundle.name}, version {evidence.bundle.version or 'unregistered'}, "
            f"was validated out of time, {test['from']} to {test['to']}: {len(now.target):,} rows "
            f"of {now.firms:,} enterprises, {int(now.target.sum())} of which were followed by a "
            f"default ({now.target.mean():.2%}). Data and labels are those of its training.",
            f"It ranks at an AUC of {found['auc']:.3f} (95 % interval {found['auc_low']:.3f} to "
            f"{found['auc_high']:.3f}) after {found['auc_development']:.3f} at development. Its "
            f"mean PD is {now.pd.mean():.2%}.",
        ),
        findings=tuple(
            f"{check.standard.code} {check.standard.title.en}: {number(check.figure)} "
            f"({bounds(check)}). {'' if check.detail is None else check.detail.en}"
            for check in failed(report.checks)
        ),
        conclusion=(
            f"{reds} red {'check blocks' if reds == 1 else 'checks block'} promotion, unless two "
            "different people sign the exception."
            if reds
            else "No red check: the version may be promoted."
        ),
    )


def summary_zh(report: Report) -> Summary:
    """Say it in Chinese."""
    evidence, counts = report.evidence, report.counts
    now, test = evidence.now, evidence.bundle.facts["test"]
    plain = report.plain()["figures"]
    found, stable = plain["Discrimination"], plain["Stability"]
    version = evidence.bundle.version or "（未登记）"
    return Summary(
        verdict=(
            f"验证结论：{VERDICTS_ZH[report.verdict]}。共检验 {len(report.checks)} 项，其中红色 "
            f"{counts['red']} 项、黄色 {counts['amber']} 项、绿色 {counts['green']} 项、不适用 "
            f"{counts['not applicable']} 项。"
        ),
        paragraphs=(
            f"一、验证范围。模型 {evidence.bundle.name} 第 {version} 版，样本外时间窗口为"
            f"{month_zh(test['from'])}至{month_zh(test['to'])}，共 {len(now.target):,} 个样本、"
            f"{now.firms:,} 户企业，其中 {int(now.target.sum())} 个样本在十二个月内违约，违约率 "
            f"{now.target.mean():.2%}。数据与标签口径与训练时一致，并已重新训练核对。",
            f"二、区分能力。AUC 为 {found['auc']:.3f}（95% 置信区间 {found['auc_low']:.3f}～"
            f"{found['auc_high']:.3f}），开发期为 {found['auc_development']:.3f}。",
            f"三、校准与稳定性。时点 PD 均值为 {now.pd.mean():.2%}，实际违约率为 "
            f"{now.target.mean():.2%}；评分 PSI 为 {stable['psi_score']:.3f}，样本量界限为 "
            f"{stable['psi_score_bound']:.3f}。",
            "四、需关注事项。" + ("逐项列示如下：" if failed(report.checks) else "无。"),
        ),
        findings=tuple(
            f"【{VERDICTS_ZH[check.verdict]}】{check.standard.code} {check.standard.title.zh}："
            f"{number(check.figure)}。{'' if check.detail is None else check.detail.zh}"
            for check in failed(report.checks)
        ),
        conclusion=(
            "五、处理意见。存在红色事项，须由两名不同人员签署例外审批后方可投产。"
            if counts["red"]
            else "五、处理意见。无红色事项，可按流程投产。"
        ),
    )


def _counted(report: Report) -> str:
    said = [f"{count} {verdict}" for verdict, count in report.counts.items()]
    return f"{len(report.checks)} checks, {', '.join(said)}"
