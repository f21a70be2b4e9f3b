"""The summary of a report: what a reader has to know, in English and in Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.feature import Phrase
from training.report.document import Report
from training.report.words import VERDICTS_ZH, bounds, number
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
    evidence = report.evidence
    now, words = evidence.now, evidence.wording
    found = report.plain()["figures"]["Discrimination"]
    developed = found["auc_development"]
    after = "" if developed is None else f" after {developed:.3f} at development"
    return Summary(
        verdict=f"{report.verdict.capitalize()}: {_counted(report)}",
        paragraphs=(
            f"Model {evidence.bundle.name}, version {evidence.bundle.version or 'unregistered'}, "
            f"was validated {words.how.en}: {words.rows_of(len(now.target), now.firms)}, "
            f"{int(now.target.sum()):,} of which were followed by a default "
            f"({now.target.mean():.2%}). {words.basis.en}",
            f"It ranks at an AUC of {found['auc']:.3f} (95 % interval {found['auc_low']:.3f} to "
            f"{found['auc_high']:.3f}){after}. Its mean PD is {now.pd.mean():.2%}.",
        ),
        findings=tuple(
            f"{check.standard.code} {check.standard.title.en}: {number(check.figure)} "
            f"({bounds(check)}). {'' if check.detail is None else check.detail.en}"
            for check in failed(report.checks)
        ),
        conclusion=_conclusion(report).en,
    )


def summary_zh(report: Report) -> Summary:
    """Say it in Chinese."""
    evidence, counts = report.evidence, report.counts
    now, words = evidence.now, evidence.wording
    plain = report.plain()["figures"]
    found, stable = plain["Discrimination"], plain["Stability"]
    developed, index = found["auc_development"], stable.get("psi_score")
    before = "" if developed is None else f"，开发期为 {developed:.3f}"
    moved = (
        ""
        if index is None
        else f"；评分 PSI 为 {index:.3f}，样本量界限为 {stable['psi_score_bound']:.3f}"
    )
    version = evidence.bundle.version or "（未登记）"
    return Summary(
        verdict=(
            f"验证结论：{VERDICTS_ZH[report.verdict]}。共检验 {len(report.checks)} 项，其中红色 "
            f"{counts['red']} 项、黄色 {counts['amber']} 项、绿色 {counts['green']} 项、不适用 "
            f"{counts['not applicable']} 项。"
        ),
        paragraphs=(
            f"一、验证范围。模型 {evidence.bundle.name} 第 {version} 版，{words.how.zh}，共 "
            f"{words.rows_of_zh(len(now.target), now.firms)}，其中 {int(now.target.sum()):,} "
            f"个样本{words.within.zh}违约，违约率 {now.target.mean():.2%}。{words.basis.zh}",
            f"二、区分能力。AUC 为 {found['auc']:.3f}（95% 置信区间 {found['auc_low']:.3f}～"
            f"{found['auc_high']:.3f}）{before}。",
            f"三、校准与稳定性。时点 PD 均值为 {now.pd.mean():.2%}，实际违约率为 "
            f"{now.target.mean():.2%}{moved}。",
            "四、需关注事项。" + ("逐项列示如下：" if failed(report.checks) else "无。"),
        ),
        findings=tuple(
            f"【{VERDICTS_ZH[check.verdict]}】{check.standard.code} {check.standard.title.zh}："
            f"{number(check.figure)}。{'' if check.detail is None else check.detail.zh}"
            for check in failed(report.checks)
        ),
        conclusion=f"五、处理意见。{_conclusion(report).zh}",
    )


def _counted(report: Report) -> str:
    said = [f"{count} {verdict}" for verdict, count in report.counts.items()]
    return f"{len(report.checks)} checks, {', '.join(said)}"


def _conclusion(report: Report) -> Phrase:
    reds = report.counts["red"]
    if not report.evidence.promotable:
        return Phrase(
            "A model of a table does not come into force here: what is red or amber is to be "
            "explained by whoever uses it.",
            "数据表模型不在本系统投产；红色、黄色事项由使用方说明。",
        )
    if not reds:
        return Phrase("No red check: the version may be promoted.", "无红色事项，可按流程投产。")
    return Phrase(
        f"{reds} red {'check blocks' if reds == 1 else 'checks block'} promotion, unless two "
        "different people sign the exception.",
        "存在红色事项，须由两名不同人员签署例外审批后方可投产。",
    )
